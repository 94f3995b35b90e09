//! A user's own labelled images.
//!
//! Must not decode them: labels and files only.

use std::path::Path;

use anyhow::Result;
use store::UserImages;

use crate::screen::tell;

/// Reads the folder and checks every label.
pub(crate) fn read(folder: &Path) -> Result<UserImages> {
    let wnids: Vec<&str> = replications::classes::classes().iter().map(|class| class.wnid).collect();
    let own = store::user_images(folder, &wnids)?;
    if !own.passed_over.is_empty() {
        let reasons: Vec<_> = own.passed_over.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
        tell!("{}: {} images; passed over: {}", folder.display(), own.items.len(), reasons.join(", "));
    }
    Ok(own)
}
