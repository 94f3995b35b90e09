//! PASCAL VOC: images, the boxes on them and the lists of a set, as a development kit's folder holds them.
//!
//! Must not open a picture, nor judge a detection.

mod annotation;
mod sets;

pub use annotation::{Annotation, Object, parse};
pub use sets::{Annotated, annotated, read};

/// The twenty classes, in the kit's order: a class is its index here.
pub const CLASSES: [&str; 20] = [
    "aeroplane",
    "bicycle",
    "bird",
    "boat",
    "bottle",
    "bus",
    "car",
    "cat",
    "chair",
    "cow",
    "diningtable",
    "dog",
    "horse",
    "motorbike",
    "person",
    "pottedplant",
    "sheep",
    "sofa",
    "train",
    "tvmonitor",
];
