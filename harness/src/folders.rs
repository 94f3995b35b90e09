//! A folder that was named to be checked: it must be there, and hold something.
//!
//! Must not call it good that nothing was looked at.

use std::path::Path;

use anyhow::{Result, bail};

/// # Errors
/// There is no such folder, or no run in it: `records` were found.
pub(crate) fn some(folder: &Path, records: usize) -> Result<()> {
    if !folder.is_dir() {
        bail!(
            "there is no folder {}, so nothing was checked: `harness replicate` makes runs, and `results/reference` holds the repository's own",
            folder.display()
        );
    }
    if records == 0 {
        bail!(
            "{} is no run's folder and holds none, so nothing was checked: name a folder of runs or a run's own",
            folder.display()
        );
    }
    Ok(())
}
