//! Deep Residual Learning for Image Recognition (He, Zhang, Ren, Sun, CVPR 2016).
//!
//! Must not hold claims or protocols: those are in `spec.yaml`.

mod block;
mod cifar;
mod detector;
mod network;
pub mod recipe;

use crate::graph::Graph;
use crate::registry::PaperEntry;

/// The paper's line in the registry.
pub const PAPER: PaperEntry = PaperEntry {
    id: "resnet",
    spec: include_str!("spec.yaml"),
    folder: "replications/resnet",
    networks: &[
        "resnet50",
        "resnet101",
        "resnet152",
        "resnet50-caffe",
        "resnet101-caffe",
        "resnet152-caffe",
        "resnet50-v1.5",
        "resnet101-v1.5",
        "resnet152-v1.5",
        "resnet18",
        "resnet18-a",
        "resnet34",
        "resnet34-a",
        "resnet34-c",
        "plain18",
        "plain34",
        "resnet20",
        "resnet32",
        "resnet44",
        "resnet56",
        "resnet110",
        "resnet1202",
        "plain20",
        "plain32",
        "plain44",
        "plain56",
        "plain110",
        "resnet101-faster-rcnn",
    ],
    build,
    own: recipe::OWN,
};

/// The network of that id, if it is one of this paper's.
#[must_use]
pub fn build(id: &str) -> Option<Graph> {
    network::build(id).or_else(|| cifar::build(id)).or_else(|| detector::build(id))
}
