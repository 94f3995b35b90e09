//! Files that a record announces by name and SHA-256: packed as they are announced, read whole, and refused where they are
//! not the announced ones.
//!
//! Must not know what is in them.

use std::path::{Path, PathBuf};

use base::files::write_atomic;
use base::gzip;
use spec::event::Announced;

use crate::Error;
use crate::store::EVENTS;

/// Writes a text packed into the run's folder `dir`; what is to be announced of it.
///
/// # Errors
/// When the folder cannot be written or the disk is full.
pub fn pack(dir: &Path, file: String, text: &str) -> Result<Announced, Error> {
    let packed = gzip::pack(text.as_bytes())?;
    write_atomic(&dir.join(&file), &packed)?;
    Ok(Announced { file, sha256: base::hash::sha256(&packed) })
}

/// The path and the bytes of the file `name` in the run's folder `dir`, after checking its SHA-256.
///
/// # Errors
/// When the file is missing, its hash is not the recorded one, or its name leads out of the folder.
pub fn read(dir: &Path, name: &str, sha256: &str) -> Result<(PathBuf, Vec<u8>), Error> {
    // A record may come from elsewhere; its file names must not lead out of its folder.
    if Path::new(name).file_name() != Some(name.as_ref()) {
        let message = format!("`{name}` is not the name of a file in the run's folder");
        return Err(Error::Line { path: dir.join(EVENTS), line: 0, message });
    }
    let path = dir.join(name);
    let bytes = fs_err::read(&path)?;
    let found = base::hash::sha256(&bytes);
    if !found.eq_ignore_ascii_case(sha256) {
        return Err(Error::Hash { path, found, recorded: sha256.to_owned() });
    }
    Ok((path, bytes))
}
