//! COCO: images, the boxes on them and the lists of a set, as its `instances_*.json` and the folders of its pictures hold them.
//!
//! Must not open a picture, nor judge a detection.

mod instances;
mod sets;

pub use instances::{Instances, parse};
pub use sets::{open, read};
