//! A made-up paper about counting, with all that a paper's folder has.
//!
//! Must not hold claims or the recipe's numbers: those are in `spec.yaml`.

mod network;
pub mod recipe;

pub use network::build;

use crate::registry::PaperEntry;

/// The paper's line in the registry.
pub const PAPER: PaperEntry = PaperEntry {
    id: "toy",
    spec: include_str!("spec.yaml"),
    folder: "replications/toy",
    networks: &["toy-counter", "toy-half"],
    build,
    own: recipe::OWN,
};
