//! Images with boxes on them, by whatever annotations they are told.
//!
//! Must not open a picture, nor judge a detection.

use std::collections::HashSet;
use std::path::PathBuf;

use spec::lock::{AnnotatedImages, Annotations};

use crate::error::Error;
use crate::fetched::Fetched;
use crate::{coco, voc};

/// The longest side that a picture may have, in pixels.
pub(crate) const LONGEST: u32 = 1 << 16;

/// An image of a set.
#[derive(Debug, Clone, PartialEq)]
pub struct Annotated {
    /// What its list calls it: `000001`, `2008_000009`; COCO's by their file.
    pub id: String,
    /// The picture.
    pub path: PathBuf,
    /// What is on it.
    pub annotation: Annotation,
}

/// What is said of one picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Annotation {
    /// The picture's file name: `000001.jpg`.
    pub file: String,
    /// Its width in pixels.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
    /// What is on it, in the file's order.
    pub objects: Vec<Object>,
}

/// One object.
#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    /// Its class, from 0 in the order of the set's.
    pub class: u32,
    /// Left, top, right, bottom: pixels counted from 1, the last ones inside (the convention of PASCAL VOC's kit).
    pub bounds: [f64; 4],
    /// Whether it is too difficult to count: neither found nor missed.
    pub difficult: bool,
    /// Whether it goes on outside the box; None: the file does not say.
    pub truncated: Option<bool>,
    /// Whether something stands before it; None: the file does not say.
    pub occluded: Option<bool>,
}

/// Every image of an entry with the list that it is in, list by list, each in its own order.
///
/// # Errors
/// As [`voc::read`] and [`coco::read`]; other classes than the lock names, an image that is in two lists, or another number of
/// images than the lock says.
pub fn of_entry(fetched: &Fetched, images: &AnnotatedImages) -> Result<Vec<(String, Annotated)>, Error> {
    let folder = fetched.dir.join(&images.folder);
    let wrong = |reason: String| Error::Text { path: folder.clone(), line: None, reason };
    let mut all: Vec<(String, Annotated)> = Vec::new();
    let mut seen = HashSet::new();
    for list in &images.lists {
        let found = match images.layout {
            Annotations::Voc => voc::read(&folder, list)?,
            Annotations::Coco => coco::read(&folder, list, &images.class_names)?,
        };
        for image in found {
            if !seen.insert(image.id.clone()) {
                return Err(wrong(format!("`{}` of the list `{list}` is in another list too", image.id)));
            }
            all.push((list.clone(), image));
        }
    }
    if all.len() as u64 != images.count {
        return Err(wrong(format!("{} images in its lists, but the lock says {}", all.len(), images.count)));
    }
    Ok(all)
}
