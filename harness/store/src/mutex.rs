//! One process at a time: lock files that the system releases when a process ends, however it ends.
//!
//! Must not be used for anything longer-lived than one operation on one entry.

use std::fs::TryLockError;
use std::path::Path;

use crate::error::{At, Error};
use crate::progress::Progress;

/// A held lock; dropping it lets the next one in.
#[derive(Debug)]
pub struct Held {
    _file: fs_err::File,
}

/// Takes the lock file at `path` alone, waiting for other processes with a message that names `what`.
///
/// # Errors
/// The lock file cannot be made.
pub fn hold(path: &Path, what: &str, progress: &Progress) -> Result<Held, Error> {
    take(path, what, progress, |file| file.try_lock(), fs_err::File::lock)
}

/// Takes the lock file at `path` together with other readers.
///
/// # Errors
/// The lock file cannot be made.
pub fn share(path: &Path, what: &str, progress: &Progress) -> Result<Held, Error> {
    take(path, what, progress, |file| file.try_lock_shared(), fs_err::File::lock_shared)
}

fn take(
    path: &Path,
    what: &str,
    progress: &Progress,
    first: impl Fn(&fs_err::File) -> Result<(), TryLockError>,
    wait: impl Fn(&fs_err::File) -> std::io::Result<()>,
) -> Result<Held, Error> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs_err::create_dir_all(folder).at(folder)?;
    // The file stays: removing it would let two processes hold two different files of one name.
    let file = fs_err::OpenOptions::new().create(true).truncate(false).write(true).open(path).at(path)?;
    match first(&file) {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            progress.line(&format!("{what}: another process is at work on it; waiting"));
            wait(&file).at(path)?;
        }
        // A file system without locks (some network mounts): going on alone is better than not at all.
        Err(TryLockError::Error(error)) if error.kind() == std::io::ErrorKind::Unsupported => {}
        Err(TryLockError::Error(error)) => return Err(Error::io(path, error)),
    }
    Ok(Held { _file: file })
}
