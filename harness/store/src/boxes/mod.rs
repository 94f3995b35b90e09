//! A user's own pictures with boxes on them, as PASCAL VOC or COCO lay them out.
//!
//! Must not open a picture; and must find everything that is wrong with the annotations before anybody trains or tests.

mod coco;
mod lists;
mod voc;

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use self::lists::Lists;
use crate::annotated::Annotated;
use crate::error::{At, Error};
use crate::images::walk::LABELS;
use crate::manifest::Listing;

/// A user's pictures with boxes on them. Classes are PASCAL VOC's ([`base::voc::CLASSES`]).
#[derive(Debug, Clone)]
pub struct UserBoxes {
    /// The folder's name.
    pub name: String,
    /// The pictures with the list that each is in: those that are trained on, then those of the tested list.
    pub items: Vec<(String, Annotated)>,
    /// The list that is tested.
    pub tested: String,
    /// Pictures that cannot be used, each with why.
    pub bad: Vec<String>,
    /// Pictures and files that are passed over, counted by reason.
    pub passed_over: BTreeMap<String, u64>,
    /// Objects that are left out since their class is none of those, counted by its name.
    pub other_classes: BTreeMap<String, u64>,
    folder: PathBuf,
    /// What each picture's root is over: the picture, and its annotation where that is a file of its own.
    files: Vec<Vec<String>>,
    /// Files about many pictures, relative to the folder.
    shared: Vec<String>,
}

/// What was read of one folder, whoever laid it out.
#[derive(Debug, Default)]
struct Read {
    /// The pictures of each list.
    lists: Vec<(String, Vec<Item>)>,
    bad: Vec<String>,
    passed_over: BTreeMap<String, u64>,
    other_classes: BTreeMap<String, u64>,
    shared: Vec<String>,
}

/// A picture, and the files that say something of it alone.
#[derive(Debug)]
struct Item {
    image: Annotated,
    files: Vec<String>,
}

/// What all pictures are called where no list divides them: they are tested.
const WHOLE: &str = "test";

/// Whether a folder is laid out for labels of whole pictures: `labels.csv`, or a folder a wnid.
#[must_use]
pub fn has_labels(dir: &Path) -> bool {
    let is_wnid = |name: &str| {
        name.strip_prefix('n').is_some_and(|digits| digits.len() == 8 && digits.bytes().all(|b| b.is_ascii_digit()))
    };
    let names = fs_err::read_dir(dir).into_iter().flatten().flatten();
    dir.join(LABELS).is_file() || names.into_iter().any(|item| item.file_name().to_str().is_some_and(is_wnid))
}

/// Whether a folder is laid out for boxes, and not for labels of whole pictures.
#[must_use]
pub fn has_boxes(dir: &Path) -> bool {
    let is_xml = |name: &String| name.to_lowercase().ends_with(".xml");
    let with_xml = || names_in(dir).is_ok_and(|names| names.iter().any(is_xml));
    let with_json = || coco::files(dir).is_ok_and(|files| !files.is_empty());
    !has_labels(dir) && (dir.join("Annotations").is_dir() || with_json() || with_xml())
}

