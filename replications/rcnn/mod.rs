//! Rich feature hierarchies for accurate object detection and semantic segmentation (Girshick et al., CVPR 2014).
//!
//! Must not hold claims or protocols: those are in `spec.yaml`.

mod network;

pub use network::build;

use crate::recipe::Own;
use crate::registry::PaperEntry;

/// The paper's line in the registry.
pub const PAPER: PaperEntry = PaperEntry {
    id: "rcnn",
    spec: include_str!("spec.yaml"),
    folder: "replications/rcnn",
    networks: &["rcnn-t-net", "rcnn-o-net"],
    build,
    own: Own::NONE,
};
