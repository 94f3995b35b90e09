//! Of which classes extracted images are: by the names of their folders, the development kit, or labels of their own in the
//! lock; whichever of them are at hand must agree.
//!
//! Must not ask a server but for labels without which the images are of no use.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use base::words::thousands;
use spec::lock::LabelledImages;

use super::find::wnid;
use super::{Archives, Found, name_of};
use crate::archive::{self, Limits};
use crate::error::{At, Error};
use crate::expect::Expect;
use crate::images::ilsvrc::{GROUND_TRUTH, Kit, META, name_of as image_name, number_in};
use crate::images::labels;
use crate::obtain::Obtain;
use crate::parts::Parts;
use crate::store::Store;

/// Where the development kit lies.
pub(super) enum KitPlace {
    /// As it is published.
    Archive(PathBuf),
    /// Extracted: the folder with both files.
    Folder(PathBuf),
}

/// What something says of the classes.
pub(super) struct Truth {
    /// What says it, in words that name no folder.
    pub(super) what: String,
    /// Whether its bytes are those that the lock pins.
    pub(super) pinned: bool,
    /// The wnids of all classes, sorted: the place is the class.
    wnids: Vec<String>,
    /// The class of each image, by its number.
    classes: BTreeMap<u64, u32>,
}

impl Truth {
    pub(super) fn class(&self, number: u64) -> Option<u32> {
        self.classes.get(&number).copied()
    }

    fn wnid(&self, number: u64) -> Option<&str> {
        self.wnids.get(self.class(number)? as usize).map(String::as_str)
    }

    /// That every class has as many images as any other, as the set's has: all that can be seen where nothing else tells.
    fn is_even(&self, images: &LabelledImages, found: &Found) -> Result<(), Error> {
        let each = images.count / u64::from(images.classes.max(1));
        let mut counts = vec![0u64; self.wnids.len()];
        self.classes.values().for_each(|class| counts[*class as usize] += 1);
        let Some((wnid, count)) = self.wnids.iter().zip(&counts).find(|(_, count)| **count != each) else {
            return Ok(());
        };
        let reason = format!(
            "{count} images of {wnid} by {}, and the set has {each} of each class; put the images into the folders of their classes",
            self.what
        );
        Err(Error::Text { path: found.folder.clone(), line: None, reason })
    }

    /// Of the wnid of each image.
    fn of_wnids(what: String, pinned: bool, images: BTreeMap<u64, &str>) -> Self {
        let wnids: BTreeSet<&str> = images.values().copied().collect();
        let places: BTreeMap<&str, u32> = wnids.iter().copied().zip(0..).collect();
        let class = |(number, wnid): (u64, &str)| Some((number, *places.get(wnid)?));
        let classes = images.into_iter().filter_map(class).collect();
        Self { what, pinned, classes, wnids: wnids.into_iter().map(str::to_owned).collect() }
    }

    fn of_folders(found: &Found) -> Self {
        let images = found.images.iter().filter_map(|(number, path)| Some((*number, wnid(path)?)));
        Self::of_wnids("the folders' names".to_owned(), false, images.collect())
    }

    fn of_kit(kit: Kit, pinned: bool) -> Self {
        let what = match pinned {
            true => "the development kit",
            false => "an extracted development kit (not verified either)",
        };
        Self { what: what.to_owned(), pinned, wnids: kit.wnids, classes: (1..).zip(kit.classes).collect() }
    }
}

