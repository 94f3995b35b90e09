//! Looking at what an entry has in the store: every file read, hashed and compared with its pin, in parallel.
//!
//! Must not change anything but stamps: what to do about a bad file is for [`crate::store`] and [`crate::verify`].

use std::path::{Path, PathBuf};

use rayon::prelude::*;
use spec::lock::File;

use crate::error::{At, Error};
use crate::expect::Expect;
use crate::hash::{self, Measured, Weak};
use crate::home::Home;
use crate::manifest::{Line, Listing};
use crate::parts::{Archive, Parts};
use crate::progress::{Bar, Progress};
use crate::stamp::{ALWAYS_READ_BELOW, Before, Stamps};

/// Whether stamps may stand for reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// Entries of 2 GB and more are read only where something changed.
    Stamped,
    /// Everything is read.
    All,
}

/// A file that is there and wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bad {
    pub(crate) path: String,
    pub(crate) what: &'static str,
    pub(crate) expected: String,
    pub(crate) found: String,
}

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Inspection<'a> {
    /// Right files by their path in the entry's folder.
    pub(crate) good: Listing,
    /// Wrong files.
    pub(crate) bad: Vec<Bad>,
    /// Pinned files that are not there.
    pub(crate) absent: Vec<&'a File>,
    /// Archives of which something is not there, with the missing paths (none where the contents are not known).
    pub(crate) unfinished: Vec<(Archive<'a>, Vec<String>)>,
    /// Bytes that were read.
    pub(crate) read: u64,
}

impl Inspection<'_> {
    /// Whether everything is there and right.
    pub(crate) fn complete(&self) -> bool {
        self.bad.is_empty() && self.absent.is_empty() && self.unfinished.is_empty()
    }
}

/// A file to look at.
pub(crate) struct Job<'a> {
    /// What it is called in listings and stamps.
    pub(crate) path: String,
    /// Where it lies.
    pub(crate) at: PathBuf,
    /// What is known of it beforehand.
    pub(crate) expect: Expect<'a>,
}

/// The name of the kept listing of a whole entry, which pins files for which the lock has no full hash.
pub(crate) const KEPT: &str = "entry.manifest";

/// Looks at an entry.
pub(crate) fn inspect<'a>(home: &Home, parts: &Parts<'a>, reading: Reading) -> Result<Inspection<'a>, Error> {
    let dir = home.entry(&parts.entry.id);
    let state = home.state(&parts.entry.id);
    let mut found = Inspection::default();
    let kept = load(&state.join(KEPT))?;
    let known: Vec<(Archive<'a>, Option<Listing>)> = parts
        .archives
        .iter()
        .map(|archive| Ok((*archive, contents(home, parts, *archive)?)))
        .collect::<Result<_, Error>>()?;

    let mut jobs = Vec::new();
    for file in &parts.plain {
        if !dir.join(&file.path).is_file() {
            found.absent.push(file);
            continue;
        }
        let mut expect = Expect::from(*file);
        // Weaker than SHA-256: what the first fetch brought is the pin.
        if let (None, Some(line)) = (&file.sha256, kept.as_ref().and_then(|kept| kept.files.get(&file.path))) {
            expect.sha256 = Some(&line.sha256);
        }
        jobs.push(Job { path: file.path.clone(), at: dir.join(&file.path), expect });
    }
    for (archive, listing) in &known {
        let Some(listing) = listing else {
            found.unfinished.push((*archive, Vec::new()));
            continue;
        };
        let mut missing = Vec::new();
        for (unpacked, line) in &listing.files {
            let path = archive.path_of(unpacked);
            if dir.join(&path).is_file() {
                let expect = Expect { size: Some(line.size), sha256: Some(&line.sha256), ..Expect::default() };
                jobs.push(Job { at: dir.join(&path), path, expect });
            } else {
                missing.push(path);
            }
        }
        if !missing.is_empty() {
            found.unfinished.push((*archive, missing));
        }
    }
    measure_all(jobs, &state.join("stamps.json"), reading, None, &mut found)?;
    Ok(found)
}

