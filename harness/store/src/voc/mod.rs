//! PASCAL VOC: images, the boxes on them and the lists of a set, as a development kit's folder holds them.
//!
//! Must not open a picture, nor judge a detection.

mod annotation;
mod sets;

pub use annotation::parse;
pub use base::voc::CLASSES;
pub use sets::read;