impl Store {
    /// All that says something of the classes, what counts first; and what went wrong on the way.
    ///
    /// # Errors
    /// Nothing tells the classes, or what tells them cannot be read, knows other classes, or is contradicted.
    pub(super) fn truths(
        &self,
        parts: &Parts<'_>,
        archives: Archives<'_>,
        images: &LabelledImages,
        found: &Found,
    ) -> Result<(Vec<Truth>, Vec<String>), Error> {
        let (mut truths, mut warnings) = (Vec::new(), Vec::new());
        if found.by_class {
            truths.push(Truth::of_folders(found));
        }
        if let Some(place) = self.kit_place(parts, archives, found)? {
            truths.push(self.read_kit(archives, &place, images.classes)?);
        }
        if let Some((entry, file)) = self.options.labels_of(&parts.entry.id) {
            let needed = truths.is_empty();
            if needed || self.is_at_hand(entry)? {
                let labels = self.ensure_file(entry, file).and_then(|fetched| {
                    let path = fetched.path(file).unwrap_or_else(|| fetched.dir.join(file));
                    Ok((read_labels(&entry.id, &path)?, fetched.warnings))
                });
                match labels {
                    Ok((truth, more)) => {
                        truths.push(truth);
                        warnings.extend(more);
                    }
                    Err(error) if needed => {
                        let reason = format!("{}; {error}", without(archives, Some(&entry.id)));
                        return Err(Error::Text { path: found.folder.clone(), line: None, reason });
                    }
                    Err(error) => warnings.push(format!("the classes were not compared with {}: {error}", entry.id)),
                }
            }
        }
        for truth in &truths {
            self.check(truth, images, found)?;
        }
        if let [alone] = truths.as_slice()
            && found.by_class
        {
            alone.is_even(images, found)?;
        }
        if let Some((first, others)) = truths.split_first() {
            others.iter().try_for_each(|other| agree(first, other, found))?;
        }
        Ok((truths, warnings))
    }

    /// Where the development kit lies, by names: where the store would take it from, else beside the images.
    pub(super) fn kit_place(
        &self,
        parts: &Parts<'_>,
        archives: Archives<'_>,
        found: &Found,
    ) -> Result<Option<KitPlace>, Error> {
        let Some(kit) = archives.kit else { return Ok(None) };
        let above = |path: &Path| fs_err::canonicalize(path).ok()?.parent().map(Path::to_path_buf);
        let dirs = [Some(found.folder.clone()), Some(found.named.clone()), above(&found.folder), above(&found.named)];
        let name = name_of(&kit.file.path);
        let near = Obtain::new(&self.options, &self.fetcher, parts).near(kit.file)?;
        let beside = dirs.iter().flatten().map(|dir| dir.join(name)).find(|path| path.is_file());
        if let Some(path) = near.into_iter().next().or(beside) {
            return Ok(Some(KitPlace::Archive(path)));
        }
        let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
        let folders = dirs.iter().flatten().flat_map(|dir| [dir.join(stem).join("data"), dir.join(stem)]);
        let whole = |dir: &PathBuf| [GROUND_TRUTH, META].iter().all(|file| dir.join(file).is_file());
        Ok(folders.into_iter().find(whole).map(KitPlace::Folder))
    }

    fn read_kit(&self, archives: Archives<'_>, place: &KitPlace, classes: u32) -> Result<Truth, Error> {
        let path = match place {
            KitPlace::Folder(dir) => {
                return Ok(Truth::of_kit(Kit::read(&dir.join(GROUND_TRUTH), &dir.join(META), classes)?, false));
            }
            KitPlace::Archive(path) => path,
        };
        let Some(kit) = archives.kit else { return Err(unreadable(path, "no development kit is in the lock")) };
        let expect = Expect::from(kit.file);
        let found = crate::hash::measure(path, expect.weak())?;
        let advice = "put the right one there, or take it away";
        expect.check(&found, name_of(&kit.file.path), &path.display().to_string(), advice)?;
        // In the system's own temporary folder: neither the user's nor the store's need be writable.
        let to = tempfile::tempdir().at(std::env::temp_dir())?;
        let wanted = |name: &str| [GROUND_TRUTH, META].iter().any(|file| name_of(name) == *file);
        let choose = |name: &str| wanted(name).then(|| name_of(name).to_owned());
        archive::unpack(path, to.path(), &choose, Limits::for_archive(found.size), None)?;
        let [truth, meta] = [GROUND_TRUTH, META].map(|file| to.path().join(file));
        if !truth.is_file() || !meta.is_file() {
            return Err(unreadable(path, &format!("it does not hold {GROUND_TRUTH} and {META}")));
        }
        Ok(Truth::of_kit(Kit::read(&truth, &meta, classes)?, expect.has_hash()))
    }

