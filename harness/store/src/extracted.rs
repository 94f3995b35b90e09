//! A set of images that somebody extracted: found in a folder that the user named, hashed, and used where it lies.
//!
//! Must not write into that folder, nor copy out of it. Must say what was compared with the lock and what was not: most
//! locks pin the archive and not what is in it.

mod find;
mod truth;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use spec::lock::{Entry, LabelledImages, Layout};

use crate::error::{At, Error};
use crate::expect::Expect;
use crate::fetched::{Fetched, FileFact, InPlace, Origin};
use crate::images::ilsvrc;
use crate::inspect::{self, Inspection, Job, Reading};
use crate::obtain::Obtain;
use crate::parts::{Archive, Parts};
use crate::status::Status;
use crate::store::Store;
pub(crate) use find::Found;
use truth::Truth;

/// Where images may lie below the folder that was named, beside what the lock calls their folder.
const BELOW: [&str; 5] = ["", "val", "ILSVRC2012_img_val", "Data/CLS-LOC/val", "ILSVRC/Data/CLS-LOC/val"];

/// An extracted set, ready to be handed out.
pub(crate) struct Taken {
    pub(crate) fetched: Fetched,
    /// Bytes that were read.
    pub(crate) read: u64,
}

/// The archives of an entry that has images in the organisers' layout.
#[derive(Clone, Copy)]
struct Archives<'a> {
    images: Archive<'a>,
    kit: Option<Archive<'a>>,
}

impl<'a> Archives<'a> {
    fn of(parts: &Parts<'a>) -> Option<(Self, &'a LabelledImages)> {
        let described = parts.entry.images.as_ref().filter(|images| images.layout == Layout::IlsvrcVal)?;
        let is_kit = |archive: &&Archive<'_>| archive.file.path.contains("devkit");
        let kit = parts.archives.iter().copied().find(|archive| is_kit(&archive));
        let mut others = parts.archives.iter().copied().filter(|archive| !is_kit(&archive));
        match (others.next(), others.next()) {
            (Some(images), None) => Some((Self { images, kit }, described)),
            _ => None,
        }
    }
}

impl Store {
    /// The whole set of an entry's images where it lies extracted in the folder that was named for it, by names alone. None
    /// where there is no such folder, or where it holds the archives themselves, which can be compared with the lock.
    ///
    /// # Errors
    /// Some of the images are there and some are not, or are there twice: what was looked for and what was found.
    pub(crate) fn extracted(&self, parts: &Parts<'_>) -> Result<Option<Found>, Error> {
        let Some((archives, described)) = Archives::of(parts) else { return Ok(None) };
        let images = archives.images;
        let Some((named, _)) = self.options.user_path(parts.entry, &images.file.path) else { return Ok(None) };
        if !named.is_dir() {
            return Ok(None);
        }
        // The paths go into lists for other processes.
        let named = &std::path::absolute(named).at(named)?;
        let obtain = Obtain::new(&self.options, &self.fetcher, parts);
        let packed = [&*images.file.path, name_of(&images.file.path)].iter().any(|name| named.join(name).is_file());
        if packed && archives.kit.is_none_or(|kit| obtain.is_near(kit.file)) {
            return Ok(None);
        }
        let known: Vec<&str> = parts.entry.files.iter().map(|file| name_of(&file.path)).collect();
        let mut places: Vec<PathBuf> = Vec::new();
        for below in BELOW.iter().chain([&images.unpack.to.as_str()]) {
            let place: PathBuf = named.join(below).components().collect();
            if place.is_dir() && !places.contains(&place) {
                places.push(place);
            }
        }
        // The first of those with the most images.
        let mut best: Option<Found> = None;
        for place in places {
            let found = find::look(named, &place, &known)?;
            if found.images.len() > best.as_ref().map_or(0, |best| best.images.len()) {
                best = Some(found);
            }
        }
        if let Some(found) = &best {
            found.check(&parts.entry.id, described)?;
        }
        Ok(best)
    }

    /// What is still to be had for an extracted set: nothing, or labels for images that no folder names a class of.
    ///
    /// # Errors
    /// Nothing tells their classes, and nobody may be asked.
    pub(crate) fn status_of_extracted(&self, parts: &Parts<'_>, found: &Found) -> Result<Status, Error> {
        let files = parts.entry.files.len();
        let first = parts.entry.files.first().map(|file| file.path.clone()).unwrap_or_default();
        let here = Status::Missing { files, nearby: files, fetch: 0, unknown: 0, first };
        let Some((archives, _)) = Archives::of(parts) else { return Ok(here) };
        if found.by_class || self.kit_place(parts, archives, found)?.is_some() {
            return Ok(here);
        }
        match self.options.labels_of(&parts.entry.id) {
            Some((labels, _)) if self.is_at_hand(labels)? => Ok(here),
            Some((labels, _)) if !self.options.offline => self.status(labels),
            labels => {
                let labels = labels.map(|(labels, _)| labels.id.as_str());
                Err(Error::Text { path: found.folder.clone(), line: None, reason: truth::without(archives, labels) })
            }
        }
    }

