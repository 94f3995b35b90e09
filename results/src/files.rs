//! Writing whole files so that a reader sees the old one or the new one and never half of either.
//!
//! Must not append: [`crate::store`] does.

use std::io::{self, Write};
use std::path::Path;

/// Writes `bytes` to a temporary name in the folder of `path`, syncs it and renames it over `path`.
///
/// # Errors
/// When the folder cannot be written or the disk is full; `path` is then as it was.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = folder_of(path);
    let named = |error: io::Error| io::Error::new(error.kind(), format!("could not write {}: {error}", path.display()));
    let mut file = tempfile::Builder::new().prefix(".tmp-").tempfile_in(folder).map_err(named)?;
    file.write_all(bytes).map_err(named)?;
    file.as_file().sync_all().map_err(named)?;
    readable_by_all(file.as_file()).map_err(named)?;
    file.persist(path).map_err(|error| named(error.error))?;
    sync_folder(folder)
}

/// Makes a new or renamed entry of a folder survive a power cut. Silently nothing where folders cannot be opened.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    match fs_err::File::open(folder) {
        // Some file systems refuse to sync a folder; there is nothing more to be done then.
        Ok(folder) => folder.sync_all().or(Ok(())),
        Err(_) => Ok(()),
    }
}

/// The folder that `path` lies in.
pub(crate) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Temporary files are private; a record or table is not.
#[cfg(unix)]
fn readable_by_all(file: &std::fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable_by_all(_: &std::fs::File) -> io::Result<()> {
    Ok(())
}
