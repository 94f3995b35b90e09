//! COCO's `captions_*.json` (Chen et al. 2015).
//!
//! Must not score: that is the task's matter, which reads such a file by itself.

use std::collections::HashMap;
use std::path::Path;

use serde::Deserialize;

use super::{Described, name, read_json, wrong};
use crate::error::Error;

#[derive(Debug, Deserialize)]
struct Captions {
    images: Vec<Image>,
    annotations: Vec<Annotation>,
}

#[derive(Debug, Deserialize)]
struct Image {
    id: i64,
    file_name: String,
}

#[derive(Debug, Deserialize)]
struct Annotation {
    image_id: i64,
    caption: String,
}

/// The images of a file, in its order, their sentences in that of the annotations.
///
/// # Errors
/// A file that makes no sense, a sentence about an image that is not listed, an image that is listed twice or has no sentence: each
/// with its place.
pub fn read(path: &Path) -> Result<Vec<Described>, Error> {
    let read: Captions = read_json(path, "COCO's captions")?;
    let mut places = HashMap::new();
    let mut images: Vec<Described> = Vec::with_capacity(read.images.len());
    for (index, image) in read.images.into_iter().enumerate() {
        let at = |reason: String| wrong(path, None, format!("images[{index}]: {reason}"));
        name(&image.file_name).map_err(at)?;
        if places.insert(image.id, images.len()).is_some() {
            return Err(at(format!("the image {} is listed a second time", image.id)));
        }
        images.push(Described { file: image.file_name, below: String::new(), sentences: Vec::new() });
    }
    for (index, one) in read.annotations.into_iter().enumerate() {
        let place = places.get(&one.image_id);
        let image = place
            .and_then(|place| images.get_mut(*place))
            .ok_or_else(|| wrong(path, None, format!("annotations[{index}]: there is no image {}", one.image_id)))?;
        image.sentences.push(one.caption.trim().to_owned());
    }
    match images.iter().find(|image| image.sentences.is_empty()) {
        Some(image) => Err(wrong(
            path,
            None,
            format!("nobody described `{}`; take it out of `images`, or describe it", image.file),
        )),
        None if images.is_empty() => Err(wrong(path, None, "lists no image".to_owned())),
        None => Ok(images),
    }
}
