//! A picture with its regions.
//!
//! Must not read the picture.

use base::boxes::Bounds;

use crate::input::objects::{Annotated, Object};

/// A picture with the regions that are looked into.
#[derive(Debug, Clone)]
pub struct Looked {
    /// The picture and what is on it.
    pub image: Annotated,
    /// The SHA-256 of its file.
    pub sha256: String,
    /// Regions, in its own pixels.
    pub regions: Vec<Bounds>,
}

impl Looked {
    /// The objects that are learned from: none that are too difficult to count.
    #[must_use]
    pub fn truths(&self) -> Vec<Object> {
        let counts = |object: &&Object| !object.difficult && object.bounds.area() > 0.0;
        self.image.objects.iter().filter(counts).copied().collect()
    }

    /// The regions with the objects' own boxes, which are learned from too.
    #[must_use]
    pub fn with_truths(&self) -> Vec<Bounds> {
        self.truths().iter().map(|object| object.bounds).chain(self.regions.iter().copied()).collect()
    }
}
