//! The images of one list of a development kit, with their annotations.
//!
//! Must not take an image that the list does not name.

use std::collections::HashSet;
use std::path::Path;

use super::annotation::parse;
use crate::annotated::Annotated;
use crate::error::Error;

/// The images of `ImageSets/Main/<set>.txt` in one year's folder (`VOCdevkit/VOC2007`), in the list's order. A second column, as
/// in the lists of one class, is passed over.
///
/// # Errors
/// A list, annotation or picture that is missing or makes no sense, an image that is named twice: with the file and the line.
pub fn read(year: &Path, set: &str) -> Result<Vec<Annotated>, Error> {
    let list = year.join("ImageSets").join("Main").join(format!("{set}.txt"));
    let wrong = |path: &Path, line: Option<u64>, reason: String| Error::Text { path: path.to_owned(), line, reason };
    let text = read_text(&list)?;
    let mut seen = HashSet::new();
    let mut images = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let Some(id) = line.split_whitespace().next() else { continue };
        let at = |reason: String| wrong(&list, Some(number), reason);
        if !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-') {
            return Err(at(format!("`{id}` is no id of an image: letters, digits, `_` and `-`")));
        }
        if !seen.insert(id) {
            return Err(at(format!("`{id}` is named a second time")));
        }
        let file = year.join("Annotations").join(format!("{id}.xml"));
        if !file.is_file() {
            return Err(at(format!("`{id}` has no {}; fetch the data again", file.display())));
        }
        let annotation = parse(&read_text(&file)?, &file)?;
        let path = year.join("JPEGImages").join(format!("{id}.jpg"));
        if annotation.file != format!("{id}.jpg") {
            return Err(wrong(&file, None, format!("is about `{}`, not about `{id}.jpg`", annotation.file)));
        }
        if !path.is_file() {
            return Err(at(format!("`{id}` has no {}; fetch the data again", path.display())));
        }
        images.push(Annotated { id: id.to_owned(), path, annotation });
    }
    if images.is_empty() {
        return Err(wrong(&list, None, "names no image".to_owned()));
    }
    Ok(images)
}

fn read_text(path: &Path) -> Result<String, Error> {
    fs_err::read_to_string(path).map_err(|error| Error::Text {
        path: path.to_owned(),
        line: None,
        reason: format!("cannot be read: {}", error.kind()),
    })
}
