//! Stamps: what the file system said of a file when it was last hashed, so that large entries need not be read again.
//!
//! Must never vouch for a file of which size, times, inode or boot changed, and only the store's own checks use it:
//! `verify` always reads.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::error::Error;

/// Entries below this many bytes are always read: it takes about a second.
pub(crate) const ALWAYS_READ_BELOW: u64 = 2_000_000_000;

/// A file's facts when it was hashed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Stamp {
    size: u64,
    /// Nanoseconds since 1970.
    modified: i128,
    /// Nanoseconds since 1970; programs cannot set it back.
    changed: i128,
    inode: u64,
    device: u64,
    sha256: String,
}

/// The stamps of one entry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stamps {
    /// The boot in which they were made: after a restart (a crash may have lost what was only in memory) all is read.
    boot: String,
    files: BTreeMap<String, Stamp>,
}

impl Stamps {
    /// The kept stamps of this boot, or none.
    pub(crate) fn load(path: &Path) -> Self {
        let boot = boot();
        let kept: Option<Self> = fs_err::read(path).ok().and_then(|text| serde_json::from_slice(&text).ok());
        kept.filter(|kept| kept.boot == boot).unwrap_or(Self { boot, files: BTreeMap::new() })
    }

    pub(crate) fn save(&self, path: &Path) -> Result<(), Error> {
        let text = serde_json::to_vec(self).map_err(|error| Error::io(path, std::io::Error::other(error)))?;
        crate::fs::write_atomic(path, &text)
    }

    /// The hash that the file had when stamped, if nothing about it changed since.
    pub(crate) fn sha256(&self, path: &str, file: &Path) -> Option<(u64, &str)> {
        let stamp = self.files.get(path)?;
        let now = facts(file, String::new())?;
        let same = Stamp { sha256: String::new(), ..stamp.clone() } == now;
        same.then_some((stamp.size, stamp.sha256.as_str()))
    }

    /// Remembers a hash. `before` are the file's facts from before it was read.
    pub(crate) fn remember(&mut self, path: &str, file: &Path, before: Option<&Before>, sha256: &str) {
        // A write within the clock's grain of the last one would leave no trace, so young files are not stamped.
        const YOUNG: i128 = 2_000_000_000;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_nanos() as i128);
        match (facts(file, sha256.to_owned()), before) {
            (Some(stamp), Some(Before(before)))
                if Stamp { sha256: String::new(), ..stamp.clone() } == *before && now - stamp.changed > YOUNG =>
            {
                self.files.insert(path.to_owned(), stamp);
            }
            _ => {
                self.files.remove(path);
            }
        }
    }
}

/// A file's facts from before it was read.
pub(crate) struct Before(Stamp);

impl Before {
    pub(crate) fn of(file: &Path) -> Option<Self> {
        facts(file, String::new()).map(Self)
    }
}

#[cfg(unix)]
fn facts(file: &Path, sha256: String) -> Option<Stamp> {
    use std::os::unix::fs::MetadataExt;
    let facts = fs_err::metadata(file).ok()?;
    let nanos = |seconds: i64, nanos: i64| i128::from(seconds) * 1_000_000_000 + i128::from(nanos);
    Some(Stamp {
        size: facts.size(),
        modified: nanos(facts.mtime(), facts.mtime_nsec()),
        changed: nanos(facts.ctime(), facts.ctime_nsec()),
        inode: facts.ino(),
        device: facts.dev(),
        sha256,
    })
}

/// Where a file has no change time, nothing is stamped and everything is read.
#[cfg(not(unix))]
fn facts(_file: &Path, _sha256: String) -> Option<Stamp> {
    None
}

fn boot() -> String {
    let path = PathBuf::from("/proc/sys/kernel/random/boot_id");
    std::fs::read_to_string(path).map(|text| text.trim().to_owned()).unwrap_or_default()
}
