//! Deep Visual-Semantic Alignments for Generating Image Descriptions (Karpathy and Fei-Fei, CVPR 2015).
//!
//! Must not hold claims or protocols: those are in `spec.yaml`.

pub mod network;
pub mod recipe;
pub mod vocabulary;

use crate::graph::Graph;
use crate::registry::PaperEntry;

/// The paper's line in the registry.
pub const PAPER: PaperEntry = PaperEntry {
    id: "image-descriptions",
    spec: include_str!("spec.yaml"),
    folder: "replications/image_descriptions",
    networks: &[
        "alignment-rcnn",
        "generation-vgg16",
        "generation-vgg16-lstm",
        "generation-rcnn-regions",
        "descriptions-rcnn-trunk",
        "descriptions-vgg16-trunk",
        "descriptions-googlenet-trunk",
        "alignment-googlenet",
        "alignment-googlenet-whole",
        "generation-googlenet",
        "generation-googlenet-lstm",
        "generation-googlenet-regions",
    ],
    build,
    own: recipe::OWN,
};

/// The network of that id, if it is one of this paper's.
#[must_use]
pub fn build(id: &str) -> Option<Graph> {
    network::trunk(id).or_else(|| network::build(id))
}
