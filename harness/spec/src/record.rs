//! A run's record: what is kept in its folder, from which every figure can be computed again.
//!
//! ```text
//! <run>/plan.json      Header, written before the run starts
//! <run>/events.jsonl   what the run said, appended and synced as it comes; a finished run's last line seals the record
//! <run>/…              outcomes, curves and pictures, named with their SHA-256 in events
//! ```
//! Readers pass over fields that they do not know. Must not hold a score: scores are computed from outcomes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::job::Settings;

/// The record format that this build writes. It reads this one and the one before.
pub const FORMAT: u32 = 2;

/// Everything known before a run starts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// [`FORMAT`].
    pub format: u32,
    /// The run's id: `20261123T211500Z-resnet50-3f2a`.
    pub run: String,
    /// When, RFC 3339, UTC.
    pub time: String,
    /// The paper's id.
    pub paper: String,
    /// The network's or experiment's id, if there is one.
    pub subject: Option<String>,
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
    /// How it was computed.
    pub settings: Settings,
    /// The id of the weights that were loaded; None without any.
    #[serde(default)]
    pub weights: Option<String>,
    /// The data that it read.
    #[serde(default)]
    pub data: Vec<DataIdentity>,
    /// What was to be trained, if anything was.
    #[serde(default)]
    pub training: Option<Training>,
    /// The run this one repeats with a smaller batch, after that one ran out of memory.
    #[serde(default)]
    pub retry_of: Option<String>,
    /// The job as given to the runner, in the runner's own words; null where no runner was needed.
    #[serde(default)]
    pub job: serde_json::Value,
}

/// What an experiment was to train and test.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Training {
    /// The experiment's id.
    pub experiment: String,
    /// The networks it trains or attacks.
    pub networks: Vec<String>,
    /// Training steps of each network.
    pub steps: u64,
    /// Training steps of the paper's own recipe.
    pub of_steps: u64,
    /// Whether this is the paper's whole recipe.
    pub complete: bool,
    /// In words: what is shortened, or whose recipe it is.
    pub what: String,
    /// Seconds for all training together, where there was a budget.
    #[serde(default)]
    pub budget: Option<f64>,
    /// SHA-256 of the recipe as it was given to the runner, so that trainings by two recipes are never taken for one.
    #[serde(default)]
    pub recipe_sha256: String,
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
    /// What lies beside the images and was passed over, counted by reason.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub passed_over: BTreeMap<String, u64>,
    /// What of it was not compared with `datasets.lock`, in words: files that somebody extracted from an archive of which the
    /// lock knows only its own hash. None where everything was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unverified: Option<String>,
}
