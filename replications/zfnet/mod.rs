//! Visualizing and Understanding Convolutional Networks (Zeiler and Fergus, ECCV 2014).
//!
//! Must not hold claims or protocols: those are in `spec.yaml`.

mod msra;
mod network;
pub mod recipe;

pub use network::build;

use crate::registry::PaperEntry;

/// The paper's line in the registry.
pub const PAPER: PaperEntry = PaperEntry {
    id: "zfnet",
    spec: include_str!("spec.yaml"),
    folder: "replications/zfnet",
    networks: &[
        "zfnet",
        "zfnet-512-1024-512",
        "zfnet-fc2048",
        "zfnet-fc8192",
        "zfnet-512-1024-512-fc8192",
        "zfnet-krizhevsky",
        "zfnet-krizhevsky-without-3-4",
        "zfnet-krizhevsky-without-7",
        "zfnet-krizhevsky-without-6-7",
        "zfnet-krizhevsky-without-3-4-6-7",
        "zfnet-krizhevsky-fc2048",
        "zfnet-krizhevsky-fc8192",
        "zf-msra",
        "googlenet-bvlc-pictured",
        "resnet50-keras-pictured",
    ],
    build,
    own: recipe::OWN,
};
