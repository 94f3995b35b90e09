//! Spatial Transformer Networks (Jaderberg et al., NIPS 2015).
//!
//! Must not hold claims or protocols: those are in `spec.yaml`.

mod network;
pub mod recipe;

pub use network::{NETWORKS, build};

use crate::registry::PaperEntry;

/// The paper's line in the registry.
pub const PAPER: PaperEntry = PaperEntry {
    id: "stn",
    spec: include_str!("spec.yaml"),
    folder: "replications/stn",
    networks: NETWORKS,
    build,
    own: recipe::OWN,
};
