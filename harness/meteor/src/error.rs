//! Why the tables of Meteor could not be read.

use std::io;
use std::path::PathBuf;

/// What went wrong when Meteor's tables were read, where, and what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// A file of the package could not be opened.
    #[error("cannot open {}: {source}; give the paths of meteor-1.5.jar and data/paraphrase-en.gz", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The jar is no whole zip archive, or lacks an entry.
    #[error(
        "{archive} does not give its entry {entry}: {source}; fetch meteor-1.5.jar again, it is damaged or another file"
    )]
    Archive {
        /// The archive as the caller named it.
        archive: String,
        /// The entry that was wanted.
        entry: &'static str,
        /// The reason of the archive reader.
        source: zip::result::ZipError,
    },
    /// A table ended early or its compressed data are wrong.
    #[error("{table} cannot be read after line {line}: {source}; fetch the file again, it is damaged or cut off")]
    Read {
        /// The table's name.
        table: String,
        /// Lines read whole before the fault.
        line: u64,
        /// The reader's reason.
        source: io::Error,
    },
    /// A table was read, but a line of it says something impossible.
    #[error("{table}, line {line}: {problem}; fetch the file again, it is damaged or not the one of METEOR 1.5")]
    Line {
        /// The table's name.
        table: String,
        /// The line, from 1.
        line: u64,
        /// What the line lacks or has too much of.
        problem: &'static str,
    },
}

impl LoadError {
    /// An error for a line of a table.
    pub(crate) fn line(table: &str, line: u64, problem: &'static str) -> Self {
        Self::Line { table: table.to_owned(), line, problem }
    }
}
