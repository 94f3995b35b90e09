//! Files that lie on this machine already: under the user's paths, in mirrors, or moved aside when the lock was wrong.
//!
//! Must copy, never move or link: those folders are not ours, and a link would let a later change through.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use spec::lock::{File, Source};

use super::{Obtain, Tried};
use crate::error::{At, Error};
use crate::expect::Expect;
use crate::fetched::Origin;
use crate::hash::{self, Hasher};

/// A place on this machine where a file may lie.
pub(super) struct Place {
    pub(super) path: PathBuf,
    pub(super) origin: Origin,
    /// Wrong bytes here end the search: the user named this very file.
    pub(super) named: bool,
    /// Whether the file lies there packed by xz, as mirrors keep what is large.
    pub(super) packed: bool,
}

/// What a mirror calls a file that it keeps packed: with `.xz` behind its name.
pub(super) fn packed(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".xz");
    name.into()
}

/// The place, if the file is there: as it is, or in a mirror packed, with `.xz` behind its name.
fn there(place: Place) -> Option<Place> {
    if place.path.is_file() {
        return Some(place);
    }
    let Origin::Mirror(path) = &place.origin else { return None };
    let path = packed(path);
    path.is_file().then(|| Place { origin: Origin::Mirror(path.clone()), path, packed: true, ..place })
}

impl Obtain<'_> {
    /// Where the file may lie on this machine, in the order to try.
    pub(super) fn places(&self, file: &File) -> Result<Vec<Place>, Error> {
        let entry = self.parts.entry;
        let name = file.path.rsplit('/').next().unwrap_or(&file.path);
        let mut places = Vec::new();
        if let Some((path, exact)) = self.options.user_path(entry, &file.path) {
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
            places.extend(found.map(|path| Place {
                path: path.clone(),
                origin: Origin::User(path),
                named,
                packed: false,
            }));
        }
        let aside = self.options.home.bad(&entry.id).join(format!("{}.bad", file.path));
        if Expect::from(file).has_hash() {
            places.push(Place { path: aside, origin: Origin::Store, named: false, packed: false });
        }
        for mirror in &self.options.mirrors {
            let mut push = |path: PathBuf| {
                if !places.iter().any(|place| place.path == path) {
                    places.push(Place {
                        path: path.clone(),
                        origin: Origin::Mirror(path),
                        named: false,
                        packed: false,
                    });
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
        Ok(places.into_iter().filter_map(there).collect())
    }

    /// Copies the file from the first place whose bytes match.
    pub(super) fn local_copy(&self, file: &File, dest: &Path, tried: &mut Vec<Tried>) -> Result<Option<Origin>, Error> {
        self.copy_from(self.places(file)?, file, dest, tried)
    }

    /// The same, only from places where the file lies packed: for who has looked where it lies as it is.
    pub(super) fn unpacked_copy(
        &self,
        file: &File,
        dest: &Path,
        tried: &mut Vec<Tried>,
    ) -> Result<Option<Origin>, Error> {
        let packed = self.places(file)?.into_iter().filter(|place| place.packed).collect();
        self.copy_from(packed, file, dest, tried)
    }

    fn copy_from(
        &self,
        places: Vec<Place>,
        file: &File,
        dest: &Path,
        tried: &mut Vec<Tried>,
    ) -> Result<Option<Origin>, Error> {
        for place in places {
            let expect = Expect::from(file);
            let outcome = match place.packed {
                true => unpack(&place.path, dest, &expect, &self.name(file), self.advice(&place)),
                false => copy(&place.path, dest, &expect, &self.name(file), self.advice(&place)),
            };
            match outcome {
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
        // What is packed cannot be read where it lies.
        for place in self.places(file)?.into_iter().filter(|place| !place.packed) {
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
    let size = source.metadata().at(from)?.len();
    if wrong_size(expect, size, file, from, advice).is_err() {
        // Both hashes belong into the message, so the file is read all the same.
        let mut hasher = Hasher::new(expect.weak());
        hash::feed(&mut source, &mut hasher).at(from)?;
        let found = hasher.finish();
        let by_hash = Expect { size: None, ..*expect };
        by_hash.check(&found, file, &from.display().to_string(), advice)?;
        return wrong_size(expect, size, file, from, advice);
    }
    land(&mut source, from, dest, expect, file, advice)
}

/// The same for a file packed by xz: the pinned bytes are the unpacked ones.
fn unpack(from: &Path, dest: &Path, expect: &Expect<'_>, file: &str, advice: &str) -> Result<(), Error> {
    let packed = std::io::BufReader::new(fs_err::File::open(from).at(from)?);
    let mut source = lzma_rust2::XzReader::new(packed, true);
    // No more than the pinned size is ever unpacked, and one byte that shows it to be wrong.
    match expect.size {
        Some(size) => land(&mut source.take(size + 1), from, dest, expect, file, advice),
        None => land(&mut source, from, dest, expect, file, advice),
    }
}

fn land(
    source: &mut dyn Read,
    from: &Path,
    dest: &Path,
    expect: &Expect<'_>,
    file: &str,
    advice: &str,
) -> Result<(), Error> {
    let mut hasher = Hasher::new(expect.weak());
    let mut temporary = crate::fs::temporary_beside(dest)?;
    let mut buffer = vec![0; hash::BUFFER];
    loop {
        let count = match source.read(&mut buffer) {
            // What cannot be unpacked is not the pinned file, and the next place is tried.
            // The system's own errors have a number; the others are of the packing.
            Err(error) if expect.has_hash() && error.raw_os_error().is_none() => break,
            count => count.at(from)?,
        };
        if count == 0 {
            break;
        }
        hasher.update(&buffer[..count]);
        temporary.write_all(&buffer[..count]).at(dest)?;
    }
    expect.check(&hasher.finish(), file, &from.display().to_string(), advice)?;
    crate::fs::persist(temporary, dest)
}
