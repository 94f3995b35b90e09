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
        "fast-rcnn-googlenet-trunk",
        "fast-rcnn-s",
        "fast-rcnn-m",
        "fast-rcnn-l",
        "fast-rcnn-s-no-boxes",
        "fast-rcnn-s-classes",
        "fast-rcnn-s-stages",
        "fast-rcnn-s-svm",
        "fast-rcnn-s-compressed",
        "fast-rcnn-s-five-scales",
        "fast-rcnn-l-no-boxes",
        "fast-rcnn-l-classes",
        "fast-rcnn-l-stages",
        "fast-rcnn-l-svm",
        "fast-rcnn-l-compressed",
        "fast-rcnn-l-from-fc6",
        "fast-rcnn-l-from-conv2",
        "fast-rcnn-l-without-difficult",
        "fast-rcnn-l-07-12",
        "fast-rcnn-caffenet-trunk",
        "fast-rcnn-vgg16-trunk",
        "fast-rcnn-googlenet",
        "fast-rcnn-googlenet-no-boxes",
        "fast-rcnn-googlenet-classes",
        "fast-rcnn-googlenet-stages",
        "fast-rcnn-googlenet-svm",
    ],
    build: network::build,
    own: recipe::OWN,
};
