//! A run's record: what is kept in its folder, from which every figure can be computed again.
//!
//! ```text
//! <run>/plan.json          RunPlan, written before the runner starts
//! <run>/events.jsonl       the runner's events, appended and synced as they come
//! <run>/predictions.jsonl  Prediction a line
//! ```
//! Must not hold a score: scores are computed from predictions.

use serde::{Deserialize, Serialize};

use crate::job::Job;

/// Everything known before the runner starts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunPlan {
    /// The record format: 1.
    pub format: u32,
    /// The run's id: `20261123T211500Z-resnet50-3f2a`.
    pub run: String,
    /// When, RFC 3339, UTC.
    pub time: String,
    /// The paper's id.
    pub paper: String,
    /// The network's id, if there is one.
    pub network: Option<String>,
    /// The project's commit, with `+` when the tree is changed; `unknown` outside a checkout.
    pub commit: String,
    /// SHA-256 of the spec's text.
    pub spec_sha256: String,
    /// SHA-256 of the lock's text.
    pub lock_sha256: String,
    /// The command line as typed.
    pub command: Vec<String>,
    /// The hardware profile's id.
    pub profile: String,
    /// The data that predictions are made on, if any.
    pub data: Option<DataIdentity>,
    /// The run this one repeats with a smaller batch, after that one ran out of memory.
    pub retry_of: Option<String>,
    /// The job as given to the runner.
    pub job: Job,
}

/// Which bytes the predictions are about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataIdentity {
    /// An id of `datasets.lock`, or `images:<folder name>` for the user's own.
    pub id: String,
    /// The number of images.
    pub images: u64,
    /// The root hash over all its files (see [`crate::lock::Manifest`]).
    pub root: String,
    /// The whole set's id and size, when this is a part of it, and how it was chosen.
    pub part_of: Option<crate::lock::PartOf>,
    /// See [`crate::lock::LabelledImages::already_resized`].
    pub already_resized: Option<String>,
    /// Whether thumbnails may be published.
    pub redistributable: bool,
}

/// One image's prediction: a line of `predictions.jsonl`, in the order of the data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Prediction {
    /// The image's name in its data set.
    pub file: String,
    /// The true class, 0..999.
    pub class: u32,
    /// The five best classes, best first (ties: the smaller class first).
    pub top: Vec<u32>,
    /// Their softmax probabilities, 0 to 1.
    pub scores: Vec<f32>,
}
