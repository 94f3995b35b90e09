//! Very Deep Convolutional Networks for Large-Scale Image Recognition (Simonyan and Zisserman, ICLR 2015).
//!
//! Must not hold claims or protocols: those are in `spec.yaml`.

mod localisation;
mod network;
pub mod recipe;

use crate::graph::Graph;
use crate::registry::PaperEntry;

/// The paper's line in the registry.
pub const PAPER: PaperEntry = PaperEntry {
    id: "vgg",
    spec: include_str!("spec.yaml"),
    folder: "replications/vgg",
    networks: &[
        "vgg11",
        "vgg11-lrn",
        "vgg13",
        "vgg16-c",
        "vgg16",
        "vgg19",
        "vgg11-bn",
        "vgg13-bn",
        "vgg16-bn",
        "vgg19-bn",
        "vgg16-scr",
        "vgg16-pcr",
        "googlenet-bvlc-trunk",
        "googlenet-voc-classes",
        "googlenet-voc-scr",
        "googlenet-voc-pcr",
        "vgg16-voc-classes",
        "vgg16-voc-scr",
        "vgg16-voc-pcr",
    ],
    build,
    own: recipe::OWN,
};

/// The network of that id, if it is one of this paper's.
#[must_use]
pub fn build(id: &str) -> Option<Graph> {
    network::build(id).or_else(|| localisation::build(id))
}
