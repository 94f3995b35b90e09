//! The images of an entry that have boxes on them, with the lists that they are in.
//!
//! Must not read annotations: each layout's own module does.

use std::collections::HashSet;

use spec::lock::{AnnotatedImages, Annotations};

use crate::annotated::Annotated;
use crate::error::Error;
use crate::fetched::Fetched;
use crate::{coco, voc};

/// Every image of an entry with the list that it is in, list by list, each in its own order.
///
/// # Errors
/// As [`voc::read`] and [`coco::read`]; other classes than the lock names, an image that is in two lists, or another number of
/// images than the lock says.
pub fn listed(fetched: &Fetched, images: &AnnotatedImages) -> Result<Vec<(String, Annotated)>, Error> {
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
