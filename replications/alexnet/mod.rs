//! ImageNet Classification with Deep Convolutional Neural Networks (Krizhevsky, Sutskever and Hinton, NIPS 2012).
//!
//! Must not hold claims or protocols: those are in `spec.yaml`.

mod bvlc;
mod network;

pub use network::build;

use crate::recipe::Own;
use crate::registry::PaperEntry;

/// The paper's line in the registry.
pub const PAPER: PaperEntry = PaperEntry {
    id: "alexnet",
    spec: include_str!("spec.yaml"),
    folder: "replications/alexnet",
    networks: &["alexnet", "alexnet-one-tower", "bvlc-alexnet", "bvlc-caffenet"],
    build,
    own: Own::NONE,
};
