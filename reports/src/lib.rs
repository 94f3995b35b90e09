//! Pages and figures from what was measured: one HTML page a paper, an index over all of them, SVG plots.
//!
//! A page is one file that needs nothing else: styles, figures and pictures are in it. This crate must not run,
//! score or judge anything; a number that is not in its input does not appear on a page.

pub mod format;
mod html;
pub mod index;
pub mod input;
mod kept;
pub mod page;
mod picture;
pub mod plots;
mod svg;
mod tasks;
pub mod verdicts;
mod write;

use std::path::PathBuf;

/// What can go wrong while a page is written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder could not be written.
    #[error("cannot write {}: {cause}; check the folder's permissions and the free space", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        cause: std::io::Error,
    },
    /// A paper's id cannot be a folder's name.
    #[error(
        "the paper's id `{id}` cannot name a folder; use lower-case letters, digits, `-` and `_` in `id` of its spec.yaml"
    )]
    PaperId {
        /// The id.
        id: String,
    },
    /// A figure could not be drawn.
    #[error("cannot draw the figure `{figure}`: {message}; the data it was given may be out of any sensible range")]
    Figure {
        /// The figure's file name.
        figure: String,
        /// What the drawing library said.
        message: String,
    },
}

/// This crate's results.
pub type Result<T> = std::result::Result<T, Error>;
