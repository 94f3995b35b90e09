//! Fast R-CNN (Girshick, ICCV 2015).
//!
//! Must not hold claims or protocols: those are in `spec.yaml`.

pub mod network;
pub mod recipe;

use crate::registry::PaperEntry;

/// The paper's line in the registry.
pub const PAPER: PaperEntry = PaperEntry {
    id: "fast-rcnn",
    spec: include_str!("spec.yaml"),
    folder: "replications/fast_rcnn",
    networks: &[
        "fast-rcnn-s",
        "fast-rcnn-m",
        "fast-rcnn-l",
        "fast-rcnn-googlenet-trunk",
        "fast-rcnn-googlenet",
        "fast-rcnn-googlenet-no-boxes",
        "fast-rcnn-googlenet-classes",
        "fast-rcnn-googlenet-stages",
        "fast-rcnn-googlenet-svm",
    ],
    build: network::build,
    own: recipe::OWN,
};
