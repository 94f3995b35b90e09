//! What looks into regions: the layers behind RoI pooling, in training and at test (Girshick 2015, sections 2.1 to 2.3).
//!
//! The layers tell of each region the scores of its classes, the background first, and four numbers a class that lead from it to its
//! object. The maps that regions are pooled from may be learned too, which is the trunk's matter. Must not choose proposals, rates or steps.

mod looked;
mod losses;
mod reader;
mod spread;
mod training;

use replications::graph::Graph;

use crate::error::{Error, Result};
use crate::train::layer_of;

pub use looked::Looked;
pub use losses::{Learns, Looking, Regions, Settings, losses};
pub use reader::{Pooled, Reader, Said};
pub use spread::Spread;
pub use training::Head;

/// The layers that tell classes and boxes, in the network and here.
pub const CLASSES: &str = "cls_score";
/// See [`CLASSES`].
pub const BOXES: &str = "bbox_pred";
/// The layer that pools.
const POOLED: &str = "roi_pool5";
/// Numbers of a box.
const NUMBERS: usize = 4;

/// Whether a parameter is of the layers for classes and boxes, which a classifier does not have.
#[must_use]
pub fn is_last(name: &str) -> bool {
    [CLASSES, BOXES].iter().any(|layer| Some(*layer) == layer_of(name))
}

/// The layers behind RoI pooling of a detector.
///
/// # Errors
/// It has no such layers.
pub fn behind_pooling(detector: &Graph) -> Result<Graph> {
    let found = detector.between(POOLED, &[CLASSES, BOXES]);
    found.ok_or_else(|| Error::Input(format!("{} pools no regions", detector.name)))
}
