//! A user's pictures with an XML file each, as PASCAL VOC's kit and programs for drawing boxes write them.
//!
//! Must not take a picture for another's by what its annotation calls it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use super::{Item, Read, WHOLE, below, lists, names_in};
use crate::annotated::Annotated;
use crate::error::{At, Error};
use crate::images::walk::is_picture;
use crate::voc::parse;

/// Where lists lie.
const SETS: &str = "ImageSets/Main";

/// Reads pictures of one folder by the annotations of another (or of the same), and the lists where there are some.
pub(super) fn read(dir: &Path, annotations: &str, pictures: &str) -> Result<Read, Error> {
    let known: Vec<String> = names_in(&dir.join(annotations))?.iter().filter_map(|name| stem_of_xml(name)).collect();
    let mut folder = Folder { dir, annotations, pictures, by_stem: HashMap::new(), read: Read::default() };
    let all: Vec<String> = names_in(&dir.join(pictures))?.into_iter().filter(|name| is_picture(name)).collect();
    for name in &all {
        folder.by_stem.entry(stem(name).to_owned()).or_default().push(name.clone());
    }
    if known.is_empty() {
        return Err(Error::Text {
            path: if annotations.is_empty() { dir.to_path_buf() } else { dir.join(annotations) },
            line: None,
            reason: "no boxes: neither PASCAL VOC's XML files (in Annotations, or beside the pictures) nor COCO's instances (*.json, in annotations or beside the pictures)"
                .to_owned(),
        });
    }
    let lists: Vec<String> = names_in(&dir.join(SETS))?
        .into_iter()
        .filter(|name| name.strip_suffix(".txt").is_some_and(lists::divides))
        .collect();
    let mut used: HashSet<String> = HashSet::new();
    let mut problems = Vec::new();
    if lists.is_empty() {
        folder.take(WHOLE, &known);
        used.extend(known);
    }
    let mut seen = BTreeMap::new();
    for file in lists {
        let list = format!("{SETS}/{file}");
        let ids = folder.ids(&list, &mut problems)?;
        folder.read.shared.push(list);
        seen.insert(file.trim_end_matches(".txt").to_owned(), ids);
    }
    if !problems.is_empty() {
        return Err(Error::Labels { dir: dir.to_path_buf(), problems });
    }
    for (list, ids) in seen {
        // What two lists name is read, and told where it is bad, once.
        folder.take(&list, &ids);
        used.extend(ids);
    }
    let over = all.iter().filter(|name| !used.contains(stem(name))).count() as u64;
    let reason = if folder.read.shared.is_empty() { "pictures without an annotation" } else { "pictures in no list" };
    if over > 0 {
        folder.read.passed_over.insert(reason.to_owned(), over);
    }
    folder.read.bad.sort();
    folder.read.bad.dedup();
    Ok(folder.read)
}

/// A folder while it is read.
struct Folder<'a> {
    dir: &'a Path,
    annotations: &'a str,
    pictures: &'a str,
    by_stem: HashMap<String, Vec<String>>,
    read: Read,
}

impl Folder<'_> {
    /// The ids of a list. A second column, as in the lists of one class, is passed over.
    fn ids(&self, list: &str, problems: &mut Vec<String>) -> Result<Vec<String>, Error> {
        let path = self.dir.join(list);
        let text = fs_err::read_to_string(&path).at(&path)?;
        let mut ids: Vec<String> = Vec::new();
        let mut seen = HashSet::new();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            let Some(first) = line.split_whitespace().next() else { continue };
            // A name may hold spaces.
            let id = if self.has_annotation(line) { line } else { first };
            if id.contains(['/', '\\', '\0']) || id == ".." {
                problems.push(format!("{list}:{number}: `{id}` is no name of a picture without its ending"));
            } else if !self.has_annotation(id) {
                problems.push(format!("{list}:{number}: `{id}` has no {}", self.xml(id)));
            } else if !seen.insert(id) {
                problems.push(format!("{list}:{number}: `{id}` is named a second time"));
            } else {
                ids.push(id.to_owned());
            }
        }
        Ok(ids)
    }

    fn xml(&self, id: &str) -> String {
        below(self.annotations, &format!("{id}.xml"))
    }

    fn has_annotation(&self, id: &str) -> bool {
        !id.contains(['/', '\\', '\0']) && self.dir.join(self.xml(id)).is_file()
    }

    /// Reads what the ids name into a list; what cannot be used is told.
    fn take(&mut self, list: &str, ids: &[String]) {
        let mut items = Vec::new();
        for id in ids {
            match self.item(id) {
                Ok(item) => items.push(item),
                Err(problem) => self.read.bad.push(problem),
            }
        }
        self.read.lists.push((list.to_owned(), items));
    }

    fn item(&self, id: &str) -> Result<Item, String> {
        let xml = self.xml(id);
        let text = fs_err::read_to_string(self.dir.join(&xml)).map_err(|error| format!("{xml}: {error}"))?;
        let mut annotation = parse(&text, Path::new(&xml)).map_err(|error| error.to_string())?;
        let picture = match self.by_stem.get(id).map(Vec::as_slice) {
            Some([one]) => one,
            None | Some([]) => {
                return Err(format!("{xml}: there is no picture {}", below(self.pictures, &format!("{id}.jpg"))));
            }
            Some(several) => return Err(format!("{xml}: it may be of {}; keep one", several.join(" or "))),
        };
        if stem(&annotation.file) != id && annotation.file != id {
            return Err(format!("{xml}: it is about `{}`, not about `{picture}`", annotation.file));
        }
        annotation.file.clone_from(picture);
        let file = below(self.pictures, picture);
        let image = Annotated { id: id.to_owned(), path: self.dir.join(&file), annotation };
        Ok(Item { image, files: vec![file, xml] })
    }
}

fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

fn stem_of_xml(name: &str) -> Option<String> {
    let (stem, ending) = name.rsplit_once('.')?;
    (ending == "xml").then(|| stem.to_owned())
}
