//! Faster R-CNN: Towards Real-Time Object Detection with Region Proposal Networks (Ren et al., NIPS 2015).
//!
//! Must not hold claims or protocols: those are in `spec.yaml`.

pub mod network;
pub mod recipe;

use crate::registry::PaperEntry;

/// The paper's line in the registry.
pub const PAPER: PaperEntry = PaperEntry {
    id: "faster-rcnn",
    spec: include_str!("spec.yaml"),
    folder: "replications/faster_rcnn",
    networks: &[
        "faster-rcnn-zf",
        "faster-rcnn-vgg16",
        "faster-rcnn-googlenet-trunk",
        "faster-rcnn-googlenet",
        "faster-rcnn-googlenet-100",
        "faster-rcnn-googlenet-search",
    ],
    build: network::build,
    own: recipe::OWN,
};
