//! What to say of an entry that no source can give.
//!
//! Must not ask any source: that was done before.

use spec::lock::{Access, Entry};

use crate::error::Error;

/// What to say of an entry for which the lock lists no files.
pub(crate) fn without_files(entry: &Entry) -> Error {
    by_hand(entry).unwrap_or_else(|| Error::NoSource {
        entry: entry.id.clone(),
        file: "*".to_owned(),
        tried: vec!["the lock lists no files for it".to_owned()],
    })
}

/// What a person must do to have the entry, if the harness cannot fetch it.
pub(crate) fn by_hand(entry: &Entry) -> Option<Error> {
    let text = entry.by_hand.clone();
    match entry.access {
        Access::Open => None,
        Access::Unobtainable => Some(Error::Unobtainable {
            entry: entry.id.clone(),
            reason: text.or_else(|| entry.note.clone()).unwrap_or_else(|| "nobody offers it".to_owned()),
        }),
        Access::Manual => Some(Error::ByHand {
            entry: entry.id.clone(),
            instructions: text
                .unwrap_or_else(|| format!("get it by hand ({}) and name its folder for {}", entry.title, entry.id)),
        }),
        Access::Mirror => Some(Error::ByHand {
            entry: entry.id.clone(),
            instructions: text.unwrap_or_else(|| {
                "only a mirror folder has it: name one with REPLICATIONS_MIRROR or --mirror".to_owned()
            }),
        }),
    }
}
