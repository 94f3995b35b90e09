//! From a record's announcement to a table: hashes checked, unpacked, read by its task.
//!
//! Must not score.

use std::path::Path;

use spec::event::Outcomes;

use super::{Table, Text, task};
use crate::store::Run;
use crate::{Error, announced};

/// No file of outcomes unpacks to more: a million examples with ten numbers each take a tenth of it.
const LARGEST: u64 = 1 << 30;

/// Reads one file of outcomes of a run.
///
/// # Errors
/// As [`from_file`].
pub fn from_run(run: &Run, file: &Outcomes) -> Result<Box<dyn Table>, Error> {
    from_file(&run.dir, file)
}

/// Reads one file of outcomes in the folder `dir`, after checking SHA-256 and count.
///
/// # Errors
/// When a file is missing, its hash or its count is not the recorded one, a line makes no sense, or its task is not known
/// here.
pub fn from_file(dir: &Path, file: &Outcomes) -> Result<Box<dyn Table>, Error> {
    let (path, bytes) = announced::read(dir, &file.file, &file.sha256)?;
    let Some(task) = task(&file.task) else {
        return Err(Error::UnknownTask { path, task: file.task.clone() });
    };
    let bytes = unpacked(&path, bytes)?;
    let examples = match &file.examples {
        Some(examples) => {
            let (path, bytes) = announced::read(dir, &examples.file, &examples.sha256)?;
            let bytes = unpacked(&path, bytes)?;
            Some((path, bytes))
        }
        None => None,
    };
    let examples = examples.as_ref().map(|(path, bytes)| (path.as_path(), bytes.as_slice()));
    let table = task.read(&Text { file, path: &path, bytes: &bytes, examples })?;
    if table.len() as u64 != file.count {
        return Err(Error::Count { path, found: table.len() as u64, recorded: file.count });
    }
    Ok(table)
}

/// What a packed file holds; any other file as it is.
fn unpacked(path: &Path, bytes: Vec<u8>) -> Result<Vec<u8>, Error> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(bytes);
    }
    base::gzip::unpack(&bytes, LARGEST).map_err(|error| Error::Line {
        path: path.to_owned(),
        line: 0,
        message: format!("it cannot be unpacked: {error}"),
    })
}
