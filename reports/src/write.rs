//! Files that are either whole or absent.
//!
//! Must not decide where anything goes.

use std::path::Path;

use crate::{Error, Result};

/// Writes `text` to `path`; a reader sees the old file or the new one, never half of it.
pub(crate) fn text(path: &Path, text: &str) -> Result<()> {
    let fail = |cause| Error::Write { path: path.to_owned(), cause };
    if let Some(folder) = path.parent() {
        fs_err::create_dir_all(folder).map_err(fail)?;
    }
    base::files::write_atomic(path, text.as_bytes()).map_err(fail)
}
