//! Very Deep Convolutional Networks for Large-Scale Image Recognition (Simonyan and Zisserman, ICLR 2015).
//!
//! Must not hold claims or protocols: those are in `spec.yaml`.

mod network;

pub use network::build;

use crate::recipe::Own;
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
    ],
    build,
    own: Own::NONE,
};
