//! Files that lie on this machine already: under the user's paths, in mirrors, or moved aside when the lock was wrong.
//!
//! Must copy, never move or link: those folders are not ours, and a link would let a later change through.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use spec::lock::{File, Source};

use super::{Obtain, Tried};
use crate::error::{At, Error};
use crate::hash::{self, Hasher};
use crate::pin::Expect;
use crate::store::Origin;

/// A place on this machine where a file may lie.
pub(super) struct Place {
    pub(super) path: PathBuf,
    pub(super) origin: Origin,
    /// Wrong bytes here end the search: the user named this very file.
    pub(super) named: bool,
}

impl Obtain<'_> {
    /// Where the file may lie on this machine, in the order to try.
    pub(super) fn places(&self, file: &File) -> Result<Vec<Place>, Error> {
        let entry = self.parts.entry;
        let name = file.path.rsplit('/').next().unwrap_or(&file.path);
        let mut places = Vec::new();
        if let Some((path, exact)) = self.store.user_path(entry, &file.path) {
            let candidates =
                if path.is_dir() { vec![path.join(&file.path), path.join(name)] } else { vec![path.to_path_buf()] };
            let found = candidates.into_iter().find(|candidate| candidate.is_file());
            if found.is_none() && (exact || !path.exists()) {
                return Err(Error::UserPath {
                    entry: entry.id.clone(),
                    file: file.path.clone(),
                    path: path.to_path_buf(),
                    hint: format!("a folder that holds {name}, or the file itself, is wanted"),
                });
            }
            // For an entry of several files a single file is named; it is right for one of them only.
            let named = exact || path.is_dir() || entry.files.len() == 1;
            places.extend(found.map(|path| Place { path: path.clone(), origin: Origin::User(path), named }));
        }
        let aside = self.store.options.home.bad(&entry.id).join(format!("{}.bad", file.path));
        if Expect::from(file).has_hash() {
            places.push(Place { path: aside, origin: Origin::Store, named: false });
        }
        for mirror in &self.store.options.mirrors {
            let mut push = |path: PathBuf| {
                if !places.iter().any(|place| place.path == path) {
                    places.push(Place { path: path.clone(), origin: Origin::Mirror(path), named: false });
                }
            };
            for source in &file.sources {
                if let Source::Mirror(path) = source
                    && let Ok(path) = crate::fs::safe_relative(path)
                {
                    push(mirror.join(path));
                }
            }
            push(mirror.join(&entry.id).join(&file.path));
            // Unordered folders are fine where a hash tells what is what.
            if Expect::from(file).has_hash() {
                push(mirror.join(&entry.id).join(name));
                push(mirror.join(name));
            }
        }
        places.retain(|place| place.path.is_file());
        Ok(places)
    }

    /// Copies the file from the first place whose bytes match.
    pub(super) fn local_copy(&self, file: &File, dest: &Path, tried: &mut Vec<Tried>) -> Result<Option<Origin>, Error> {
        for place in self.places(file)? {
            match copy(&place.path, dest, &Expect::from(file), &self.name(file), self.advice(&place)) {
                Ok(()) => return Ok(Some(place.origin)),
                Err(error @ Error::Mismatch(_)) if !place.named => {
                    // A bad file moved aside is expected to be wrong.
                    if place.origin != Origin::Store {
                        tried.push(Tried { error });
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    /// The first place on this machine whose bytes match, read where it lies.
    pub(super) fn local_in_place(
        &self,
        file: &File,
        tried: &mut Vec<Tried>,
    ) -> Result<Option<(PathBuf, Origin)>, Error> {
        let expect = Expect::from(file);
        for place in self.places(file)? {
            let size = fs_err::metadata(&place.path).at(&place.path)?.len();
            let outcome =
                wrong_size(&expect, size, &self.name(file), &place.path, self.advice(&place)).and_then(|()| {
                    if !expect.has_hash() {
                        return Ok(());
                    }
                    let found = hash::measure(&place.path, expect.weak())?;
                    expect.check(&found, &self.name(file), &place.path.display().to_string(), self.advice(&place))
                });
            match outcome {
                Ok(()) => return Ok(Some((place.path, place.origin))),
                Err(error @ Error::Mismatch(_)) if !place.named => {
                    tried.push(Tried { error });
                }
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    fn advice(&self, place: &Place) -> &'static str {
        match place.origin {
            Origin::User(_) => "name the right file, or none to have it fetched",
            _ => "put the right file into the mirror, or take the wrong one away",
        }
    }
}

/// A size that differs needs no reading.
fn wrong_size(expect: &Expect<'_>, size: u64, file: &str, from: &Path, advice: &str) -> Result<(), Error> {
    match expect.size.filter(|pinned| *pinned != size) {
        None => Ok(()),
        Some(pinned) => Err(Error::Mismatch(Box::new(crate::error::Mismatch {
            file: file.to_owned(),
            from: from.display().to_string(),
            what: "size",
            expected: format!("{pinned} bytes"),
            found: format!("{size} bytes"),
            moved_to: None,
            advice: advice.to_owned(),
        }))),
    }
}

/// Copies a file, hashing on the way; nothing lands at `dest` unless the bytes are the expected ones.
pub(super) fn copy(from: &Path, dest: &Path, expect: &Expect<'_>, file: &str, advice: &str) -> Result<(), Error> {
    let mut source = fs_err::File::open(from).at(from)?;
    let mut hasher = Hasher::new(expect.weak());
    let size = source.metadata().at(from)?.len();
    if wrong_size(expect, size, file, from, advice).is_err() {
        // Both hashes belong into the message, so the file is read all the same.
        hash::feed(&mut source, &mut hasher).at(from)?;
        let found = hasher.finish();
        let by_hash = Expect { size: None, ..*expect };
        by_hash.check(&found, file, &from.display().to_string(), advice)?;
        return wrong_size(expect, size, file, from, advice);
    }
    let mut temporary = crate::fs::temporary_beside(dest)?;
    let mut buffer = vec![0; hash::BUFFER];
    loop {
        let count = source.read(&mut buffer).at(from)?;
        if count == 0 {
            break;
        }
        hasher.update(&buffer[..count]);
        temporary.write_all(&buffer[..count]).at(dest)?;
    }
    expect.check(&hasher.finish(), file, &from.display().to_string(), advice)?;
    crate::fs::persist(temporary, dest)
}
