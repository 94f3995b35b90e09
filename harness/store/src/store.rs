//! The store itself: an entry of the lock goes in, a folder of proven files comes out.
//!
//! Must not hand out a path whose bytes were not compared with the lock, nor throw away what a user may want to see.

use spec::lock::Entry;

use crate::absent;
use crate::error::{Error, Mismatch};
use crate::fetched::{Fetched, FileFact, Origin};
use crate::home::Home;
use crate::http::Fetcher;
use crate::inspect::{Inspection, KEPT, Reading, inspect};
use crate::obtain::Obtain;
use crate::options::Options;
use crate::parts::Parts;

/// The store.
#[derive(Debug)]
pub struct Store {
    pub(crate) options: Options,
    pub(crate) fetcher: Fetcher,
}

impl Store {
    /// A store. Nothing is read, written or asked yet.
    #[must_use]
    pub fn new(options: Options) -> Self {
        let fetcher = Fetcher::new(options.patience);
        Self { options, fetcher }
    }

    /// Where files are kept.
    #[must_use]
    pub fn home(&self) -> &Home {
        &self.options.home
    }

    /// Makes sure that all files of an entry are in the store and right, fetching what is missing.
    ///
    /// The sources of a missing file are tried in this order: the user's path, the mirrors, the lock's sources; the
    /// first whose bytes match wins. A user's path with wrong bytes ends it. A file in the store with wrong bytes is
    /// moved to `bad/` and ends it too: run again to fetch it anew. Entries below 2 GB are read whole every time, larger
    /// ones where anything about a file changed, or after a restart of the machine.
    ///
    /// A folder of the user's in which a set of images lies extracted is used as it is, and nothing is copied: what it was
    /// compared with is in [`Fetched::in_place`].
    ///
    /// # Errors
    /// One sentence on what stopped it; see [`Error`].
    pub fn ensure(&self, entry: &Entry) -> Result<Fetched, Error> {
        self.ensure_parts(entry, &Parts::of(entry)?, true)
    }

    /// Makes sure that one file of an entry is in the store and right, whatever else the entry has: labels without their
    /// images. `root` of what is handed out is over that file alone.
    ///
    /// # Errors
    /// See [`Store::ensure`]; also a file that the entry does not have, or an archive that is unpacked.
    pub fn ensure_file(&self, entry: &Entry, path: &str) -> Result<Fetched, Error> {
        let parts = Parts::only(entry, path)?;
        // Without a full hash, the listing of the whole entry is what pins a file.
        if parts.plain.iter().any(|file| file.sha256.is_none()) {
            return self.ensure(entry);
        }
        self.ensure_parts(entry, &parts, false)
    }

    /// `whole`: whether these are all parts of the entry, so that their listing pins it.
    fn ensure_parts(&self, entry: &Entry, parts: &Parts<'_>, whole: bool) -> Result<Fetched, Error> {
        if entry.files.is_empty() {
            return Err(absent::without_files(entry));
        }
        let home = &self.options.home;
        let lock = home.state(&entry.id).join("lock");
        if home.entry(&entry.id).is_dir() {
            let shared = match crate::mutex::share(&lock, &entry.id, &self.options.progress) {
                // Somebody else's store, which may only be read: nobody writes there, so nothing is to be locked.
                Err(Error::Permission { .. }) => None,
                other => Some(other?),
            };
            let found = inspect(home, parts, Reading::Stamped)?;
            if found.complete() {
                return self.fetched(entry, &found, Vec::new(), |_| Origin::Store);
            }
            drop(shared);
        }
        if whole && let Some(found) = self.extracted(parts)? {
            return Ok(self.take_extracted(parts, &found, Reading::Stamped)?.fetched);
        }
        let _held = crate::mutex::hold(&lock, &entry.id, &self.options.progress)?;
        let found = inspect(home, parts, Reading::Stamped)?;
        self.stop_at_bad(entry, &found)?;
        let mut obtain = Obtain::new(&self.options, &self.fetcher, parts);
        for file in &found.absent {
            obtain.file(file)?;
        }
        for (archive, _) in &found.unfinished {
            obtain.archive(archive)?;
        }
        let (origins, warnings) = obtain.finish()?;
        // Once more over everything: what is handed out was read from where it lies.
        let found = inspect(home, parts, Reading::Stamped)?;
        self.stop_at_bad(entry, &found)?;
        if let Some(file) = found
            .absent
            .first()
            .map(|file| file.path.clone())
            .or_else(|| Some(found.unfinished.first()?.0.file.path.clone()))
        {
            let tried = vec!["it vanished from the store while it was fetched".to_owned()];
            return Err(Error::NoSource { entry: entry.id.clone(), file, tried });
        }
        if whole {
            let kept = home.state(&entry.id).join(KEPT);
            crate::fs::write_atomic(&kept, found.good.text().as_bytes())?;
        }
        self.fetched(entry, &found, warnings, |path| origins.get(path).cloned().unwrap_or(Origin::Store))
    }

    fn fetched(
        &self,
        entry: &Entry,
        found: &Inspection<'_>,
        warnings: Vec<String>,
        origin: impl Fn(&str) -> Origin,
    ) -> Result<Fetched, Error> {
        let dir = self.options.home.entry(&entry.id);
        let files = found.good.files.iter().map(|(path, line)| FileFact {
            path: path.clone(),
            at: dir.join(path),
            size: line.size,
            sha256: line.sha256.clone(),
            from: origin(path),
        });
        Ok(Fetched {
            entry: entry.id.clone(),
            root: found.good.root(),
            files: files.collect(),
            warnings,
            in_place: None,
            dir,
        })
    }

    /// Moves every wrong file aside; an error that names the first and counts the rest.
    fn stop_at_bad(&self, entry: &Entry, found: &Inspection<'_>) -> Result<(), Error> {
        let Some(first) = found.bad.first() else { return Ok(()) };
        let dir = self.options.home.entry(&entry.id);
        let mut moved_to = None;
        for bad in found.bad.iter().rev() {
            moved_to = crate::fs::move_aside(&dir.join(&bad.path), &self.options.home.bad(&entry.id), &bad.path)?;
        }
        let more = match found.bad.len() {
            1 => String::new(),
            many => format!("{} more files are wrong and were moved too; ", many - 1),
        };
        Err(Error::Mismatch(Box::new(Mismatch {
            file: format!("{}/{}", entry.id, first.path),
            from: dir.join(&first.path).display().to_string(),
            what: first.what,
            expected: first.expected.clone(),
            found: first.found.clone(),
            moved_to,
            advice: format!(
                "{more}run the command again to fetch it anew; if the lock was changed instead, put the lock right and the file is taken back"
            ),
        })))
    }
}
