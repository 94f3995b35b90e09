//! Object proposals: boxes on a picture, of any class, that a detector looks into.
//!
//! Selective search (Uijlings et al., Selective Search for Object Recognition, IJCV 2013): a picture is cut into small regions of
//! like pixels, those are merged pair by pair, the most similar first, and the box of every region on the way is a proposal.
//! Several colour spaces, sizes of first regions and kinds of similarity give different hierarchies.
//!
//! Where the paper and the authors' code differ, the code is followed, since the boxes that detectors were trained on came from it.
//! What neither fixes is said where it is settled. The authors' code was read as others keep it (its segmentation, for one, in
//! BVLC/caffe@a14cacf, `python/Dependencies`), and the settings of R-CNN in rbgirshick/rcnn@43b0334, `selective_search`.
//!
//! It must not know classes, labels or detectors, nor link libtorch.

pub mod colour;
mod error;
pub mod extent;
pub mod filter;
pub mod graph;
pub mod grouping;
pub mod ranking;
pub mod regions;
pub mod search;
pub mod segment;
pub mod settings;
pub mod texture;

pub use error::Error;
pub use search::selective_search;
pub use settings::Settings;
