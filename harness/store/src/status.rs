//! What an entry would need, without asking anybody and without reading files.
//!
//! Must not hash: presence and size only. [`crate::Store::ensure`] and [`crate::Store::verify`] prove bytes.

use spec::lock::{Access, Entry, File, Source};

use crate::error::Error;
use crate::obtain::Obtain;
use crate::parts::Parts;
use crate::store::Store;

/// Where an entry stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// Every file is in the store, with the pinned size.
    Present {
        /// Bytes in the store.
        bytes: u64,
    },
    /// Something is missing and can be had.
    Missing {
        /// Files (archives counted as one) that are missing.
        files: usize,
        /// Of those, how many lie in a mirror or under a user's path.
        nearby: usize,
        /// Bytes to fetch from the network, as far as sizes are known.
        fetch: u64,
        /// Files to fetch of which the size is not known.
        unknown: usize,
        /// The first missing file.
        first: String,
    },
    /// A person must get it first.
    ByHand {
        /// What to do.
        instructions: String,
    },
    /// Nobody can get it.
    Unobtainable {
        /// Why.
        reason: String,
    },
}

impl Store {
    /// Where an entry stands, without network and without reading files.
    ///
    /// # Errors
    /// The lock's paths are unsafe, or the disk cannot be read.
    pub fn status(&self, entry: &Entry) -> Result<Status, Error> {
        let parts = Parts::of(entry)?;
        let home = &self.options.home;
        let dir = home.entry(&entry.id);
        let mut bytes = 0;
        let mut missing: Vec<&File> = Vec::new();
        for file in &parts.plain {
            match fs_err::metadata(dir.join(&file.path)) {
                Ok(facts) if facts.is_file() && file.size.is_none_or(|size| size == facts.len()) => {
                    bytes += facts.len()
                }
                _ => missing.push(file),
            }
        }
        for archive in &parts.archives {
            let kept = crate::inspect::kept_contents(home, &parts, *archive)?;
            let there = kept.and_then(|listing| {
                let sizes = listing.files.iter().map(|(path, line)| {
                    let facts = fs_err::metadata(dir.join(archive.path_of(path))).ok()?;
                    (facts.is_file() && facts.len() == line.size).then_some(line.size)
                });
                sizes.sum::<Option<u64>>()
            });
            match there {
                Some(size) => bytes += size,
                None => missing.push(archive.file),
            }
        }
        if missing.is_empty() && !entry.files.is_empty() {
            return Ok(Status::Present { bytes });
        }
        if let Some(found) = self.extracted(&parts)? {
            return self.status_of_extracted(&parts, &found);
        }
        let obtain = Obtain::new(&self.options, &self.fetcher, &parts);
        let (mut nearby, mut fetch, mut unknown, mut nowhere) = (0, 0, 0, 0);
        for file in &missing {
            let near = obtain.is_near(file);
            let fetchable = file.sources.iter().any(|source| !matches!(source, Source::Mirror(_)));
            match file.size {
                _ if near => nearby += 1,
                _ if !fetchable || entry.access != Access::Open => nowhere += 1,
                Some(size) => fetch += size,
                None => unknown += 1,
            }
        }
        if nowhere > 0 || entry.files.is_empty() {
            match crate::absent::by_hand(entry) {
                Some(Error::Unobtainable { reason, .. }) => return Ok(Status::Unobtainable { reason }),
                Some(Error::ByHand { instructions, .. }) => return Ok(Status::ByHand { instructions }),
                _ => {
                    let instructions = entry.by_hand.clone().unwrap_or_else(|| {
                        "only a mirror folder has it: name one with REPLICATIONS_MIRROR or --mirror".to_owned()
                    });
                    return Ok(Status::ByHand { instructions });
                }
            }
        }
        let first = missing.first().map(|file| file.path.clone()).unwrap_or_default();
        Ok(Status::Missing { files: missing.len(), nearby, fetch, unknown, first })
    }
}