/// Reads a user's folder of pictures with boxes.
///
/// `dir` holds PASCAL VOC's `Annotations/*.xml` and `JPEGImages` (with or without `ImageSets/Main/*.txt`), XML files beside their
/// pictures, or COCO's instances (`*.json` in it or in its `annotations`), whose pictures lie in `dir`, `images` or a folder called
/// as the list. A list is called as its file, without `instances_`. The list `test` is tested, or else `val`, and the others
/// (`train`, `val`; `trainval` without what is tested) are trained on; where nothing divides the pictures, all are tested.
///
/// # Errors
/// No such folder, lists that contradict each other, JSON that makes no sense. What is wrong with one picture alone is in
/// [`UserBoxes::bad`].
pub fn user_boxes(dir: &Path) -> Result<UserBoxes, Error> {
    let wrong = |reason: String| Error::Text { path: dir.to_path_buf(), line: None, reason };
    if !fs_err::metadata(dir).at(dir)?.is_dir() {
        return Err(wrong("a folder of pictures with boxes is wanted".to_owned()));
    }
    let folder = std::path::absolute(dir).at(dir)?;
    let instances = coco::files(&folder)?;
    let mut read = if folder.join("Annotations").is_dir() {
        voc::read(&folder, "Annotations", "JPEGImages")?
    } else if !instances.is_empty() {
        coco::read(&folder, &instances)?
    } else {
        voc::read(&folder, "", "")?
    };
    let names: Vec<&str> = read.lists.iter().map(|(name, _)| name.as_str()).collect();
    let Lists { tested, trained } = lists::divide(&names).map_err(wrong)?;
    let mut taken: HashMap<PathBuf, &str> = HashMap::new();
    let mut chosen: Vec<(String, Vec<Item>)> = Vec::new();
    // What is tested goes before what is trained on, and the list that holds others last.
    for name in std::iter::once(&tested).chain(&trained) {
        let place = read.lists.iter().position(|(list, _)| list == name);
        let Some((_, mut items)) = place.map(|place| read.lists.swap_remove(place)) else { continue };
        if lists::holds_others(name) {
            items.retain(|item| !taken.contains_key(&item.image.path));
        }
        for item in &items {
            if let Some(other) = taken.insert(item.image.path.clone(), name) {
                let id = &item.image.id;
                return Err(wrong(format!("`{id}` of the list `{name}` is in the list `{other}` too; keep it in one")));
            }
        }
        chosen.push((name.clone(), items));
    }
    // In the record what is trained on comes first.
    chosen.rotate_left(1);
    let whole = fs_err::canonicalize(dir).at(dir)?;
    let name = whole.file_name().map_or_else(|| "images".to_owned(), |name| name.to_string_lossy().into_owned());
    let mut own = UserBoxes {
        name,
        items: Vec::new(),
        tested,
        bad: read.bad,
        passed_over: read.passed_over,
        other_classes: read.other_classes,
        folder,
        files: Vec::new(),
        shared: read.shared,
    };
    for (list, item) in
        chosen.into_iter().flat_map(|(list, items)| items.into_iter().map(move |item| (list.clone(), item)))
    {
        own.items.push((list, item.image));
        own.files.push(item.files);
    }
    own.name_apart();
    Ok(own)
}

impl UserBoxes {
    /// Whether some of the pictures are trained on.
    #[must_use]
    pub fn trains(&self) -> bool {
        self.items.iter().any(|(list, _)| *list != self.tested)
    }

    /// How many pictures are tested.
    #[must_use]
    pub fn count_tested(&self) -> usize {
        self.items.iter().filter(|(list, _)| *list == self.tested).count()
    }

    /// Takes the pictures at these places out, counted for that reason.
    pub fn leave_out(&mut self, places: &[usize], reason: &str) {
        let (items, files) = (std::mem::take(&mut self.items), std::mem::take(&mut self.files));
        for (place, (item, files)) in items.into_iter().zip(files).enumerate() {
            if !places.contains(&place) {
                self.items.push(item);
                self.files.push(files);
            }
        }
        *self.passed_over.entry(reason.to_owned()).or_default() += (places.len() + self.bad.len()) as u64;
        self.bad.clear();
    }

    /// Whether there is something to find and, where pictures are trained on, something to learn from.
    ///
    /// # Errors
    /// There is not: no picture, or no object that counts.
    pub fn check(&self) -> Result<(), Error> {
        let counts = |tested: bool| {
            let of_side = self.items.iter().filter(|(list, _)| (*list == self.tested) == tested);
            of_side.flat_map(|(_, image)| &image.annotation.objects).any(|object| !object.difficult)
        };
        let lacking = [("tested", counts(true)), ("trained on", counts(false) || !self.trains())];
        match lacking.iter().find(|(_, is_there)| !is_there) {
            None => Ok(()),
            Some((what, _)) => Err(Error::Text {
                path: self.folder.clone(),
                line: None,
                reason: format!("no object that counts is on the pictures that are {what}; add some"),
            }),
        }
    }

    /// SHA-256 over the manifest of the pictures and of what says where their boxes are.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn root(&self) -> Result<String, Error> {
        let files: Vec<String> = self.files.iter().flatten().chain(&self.shared).cloned().collect();
        Ok(Listing::of_files(&self.folder, &files)?.root())
    }

    /// Where pictures of two folders have one name, all get that of their folder before it.
    fn name_apart(&mut self) {
        let mut seen = std::collections::HashSet::new();
        if self.items.iter().all(|(_, image)| seen.insert(image.annotation.file.clone())) {
            return;
        }
        for ((_, image), files) in self.items.iter_mut().zip(&self.files) {
            image.annotation.file.clone_from(&files[0]);
        }
    }
}

/// The names in a folder, sorted; none where there is no such folder.
fn names_in(folder: &Path) -> Result<Vec<String>, Error> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut names = Vec::new();
    for item in fs_err::read_dir(folder).at(folder)? {
        let name = item.at(folder)?.file_name().into_string().map_err(|name| Error::Text {
            path: folder.join(name),
            line: None,
            reason: "the file's name is not UTF-8: rename it".to_owned(),
        })?;
        if !name.starts_with('.') {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// A name below a folder, as it stands in messages and manifests.
fn below(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}