/// Hashes files, in parallel, but those of a large set that are as they were stamped, and compares them. `bar`: what shows how
/// far it is.
pub(crate) fn measure_all(
    jobs: Vec<Job<'_>>,
    stamps_at: &Path,
    reading: Reading,
    bar: Option<(&Progress, &str)>,
    found: &mut Inspection<'_>,
) -> Result<(), Error> {
    let size = |job: &Job<'_>| fs_err::metadata(&job.at).map_or(0, |facts| facts.len());
    let bytes = jobs.iter().map(size).sum::<u64>();
    let large = bytes >= ALWAYS_READ_BELOW;
    let bar = bar.map(|(progress, what)| progress.bytes(what, Some(bytes)));
    let advance = |size: u64| bar.iter().for_each(|bar| bar.advance(size));
    let mut stamps = if large { Stamps::load(stamps_at) } else { Stamps::default() };
    let trusted = (large && reading == Reading::Stamped).then_some(&stamps);
    let measured = jobs
        .into_par_iter()
        .map(|job| {
            let weak = job.expect.weak();
            if let Some((size, sha256)) = trusted.and_then(|stamps| stamps.sha256(&job.path, &job.at))
                && weak == Weak::default()
            {
                let known = Measured { size, sha256: sha256.to_owned(), md5: None, sha1: None };
                advance(size);
                return Ok((job, known, None, false));
            }
            let before = Before::of(&job.at);
            let known = hash::measure(&job.at, weak)?;
            advance(known.size);
            Ok((job, known, before, true))
        })
        .collect::<Result<Vec<_>, Error>>()?;
    let mut changed = false;
    for (job, known, before, read) in measured {
        if read {
            found.read += known.size;
        }
        match job.expect.differs(&known) {
            Some((what, expected, is)) => found.bad.push(Bad { path: job.path, what, expected, found: is }),
            None => {
                if large && read {
                    stamps.remember(&job.path, &job.at, before.as_ref(), &known.sha256);
                    changed = true;
                }
                found.good.files.insert(job.path, Line { size: known.size, sha256: known.sha256 });
            }
        }
    }
    if changed {
        // A store that may only be read works as well; it is just read again.
        let _ = stamps.save(stamps_at);
    }
    bar.into_iter().for_each(Bar::done);
    Ok(())
}

/// The files that come out of an archive: as kept from the unpacking, where that is what the lock pins; else, where the
/// lock pins a root, the files that lie there, if they are the pinned ones.
pub(crate) fn contents(home: &Home, parts: &Parts<'_>, archive: Archive<'_>) -> Result<Option<Listing>, Error> {
    if let Some(kept) = kept_contents(home, parts, archive)? {
        return Ok(Some(kept));
    }
    let Some(pinned) = &archive.unpack.manifest else { return Ok(None) };
    let folder = home.entry(&parts.entry.id).join(&archive.unpack.to);
    Ok(listing_if_pinned(&folder, parts, archive, pinned)?.ok())
}

/// The kept list of an archive's files, where it is the one that the lock pins or the lock pins none.
pub(crate) fn kept_contents(home: &Home, parts: &Parts<'_>, archive: Archive<'_>) -> Result<Option<Listing>, Error> {
    let kept = load(&home.state(&parts.entry.id).join(archive.state_name()))?;
    let pinned = archive.unpack.manifest.as_ref();
    Ok(kept.filter(|kept| pinned.is_none_or(|pinned| kept.root() == pinned.root)))
}

/// The listing of a folder of unpacked files if its root is the pinned one, else what is there instead.
pub(crate) fn listing_if_pinned(
    folder: &Path,
    parts: &Parts<'_>,
    archive: Archive<'_>,
    pinned: &spec::lock::Manifest,
) -> Result<Result<Listing, String>, Error> {
    if !folder.is_dir() {
        return Ok(Err("no folder".to_owned()));
    }
    let mut paths = crate::fs::files_below(folder)?;
    paths.retain(|path| crate::archive::ends_with_any(path, &archive.unpack.only));
    if paths.len() as u64 > pinned.files {
        // Other files of the entry may lie in the same folder: labels beside images.
        let others = || parts.entry.files.iter().map(|file| file.path.as_str());
        let name = |path: &str| path.rsplit('/').next().map(str::to_owned);
        paths
            .retain(|path| !others().any(|other| other == archive.path_of(path) || name(other).as_ref() == Some(path)));
    }
    if paths.len() as u64 > pinned.files {
        // What macOS and others leave beside files.
        paths.retain(|path| !path.split('/').any(|name| name.starts_with('.')));
    }
    if paths.len() as u64 != pinned.files {
        return Ok(Err(format!("{} files, pinned are {}", paths.len(), pinned.files)));
    }
    let mut bytes = 0;
    for path in &paths {
        bytes += fs_err::metadata(folder.join(path)).at(folder.join(path))?.len();
    }
    if bytes != pinned.bytes {
        return Ok(Err(format!("{} files of {bytes} bytes in all, pinned are {} bytes", paths.len(), pinned.bytes)));
    }
    let listing = Listing::of_files(folder, &paths)?;
    let root = listing.root();
    Ok(if root == pinned.root {
        Ok(listing)
    } else {
        Err(format!("{} files of {bytes} bytes with root {root}", paths.len()))
    })
}

/// A kept listing; one that does not parse is as good as none.
fn load(path: &Path) -> Result<Option<Listing>, Error> {
    match fs_err::read_to_string(path) {
        Ok(text) => Ok(Listing::parse(&text, path).ok()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) if error.kind() == std::io::ErrorKind::InvalidData => Ok(None),
        Err(error) => Err(Error::io(path, error)),
    }
}
