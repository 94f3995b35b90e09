//! Going Deeper with Convolutions (Szegedy et al., CVPR 2015).
//!
//! Must not hold claims or protocols: those are in `spec.yaml`.

mod network;
mod torchvision;

pub use network::{build, last_modules};

use crate::recipe::Own;
use crate::registry::PaperEntry;

/// The paper's line in the registry.
pub const PAPER: PaperEntry = PaperEntry {
    id: "googlenet",
    spec: include_str!("spec.yaml"),
    folder: "replications/googlenet",
    networks: &["googlenet", "googlenet-with-heads", "googlenet-torchvision"],
    build,
    own: Own::NONE,
};
