//! Intriguing properties of neural networks (Szegedy et al., 2013) and Explaining and Harnessing Adversarial Examples
//! (Goodfellow et al., ICLR 2015).
//!
//! Must not hold claims or protocols: those are in `spec.yaml`.

pub mod attack;
mod network;
pub mod recipe;

pub use network::build;

use crate::registry::PaperEntry;

/// The paper's line in the registry.
pub const PAPER: PaperEntry = PaperEntry {
    id: "adversarial",
    spec: include_str!("spec.yaml"),
    folder: "replications/adversarial",
    networks: &[
        "softmax",
        "logistic-3-7",
        "rbf",
        "maxout",
        "maxout-adversarial",
        "maxout-sign-noise",
        "maxout-uniform-noise",
        "maxout-1600",
        "maxout-1600-adversarial",
        "fc10-1e-4",
        "fc10-1e-2",
        "fc10-1",
        "fc100-100-10",
        "fc200-200-10",
        "ae400-10",
        "googlenet-bvlc-attacked",
    ],
    build,
    own: recipe::OWN,
};
