//! People's sentences in somebody's file of annotations: COCO's `captions` JSON.
//!
//! Must not know what a system says.

use std::collections::HashMap;

use serde::Deserialize;

use super::Image;
use crate::Error;
use crate::references::{References, Truth};

/// What people said.
pub(super) struct Known {
    /// The images in the file's order, those first that it lists; no system's sentences.
    pub(super) images: Vec<Image>,
    /// Each image's place by its number.
    pub(super) places: HashMap<i64, usize>,
}

/// What of COCO's file is needed.
#[derive(Debug, Deserialize)]
struct Annotations {
    #[serde(default)]
    images: Vec<Listed>,
    annotations: Vec<Annotation>,
}

#[derive(Debug, Deserialize)]
struct Listed {
    id: i64,
    file_name: Option<String>,
}

/// Of a file of boxes it has no sentence.
#[derive(Debug, Deserialize)]
struct Annotation {
    image_id: i64,
    caption: Option<String>,
}

/// Where bytes are no text in UTF-8, and what to do; None where they are.
pub(super) fn not_utf8(bytes: &[u8]) -> Option<String> {
    let at = std::str::from_utf8(bytes).err()?.valid_up_to();
    Some(format!("byte {at} is not UTF-8: save the file as UTF-8"))
}

/// The references' sentences; None where they are no file of sentences.
///
/// # Errors
/// A file that makes no sense, with the annotation that does not.
pub(super) fn known(references: &References) -> Result<Option<Known>, Error> {
    let Truth::File { path, bytes } = &references.truth else { return Ok(None) };
    let bytes = base::text::unmarked(bytes);
    let wrong = |message: String| Error::given(path, None, message);
    if let Some(told) = not_utf8(bytes) {
        return Err(wrong(told));
    }
    if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
        return Ok(None);
    }
    let read: Annotations = serde_json::from_slice(bytes)
        .map_err(|error| wrong(format!("these annotations cannot be read as COCO's captions: {error}")))?;
    if !read.annotations.iter().any(|one| one.caption.is_some()) {
        return Ok(None);
    }
    let (mut images, mut places) = (Vec::new(), HashMap::new());
    for image in read.images {
        if places.insert(image.id, images.len()).is_some() {
            return Err(wrong(format!("the image {} comes twice", image.id)));
        }
        let file = image.file_name.unwrap_or_else(|| image.id.to_string());
        images.push(Image { file, ..Image::default() });
    }
    let lists = !images.is_empty();
    for (index, one) in read.annotations.into_iter().enumerate() {
        let at = |problem: String| wrong(format!("annotations[{index}]: {problem}"));
        let sentence = one.caption.ok_or_else(|| at("it has no `caption`".to_owned()))?;
        let place = match places.get(&one.image_id) {
            Some(place) => *place,
            None if lists => return Err(at(format!("there is no image {}", one.image_id))),
            None => {
                places.insert(one.image_id, images.len());
                images.push(Image { file: one.image_id.to_string(), ..Image::default() });
                images.len() - 1
            }
        };
        if let Some(image) = images.get_mut(place) {
            image.references.push(sentence);
        }
    }
    Ok(Some(Known { images, places }))
}
