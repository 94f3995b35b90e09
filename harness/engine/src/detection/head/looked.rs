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
    /// The objects that are learned from.
    pub truths: Vec<Object>,
}

impl Looked {
    /// The regions with the objects' own boxes first, which are learned from too.
    #[must_use]
    pub fn with_truths(&self) -> Vec<Bounds> {
        self.truths.iter().map(|object| object.bounds).chain(self.regions.iter().copied()).collect()
    }

    /// The objects that are learned from, in the picture or in its mirror image.
    #[must_use]
    pub fn truths_in(&self, mirrored: bool) -> Vec<Object> {
        let width = f64::from(self.image.size[0]);
        let turned = |object: &Object| Object { bounds: object.bounds.mirrored(width), ..*object };
        if mirrored { self.truths.iter().map(turned).collect() } else { self.truths.clone() }
    }
}
