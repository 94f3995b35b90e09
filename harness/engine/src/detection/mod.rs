//! What detectors are made of beside layers: boxes that are suppressed, anchors, what regions are to learn, the loss over boxes.
//!
//! Boxes are by their edges: a pixel reaches from its number, counted from 0, to the next. First and last pixels that are both
//! inside, as the authors' code has them, are the same boxes with the last pixel's number plus one. Must not know a paper.

pub mod anchors;
pub mod compiled;
pub mod compress;
pub mod drawn;
pub mod found;
pub mod head;
pub mod labels;
pub mod maps;
pub mod nms;
pub mod propose;
pub mod proposed;
pub mod pyramid;
pub mod smooth_l1;
pub mod trunk;

pub use anchors::{Anchors, anchors_over};
pub use compiled::Compiled;
pub use compress::{compressed, with_compressed};
pub use drawn::{Drawn, all_told, drawn};
pub use found::{Found, suppressed};
pub use labels::{Anchored, Nearest, anchored, nearest};
pub use nms::suppress;
pub use propose::{Choice, Proposal, propose};
pub use proposed::proposed;
pub use pyramid::Pyramid;
pub use smooth_l1::smooth_l1;
pub use trunk::{Source, Trunk};
