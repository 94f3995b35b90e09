//! Somebody else's stored predictions: what a released network answered to every example of a set, without running it.
//!
//! Must not hold the predictions: a file of the lock does.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One file of stored predictions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Imported {
    /// Unique in the spec, among weights too: `vgg16-torchvision-imagenetv2`.
    pub id: String,
    /// The network that predicted.
    pub network: String,
    /// The data set, by its id in the lock.
    pub data: String,
    /// The protocol by which it was predicted.
    pub protocol: String,
    /// The entry of `datasets.lock`.
    pub lock: String,
    /// The file of predictions, relative to the entry's folder: `vgg16.npy`.
    pub file: String,
    /// Who predicted, with which program.
    pub by: String,
    /// Whose weights they were, and how they came to be in that form.
    pub origin: String,
    /// The same weights in `weights`, where they are listed there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weights: Option<String>,
    /// Whether they are the paper's own trained weights, so that the paper's own claims are about them.
    #[serde(default)]
    pub paper: bool,
    /// How far a score may be from a claim about the same weights; None: as the paper's `tolerance` says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tolerance: Option<Tolerance>,
    /// Anything a reader must know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// How far two scores of the same weights on the same data by the same protocol may be apart, since decoders, resamplers
/// and arithmetic differ: there is no other error between them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tolerance {
    /// In the unit of the scores: percentage points.
    pub points: f64,
    /// Where that is known from.
    pub source: String,
}
