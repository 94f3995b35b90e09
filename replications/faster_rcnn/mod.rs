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
        "faster-rcnn-googlenet-trunk",
        "faster-rcnn-zf",
        "faster-rcnn-vgg16",
        "faster-rcnn-vgg16-unshared",
        "faster-rcnn-vgg16-search",
        "faster-rcnn-vgg16-joint",
        "faster-rcnn-vgg16-trunk",
        "faster-rcnn-googlenet",
        "faster-rcnn-googlenet-search",
        "faster-rcnn-googlenet-100",
        "faster-rcnn-googlenet-300",
        "faster-rcnn-googlenet-1000",
        "faster-rcnn-googlenet-no-nms",
        "faster-rcnn-googlenet-no-cls-100",
        "faster-rcnn-googlenet-no-cls-300",
        "faster-rcnn-googlenet-no-cls-1000",
        "faster-rcnn-googlenet-no-reg-300",
        "faster-rcnn-googlenet-no-reg-1000",
        "faster-rcnn-googlenet-joint",
        "faster-rcnn-googlenet-anchors-128",
        "faster-rcnn-googlenet-anchors-256",
        "faster-rcnn-googlenet-anchors-128-ratios",
        "faster-rcnn-googlenet-anchors-256-ratios",
        "faster-rcnn-googlenet-anchors-scales",
        "faster-rcnn-googlenet-lambda-tenth",
        "faster-rcnn-googlenet-lambda-1",
        "faster-rcnn-googlenet-lambda-100",
    ],
    build: network::build,
    own: recipe::OWN,
};
