//! What detectors are made of beside layers: boxes that are suppressed, anchors, the loss over boxes, regions of a map.
//!
//! Boxes are by their edges: a pixel reaches from its number, counted from 0, to the next. First and last pixels that are both
//! inside, as the authors' code has them, are the same boxes with the last pixel's number plus one. Must not know a paper.

pub mod anchors;
pub mod compress;
pub mod nms;
pub mod regions;
pub mod smooth_l1;

pub use anchors::{Anchors, anchors_over};
pub use compress::compressed;
pub use nms::suppress;
pub use regions::roi_pool;
pub use smooth_l1::smooth_l1;