    /// That it knows as many classes as the lock says, the right ones where they are known, and a class for each image.
    fn check(&self, truth: &Truth, images: &LabelledImages, found: &Found) -> Result<(), Error> {
        let wrong = |reason: String| Error::Text { path: found.folder.clone(), line: None, reason };
        let (own, wanted) = (truth.wnids.len(), images.classes as usize);
        if own != wanted {
            return Err(wrong(format!("{} classes by {}; the set has {wanted}", own, truth.what)));
        }
        let known = &self.options.wnids;
        if known.len() == wanted
            && let Some((unknown, _)) = truth.wnids.iter().zip(known).find(|(one, other)| one != other)
        {
            let strange = truth.wnids.iter().find(|wnid| !known.contains(wnid)).unwrap_or(unknown);
            return Err(wrong(format!("{strange} by {} is none of the {wanted} classes", truth.what)));
        }
        match found.images.keys().find(|number| truth.class(**number).is_none()) {
            Some(number) => Err(wrong(format!("{} has no class by {}", image_name(*number), truth.what))),
            None => Ok(()),
        }
    }
}

/// That two say the same of every image.
fn agree(first: &Truth, other: &Truth, found: &Found) -> Result<(), Error> {
    let differs = |number: &&u64| first.wnid(**number) != other.wnid(**number);
    let differing: Vec<u64> = found.images.keys().filter(differs).copied().collect();
    let Some(number) = differing.first() else { return Ok(()) };
    let (one, two) = (first.wnid(*number).unwrap_or_default(), other.wnid(*number).unwrap_or_default());
    let reason = format!(
        "{} of {} images are of other classes by {} than by {}: {} first, of {one} and of {two}; put the images into the folders of their classes, or take away what is wrong",
        thousands(differing.len() as u64),
        thousands(found.images.len() as u64),
        first.what,
        other.what,
        image_name(*number),
    );
    Err(Error::Text { path: found.folder.clone(), line: None, reason })
}

/// The labels of another entry: JSON with `image_filenames`, or CSV with `file` and `wnid`.
fn read_labels(entry: &str, path: &Path) -> Result<Truth, Error> {
    #[derive(serde::Deserialize)]
    struct Set {
        image_filenames: Vec<(String, String)>,
    }
    let rows: Vec<(String, String)> = match path.extension().is_some_and(|ending| ending == "json") {
        true => {
            let bytes = fs_err::read(path).at(path)?;
            let set: Set = serde_json::from_slice(&bytes)
                .map_err(|error| unreadable(path, &format!("no list `image_filenames` of [file, wnid]: {error}")))?;
            set.image_filenames
        }
        false => labels::read(path)?.into_iter().map(|row| (row.file, row.wnid)).collect(),
    };
    let mut images = BTreeMap::new();
    for (file, wnid) in &rows {
        let number = number_in(file.rsplit('/').next().unwrap_or(file));
        let number = number.ok_or_else(|| unreadable(path, &format!("{file:?} is no image of the set")))?;
        images.insert(number, wnid.as_str());
    }
    Ok(Truth::of_wnids(entry.to_owned(), true, images))
}

/// What to say where images lie loose and nothing tells their classes.
pub(super) fn without(archives: Archives<'_>, labels: Option<&str>) -> String {
    let kit = archives.kit.map_or("the development kit", |kit| name_of(&kit.file.path));
    let stem = kit.split_once('.').map_or(kit, |(stem, _)| stem);
    let fetched = labels.map(|labels| format!(", or let {labels} be fetched")).unwrap_or_default();
    format!(
        "the images lie in no folders of classes, and nothing tells their classes: put {kit} (or {stem}/, extracted) beside them{fetched}"
    )
}

fn unreadable(path: &Path, reason: &str) -> Error {
    Error::Text { path: path.to_path_buf(), line: None, reason: reason.to_owned() }
}
