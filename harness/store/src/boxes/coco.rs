//! A user's pictures with COCO's instances in one file or several.
//!
//! Must not take objects for those of another class: what is none of the classes is left out and counted.

use std::path::Path;

use super::{Item, Read, below, names_in};
use crate::annotated::Annotated;
use crate::coco::{Instances, open};
use crate::error::Error;

/// How COCO's own files of boxes begin; where there are some, other JSON beside them (captions, keypoints) is passed over.
const PREFIX: &str = "instances_";

/// The files of instances in a folder or its `annotations`, relative to it.
pub(super) fn files(dir: &Path) -> Result<Vec<String>, Error> {
    let mut all = Vec::new();
    for folder in ["", "annotations"] {
        let names = names_in(&dir.join(folder))?;
        all.extend(names.iter().filter(|name| name.ends_with(".json")).map(|name| below(folder, name)));
    }
    if all.iter().any(|file| named(file).starts_with(PREFIX)) {
        all.retain(|file| named(file).starts_with(PREFIX));
    }
    Ok(all)
}

/// Reads each file as a list.
pub(super) fn read(dir: &Path, files: &[String]) -> Result<Read, Error> {
    let mut read = Read { shared: files.to_vec(), ..Read::default() };
    for file in files {
        let name = named(file).trim_end_matches(".json");
        let list = name.strip_prefix(PREFIX).unwrap_or(name).to_owned();
        let path = dir.join(file);
        let wrong = |reason: String| Error::Text { path: path.clone(), line: None, reason };
        if read.lists.iter().any(|(other, _)| *other == list) {
            return Err(wrong(format!("another file is the list `{list}` too; keep one of them")));
        }
        let Instances { classes, images } = open(&path)?;
        let places: Vec<Option<u32>> = classes.iter().map(|name| base::voc::class(name)).collect();
        if places.iter().all(Option::is_none) {
            let told = classes.iter().take(30).cloned().collect::<Vec<_>>().join(", ");
            return Err(wrong(format!(
                "none of its categories ({told}) is one of the twenty classes: {}",
                base::voc::CLASSES.join(", ")
            )));
        }
        let mut items = Vec::new();
        for mut annotation in images {
            let place = place_of(dir, &list, &annotation.file);
            let Some(picture) = place else {
                read.bad.push(format!(
                    "{file}: there is no picture {} below the folder, its `images` or `{list}`",
                    annotation.file
                ));
                continue;
            };
            annotation.objects.retain_mut(|object| {
                let class = places.get(object.class as usize).copied().flatten();
                match class {
                    Some(class) => object.class = class,
                    None => {
                        let name = classes.get(object.class as usize).cloned().unwrap_or_default();
                        *read.other_classes.entry(name).or_default() += 1;
                    }
                }
                class.is_some()
            });
            let image = Annotated { id: annotation.file.clone(), path: dir.join(&picture), annotation };
            items.push(Item { image, files: vec![picture] });
        }
        read.lists.push((list, items));
    }
    Ok(read)
}

/// Where a picture lies, relative to the folder: in one that is called as the list first.
fn place_of(dir: &Path, list: &str, file: &str) -> Option<String> {
    let in_images = format!("images/{list}");
    let places = [list, &in_images, "", "images"].map(|folder| below(folder, file));
    places.into_iter().find(|place| dir.join(place).is_file())
}

/// A file's name without its folder.
fn named(file: &str) -> &str {
    file.rsplit_once('/').map_or(file, |(_, name)| name)
}
