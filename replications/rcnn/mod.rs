//! Rich feature hierarchies for accurate object detection and semantic segmentation (Girshick et al., CVPR 2014).
//!
//! Must not hold claims or protocols: those are in `spec.yaml`.

mod network;
pub mod recipe;

pub use network::build;

use crate::registry::PaperEntry;

/// The paper's line in the registry.
pub const PAPER: PaperEntry = PaperEntry {
    id: "rcnn",
    spec: include_str!("spec.yaml"),
    folder: "replications/rcnn",
    networks: &[
        "rcnn-t-net",
        "rcnn-o-net",
        "rcnn-googlenet-trunk",
        "rcnn-googlenet",
        "rcnn-googlenet-bb",
        "rcnn-googlenet-softmax",
        "rcnn-caffenet-trunk",
        "rcnn-caffenet-pool5",
        "rcnn-caffenet-fc6",
        "rcnn-caffenet-fc7",
        "rcnn-t-net-pool5",
        "rcnn-t-net-fc6",
        "rcnn-t-net-fc7",
        "rcnn-t-net-fc7-bb",
        "rcnn-t-net-fc7-softmax",
        "rcnn-o-net-pool5",
        "rcnn-o-net-fc7",
        "rcnn-o-net-fc7-bb",
        "rcnn-vgg16-trunk",
    ],
    build,
    own: recipe::OWN,
};
