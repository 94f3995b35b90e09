//! A user's own labelled images.
//!
//! Must not decode them: labels and files only.

use std::path::Path;

use anyhow::Result;
use store::UserImages;

/// Reads the folder and checks every label.
pub(crate) fn read(folder: &Path) -> Result<UserImages> {
    let wnids: Vec<&str> = replications::classes::classes().iter().map(|class| class.wnid).collect();
    Ok(store::user_images(folder, &wnids)?)
}
