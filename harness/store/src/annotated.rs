//! Images with boxes on them, by whatever annotations they are told.
//!
//! Must not open a picture, nor judge a detection.

use std::path::PathBuf;

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
