//! Reading everything an entry has in the store and telling what is wrong, without changing anything.
//!
//! Must not trust stamps, and must not stop at the first problem.

use std::time::Instant;

use spec::lock::Entry;

use crate::error::Error;
use crate::inspect::{Reading, inspect};
use crate::parts::Parts;
use crate::store::Store;

/// Something wrong with an entry in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// A pinned file, or an archive's contents, that is not there.
    Missing {
        /// The file's path in the entry.
        path: String,
    },
    /// A file with other bytes than the pinned ones.
    Changed {
        /// The file's path in the entry.
        path: String,
        /// Which property differs: `sha256`, `size`, …
        what: &'static str,
        /// What is pinned.
        expected: String,
        /// What was found.
        found: String,
    },
    /// A file that nobody pinned.
    Extra {
        /// The file's path in the entry.
        path: String,
    },
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing { path } => write!(f, "missing  {path}"),
            Self::Changed { path, what, expected, found } => {
                write!(f, "changed  {path} ({what} is {found}, pinned is {expected})")
            }
            Self::Extra { path } => write!(f, "extra    {path} (not pinned)"),
        }
    }
}

/// The outcome of verifying an entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The entry's id.
    pub entry: String,
    /// Files that are right; of images that lie extracted in the user's folder, all of them.
    pub good: usize,
    /// Bytes read.
    pub bytes: u64,
    /// Seconds it took.
    pub seconds: f64,
    /// The root hash over the right files, which is the entry's own where there are no problems.
    pub root: String,
    /// What was not compared with the lock, of images that lie extracted in the user's folder.
    pub unverified: Option<String>,
    /// What went wrong on the way, or was passed over.
    pub warnings: Vec<String>,
    /// What is wrong, sorted by kind and path.
    pub problems: Vec<Problem>,
}

impl Store {
    /// Reads every file of an entry in the store, in parallel, and tells all that is wrong. Where it is not there and lies
    /// extracted in a folder of the user's, that is read.
    ///
    /// # Errors
    /// A file cannot be read, or the lock's paths are unsafe. Wrong files in the store are no error: they are in the report.
    pub fn verify(&self, entry: &Entry) -> Result<Report, Error> {
        let started = Instant::now();
        let parts = Parts::of(entry)?;
        let home = &self.options.home;
        let dir = home.entry(&entry.id);
        let _shared = match dir.is_dir() {
            true => crate::mutex::share(&home.state(&entry.id).join("lock"), &entry.id, &self.options.progress).ok(),
            false => None,
        };
        let found = inspect(home, &parts, Reading::All)?;
        if !found.complete()
            && let Some(extracted) = self.extracted(&parts)?
        {
            let taken = self.take_extracted(&parts, &extracted, Reading::All)?;
            return Ok(Report {
                entry: entry.id.clone(),
                good: taken.fetched.files.len(),
                bytes: taken.read,
                seconds: started.elapsed().as_secs_f64(),
                root: taken.fetched.root,
                unverified: taken.fetched.in_place.and_then(|in_place| in_place.unverified),
                warnings: taken.fetched.warnings,
                problems: Vec::new(),
            });
        }
        let mut problems: Vec<Problem> =
            found.absent.iter().map(|file| Problem::Missing { path: file.path.clone() }).collect();
        for (archive, missing) in &found.unfinished {
            if missing.is_empty() {
                problems.push(Problem::Missing {
                    path: format!("{} (what comes out of {})", archive.unpack.to, archive.file.path),
                });
            }
            problems.extend(missing.iter().map(|path| Problem::Missing { path: path.clone() }));
        }
        problems.extend(found.bad.iter().map(|bad| Problem::Changed {
            path: bad.path.clone(),
            what: bad.what,
            expected: bad.expected.clone(),
            found: bad.found.clone(),
        }));
        // While an archive's contents are not known, what lies there cannot be called extra.
        let known = found.unfinished.iter().all(|(_, missing)| !missing.is_empty());
        if dir.is_dir() && known {
            let bad = |path: &String| found.bad.iter().any(|bad| bad.path == *path);
            let extra = crate::fs::files_below(&dir)?
                .into_iter()
                .filter(|path| !found.good.files.contains_key(path) && !bad(path));
            problems.extend(extra.map(|path| Problem::Extra { path }));
        }
        Ok(Report {
            entry: entry.id.clone(),
            good: found.good.files.len(),
            bytes: found.read,
            seconds: started.elapsed().as_secs_f64(),
            root: found.good.root(),
            unverified: None,
            warnings: Vec::new(),
            problems,
        })
    }
}