    /// Finds the images' classes, hashes every image, and compares both with whatever there is to compare them with.
    ///
    /// # Errors
    /// A file that cannot be read or is empty, other bytes than a manifest pins, or labels that contradict each other.
    pub(crate) fn take_extracted(&self, parts: &Parts<'_>, found: &Found, reading: Reading) -> Result<Taken, Error> {
        let entry = parts.entry;
        let wrong = |reason: String| Error::Text { path: found.folder.clone(), line: None, reason };
        let Some((archives, described)) = Archives::of(parts) else {
            return Err(wrong(format!("{} has no archive of images in the lock", entry.id)));
        };
        // Before what takes long.
        let (truths, mut warnings) = self.truths(parts, archives, described, found)?;
        let Some(first) = truths.first() else { return Err(wrong(truth::without(archives, None))) };
        let images = archives.images;
        let jobs = found.images.iter().map(|(number, path)| Job {
            path: ilsvrc::name_of(*number),
            at: found.folder.join(path),
            expect: Expect::default(),
        });
        let mut seen = Inspection::default();
        let stamps = self.options.home.state(&entry.id).join("extracted.json");
        let what = format!("reading the {} images of {}", base::words::thousands(described.count), entry.id);
        inspect::measure_all(jobs.collect(), &stamps, reading, Some((&self.options.progress, &what)), &mut seen)?;
        let listing = seen.good;
        if let Some((empty, _)) = listing.files.iter().find(|(_, line)| line.size == 0) {
            return Err(wrong(format!("{empty} is empty: extract it again")));
        }
        let obtain = Obtain::new(&self.options, &self.fetcher, parts);
        let advice = "extract the archive anew, or name another folder";
        obtain.compare(&images, &listing, &found.folder, advice)?;
        let home = &self.options.home;
        let proven = images.unpack.manifest.is_some() || inspect::kept_contents(home, parts, images)?.is_some();
        let unverified = unverified(found, images, proven, &truths);
        warnings.extend(unverified.iter().map(|text| format!("{}: {text}", entry.id)));
        // What the system hides from people needs no warning; it is counted in the record.
        if found.passed_over.keys().any(|why| why != find::HIDDEN) {
            let counts = base::words::by_reason(&found.passed_over);
            warnings.push(format!("{}: passed over in {}: {counts}", entry.id, found.folder.display()));
        }
        let mut classes = BTreeMap::new();
        let mut files = Vec::with_capacity(listing.files.len());
        for ((number, path), (name, line)) in found.images.iter().zip(&listing.files) {
            let (at, path) = (found.folder.join(path), images.path_of(name));
            classes.extend(first.class(*number).map(|class| (path.clone(), class)));
            let from = Origin::User(at.clone());
            files.push(FileFact { path, at, size: line.size, sha256: line.sha256.clone(), from });
        }
        let fetched = Fetched {
            entry: entry.id.clone(),
            dir: found.folder.clone(),
            root: listing.root(),
            files,
            warnings,
            in_place: Some(InPlace { classes, unverified, passed_over: found.passed_over.clone() }),
        };
        Ok(Taken { fetched, read: seen.read })
    }

    /// Whether an entry can be had without asking anybody.
    fn is_at_hand(&self, entry: &Entry) -> Result<bool, Error> {
        let status = self.status(entry)?;
        Ok(matches!(status, Status::Present { .. } | Status::Missing { fetch: 0, unknown: 0, .. }))
    }
}

/// What was not compared with the lock, for the screen and for records; None where everything was.
fn unverified(found: &Found, images: Archive<'_>, proven: bool, truths: &[Truth]) -> Option<String> {
    if proven && truths.iter().any(|truth| truth.pinned) {
        return None;
    }
    let mut text = format!(
        "{} images were used as somebody extracted them ({})",
        base::words::thousands(found.images.len() as u64),
        if found.by_class { "a folder a class" } else { "all in one folder" }
    );
    text.push_str(&match proven {
        true => format!(", the same as what is in {}", images.file.path),
        false => format!(
            "; they were counted, named and hashed, and not verified against the published archive's hash: datasets.lock pins {}, not what is in it",
            images.file.path
        ),
    });
    let (first, others) = truths.split_first()?;
    text.push_str(&format!("; their classes are those of {}", first.what));
    let others: Vec<&str> = others.iter().map(|other| other.what.as_str()).collect();
    text.push_str(&match others[..] {
        [] => ", and were compared with nothing".to_owned(),
        [other] => format!(", and {other} says the same"),
        _ => format!(", and {} say the same", others.join(" and ")),
    });
    Some(text)
}

/// What [`Store::extracted`] finds, for who named a folder with something else in it; nothing for other entries.
pub(crate) fn wanted(parts: &Parts<'_>) -> Vec<String> {
    let Some((archives, described)) = Archives::of(parts) else { return Vec::new() };
    let (first, last) = (ilsvrc::name_of(1), ilsvrc::name_of(described.count));
    let to = archives.images.unpack.to.trim_end_matches('/');
    let kit = archives.kit.map(|kit| format!(" with {} beside it", name_of(&kit.file.path))).unwrap_or_default();
    vec![
        format!("extracted, a folder a class: n…/{first} and so on, here or in {to}/"),
        format!("extracted, in one folder{kit}: {first} to {last}, here or in {to}/"),
    ]
}

/// The archive of an entry's images, where it has one and they may lie extracted.
pub(crate) fn archive_of_images<'a>(parts: &Parts<'a>) -> Option<Archive<'a>> {
    Archives::of(parts).map(|(archives, _)| archives.images)
}

fn name_of(path: &str) -> &str {
    Path::new(path).file_name().and_then(|name| name.to_str()).unwrap_or(path)
}
