//! Writing whole files so that a reader sees the old one or the new one and never half of either.
//!
//! Must not append.

use std::io::{self, Write};
use std::path::Path;

use tempfile::NamedTempFile;

/// Writes `bytes` to a temporary name in the folder of `path`, syncs it and renames it over `path`.
///
/// # Errors
/// When the folder cannot be written or the disk is full; `path` is then as it was. The error names the file.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = folder_of(path);
    let named = |error: io::Error| io::Error::new(error.kind(), format!("could not write {}: {error}", path.display()));
    let mut file = temporary_in(folder).map_err(named)?;
    file.write_all(bytes).map_err(named)?;
    persist(file, path).map_err(named)
}

/// A file in that folder that goes away unless it is given a name ([`persist`]).
///
/// # Errors
/// The folder cannot be written.
pub fn temporary_in(folder: &Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new().prefix(".tmp-").tempfile_in(folder)
}

/// Gives a temporary file its name, synced, with the mode of an ordinary new file.
///
/// # Errors
/// The disk is full or refuses; `path` is then as it was. The error does not name the file.
pub fn persist(file: NamedTempFile, path: &Path) -> io::Result<()> {
    file.as_file().sync_all()?;
    readable_by_all(file.as_file())?;
    file.persist(path).map_err(|error| error.error)?;
    sync_folder(folder_of(path));
    Ok(())
}

/// Makes a new or renamed entry of a folder survive a power cut, where the file system lets folders be synced.
pub fn sync_folder(folder: &Path) {
    if let Ok(folder) = fs_err::File::open(folder) {
        let _ = folder.sync_all();
    }
}

/// The folder that `path` lies in.
#[must_use]
pub fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Bytes that this process may write below `path` (or below the nearest folder above it that exists); None where the system does not
/// tell.
#[must_use]
pub fn free_below(path: &Path) -> Option<u64> {
    let there = path.ancestors().find(|folder| folder.is_dir())?;
    let facts = rustix::fs::statvfs(there).ok()?;
    Some(facts.f_bavail.saturating_mul(facts.f_frsize))
}

/// Letters, digits, points, dashes and underscores stay; anything else becomes a dash. Where that changed something, eight
/// digits of the name's hash follow, so that two names never give one file.
#[must_use]
pub fn file_name(name: &str) -> String {
    let safe: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' }).collect();
    if safe == name { safe } else { format!("{safe}-{}", &crate::hash::sha256(name.as_bytes())[..8]) }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_old_file_or_the_new_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        write_atomic(&path, b"one").unwrap();
        write_atomic(&path, b"two").unwrap();
        assert_eq!(fs_err::read(&path).unwrap(), b"two");
        assert_eq!(fs_err::read_dir(folder.path()).unwrap().count(), 1);
        let error = write_atomic(&folder.path().join("none/b"), b"x").unwrap_err().to_string();
        assert!(error.contains("none/b"), "{error}");
    }

    #[test]
    fn what_is_free_is_told_of_folders_that_are_yet_to_be_made() {
        let folder = tempfile::tempdir().unwrap();
        let [here, below] = [folder.path().to_owned(), folder.path().join("a/b")].map(|path| free_below(&path));
        assert!(here.is_some_and(|free| free > 0) && below.is_some());
    }

    #[test]
    fn two_names_are_two_files() {
        assert_eq!(file_name("st-cnn_1.5"), "st-cnn_1.5");
        assert_ne!(file_name("a b"), file_name("a/b"));
        assert!(file_name("a b").starts_with("a-b-"));
    }
}
