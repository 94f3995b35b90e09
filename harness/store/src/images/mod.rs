//! Labelled images: which picture is of which class, from a lock's entry or from a user's own folder.
//!
//! Must not open a picture; and must find everything wrong with labels before anybody starts to predict.

mod binary;
pub(crate) mod ilsvrc;
pub(crate) mod labels;
pub mod mat;
mod truth;
mod user;
pub(crate) mod walk;

use std::path::PathBuf;

use spec::lock::{LabelledImages, Layout};

use crate::error::Error;
use crate::fetched::Fetched;
pub use truth::{Labels, Truth};
pub use user::{UserImages, user_images};

/// A picture and its class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labelled {
    /// Its name for people and records: relative to the entry's or the user's folder.
    pub file: String,
    /// Where it lies: its file, or its address in a packed one.
    pub path: PathBuf,
    /// Its class: the index of its wnid among the sorted wnids, from 0.
    pub class: u32,
}

/// The labelled images of an entry, sorted by file.
///
/// # Errors
/// Labels that are missing, malformed, out of range, of the wrong number, or that name a picture that is not there;
/// every problem of the labels is listed.
pub fn labelled(fetched: &Fetched, images: &LabelledImages) -> Result<Vec<Labelled>, Error> {
    let mut found = match images.layout {
        Layout::LabelsCsv => labels::of_entry(fetched, images)?,
        Layout::IlsvrcVal => ilsvrc::of_entry(fetched, images)?,
        Layout::CifarBinary => binary::of_entry(fetched, images)?,
        Layout::Packed => {
            let reason = format!("{} holds its images packed, not as files", fetched.entry);
            return Err(Error::Text { path: fetched.dir.clone(), line: None, reason });
        }
    };
    if found.len() as u64 != images.count {
        let reason = format!("{} labelled images, but the lock says {}", found.len(), images.count);
        return Err(Error::Text { path: fetched.dir.clone(), line: None, reason });
    }
    found.sort_by(|a, b| a.file.cmp(&b.file));
    Ok(found)
}
