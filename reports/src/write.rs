//! Files that are either whole or absent: written beside their final name, then renamed.
//!
//! Must not decide where anything goes.

use std::io::Write;
use std::path::Path;

use crate::{Error, Result};

/// Writes `text` to `path`; a reader sees the old file or the new one, never half of it.
pub(crate) fn text(path: &Path, text: &str) -> Result<()> {
    let fail = |cause| Error::Write { path: path.to_owned(), cause };
    if let Some(folder) = path.parent() {
        fs_err::create_dir_all(folder).map_err(fail)?;
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    // Two processes may write the same page at once: each has a temporary file of its own.
    name.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(name);
    let written = (|| {
        let mut file = fs_err::File::create(&part)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs_err::rename(&part, path)
    })();
    written.map_err(|cause| {
        // The first error is the one to tell; a part file that stays is harmless.
        let _ = fs_err::remove_file(&part);
        fail(cause)
    })
}
