//! The seal of a finished record: its last line, with the hashes of all that it says.
//!
//! It covers the header, the events before it, the kept scores and the runner's log by their bytes, and every other file
//! through the hash in the events. Whoever changes a record and seals it again gets another root hash than the one that was
//! published. Must not judge a run that has none.

use std::path::Path;

use base::hash::sha256;
use spec::event::{Announced, Seal};

use super::{EVENTS, HEADER, LOG, SCORES};
use crate::Error;

/// What seals the record in `dir`, whose events so far are these bytes.
pub(super) fn of(dir: &Path, events: &[u8]) -> Result<Seal, Error> {
    let mut files = vec![announced(HEADER, &fs_err::read(dir.join(HEADER))?), announced(EVENTS, events)];
    for name in [SCORES, LOG] {
        let path = dir.join(name);
        if path.is_file() {
            files.push(announced(name, &fs_err::read(path)?));
        }
    }
    Ok(Seal { time: jiff::Timestamp::now().to_string(), root: root(&files), files })
}

/// The root hash over a seal's files.
fn root(files: &[Announced]) -> String {
    let lines: String = files.iter().map(|file| format!("{}  {}\n", file.sha256, file.file)).collect();
    sha256(lines.as_bytes())
}

/// Whether the header and the events before the seal, in line `line`, are those that were sealed.
pub(super) fn check(dir: &Path, seal: &Seal, header: &[u8], events: &[u8], line: usize) -> Result<(), Error> {
    let found = root(&seal.files);
    if found != seal.root {
        let message = format!("the seal's files come to the root hash {found}, the seal says {}", seal.root);
        return Err(Error::Line { path: dir.join(EVENTS), line, message });
    }
    for (name, bytes) in [(HEADER, header), (EVENTS, events)] {
        let Some(sealed) = seal.files.iter().find(|file| file.file == name) else {
            let message = format!("the seal does not cover {name}");
            return Err(Error::Line { path: dir.join(EVENTS), line, message });
        };
        let found = sha256(bytes);
        if found != sealed.sha256 {
            let path = dir.join(name);
            return Err(Error::Seal { path, found, recorded: sealed.sha256.clone(), line });
        }
    }
    Ok(())
}

fn announced(name: &str, bytes: &[u8]) -> Announced {
    Announced { file: name.to_owned(), sha256: sha256(bytes) }
}
