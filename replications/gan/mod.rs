//! Generative Adversarial Nets (Goodfellow et al., NIPS 2014).
//!
//! Must not hold claims or protocols: those are in `spec.yaml`.

mod network;
pub mod recipe;

pub use network::build;

use crate::registry::PaperEntry;

/// The paper's line in the registry.
pub const PAPER: PaperEntry = PaperEntry {
    id: "gan",
    spec: include_str!("spec.yaml"),
    folder: "replications/gan",
    networks: &["gan-generator", "gan-discriminator"],
    build,
    own: recipe::OWN,
};
