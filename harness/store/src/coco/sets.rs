//! The images of one list of COCO's, with their annotations.
//!
//! Must not take an image that the list does not name.

use std::io::BufReader;
use std::path::Path;

use super::instances::{Instances, parse};
use crate::annotated::Annotated;
use crate::error::Error;

/// The images of `annotations/instances_<list>.json` in a folder, in the file's order; their pictures lie in its folder `<list>`
/// (`train2017`). `classes` are those of the set, in the order of the categories' ids.
///
/// # Errors
/// As [`open`]; other categories than those, a picture that is missing, no image at all.
pub fn read(folder: &Path, list: &str, classes: &[String]) -> Result<Vec<Annotated>, Error> {
    let file = folder.join("annotations").join(format!("instances_{list}.json"));
    let wrong = |reason: String| Error::Text { path: file.clone(), line: None, reason };
    let instances = open(&file)?;
    if instances.classes != classes {
        let told = instances.classes.join(", ");
        return Err(wrong(format!("its categories are not the classes of the set: {told}; fetch the data again")));
    }
    let pictures = folder.join(list);
    let mut images = Vec::with_capacity(instances.images.len());
    for annotation in instances.images {
        let path = pictures.join(&annotation.file);
        if !path.is_file() {
            return Err(wrong(format!("`{}` has no {}; fetch the data again", annotation.file, path.display())));
        }
        images.push(Annotated { id: annotation.file.clone(), path, annotation });
    }
    if images.is_empty() { Err(wrong("names no image".to_owned())) } else { Ok(images) }
}

/// Reads a file of instances, which is never held as a whole.
///
/// # Errors
/// It cannot be read; as [`parse`].
pub fn open(path: &Path) -> Result<Instances, Error> {
    let file = fs_err::File::open(path).map_err(|error| Error::Text {
        path: path.to_owned(),
        line: None,
        reason: format!("cannot be read: {}", error.kind()),
    })?;
    parse(BufReader::with_capacity(1 << 20, file), path)
}
