//! What is trained from nothing here: experiments, how long each tier trains, the conditions their networks are tested
//! under, and data made by rule.
//!
//! Must not know how anything is trained: the paper's `experiment.rs` does.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::metric::written_form;

/// Something that is trained and then tested, in one run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Experiment {
    /// What `replicate` takes; unique over all papers, networks included: `stn-rts`.
    pub id: String,
    /// As people write it.
    pub title: String,
    /// The networks that it trains or attacks, ids of `networks`. Claims about them are this experiment's.
    pub networks: Vec<String>,
    /// Entries of `datasets.lock` that it reads.
    pub data: Vec<String>,
    /// Weights that it starts from: ids of `weights`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weights: Vec<String>,
    /// Minutes on two CPU cores: shortened, but the whole protocol on real data. None: too long even so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub smoke: Option<Dose>,
    /// The paper's recipe.
    pub train: Dose,
}

/// How much of an experiment a tier does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dose {
    /// Training steps of each network; 0 for an experiment that trains nothing.
    pub steps: u64,
    /// Whether this is the paper's whole recipe, so that its own claims are about what comes out.
    #[serde(default)]
    pub complete: bool,
    /// In words, for the page: what is shortened, or whose recipe it is.
    pub what: String,
    /// Only these of the experiment's networks; empty: all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub networks: Vec<String>,
    /// Numbers that the recipe leaves to the tier (`batch`, `learning rate`), by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub settings: BTreeMap<String, f64>,
}

/// What a trained network is tested under; ids are shared with `protocols`, since claims name either.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// Unique among conditions and protocols: `fgsm-0.25`.
    pub id: String,
    /// One line for tables and pages.
    pub title: String,
    /// What is done to the inputs before the network sees them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attack: Option<Attack>,
    /// How samples are scored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parzen: Option<Parzen>,
    /// Where it is described.
    pub source: String,
    /// What the source leaves open, and how it was settled here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What is done to an image before the network sees it. Pixels are 0 to 1 unless the experiment says otherwise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Attack {
    /// Which.
    pub kind: AttackKind,
    /// The largest change of a pixel; for `rubbish` the standard deviation; for `lbfgs` unused (0).
    pub epsilon: f64,
    /// Whether pixels are kept within 0 to 1 afterwards. Papers seldom say.
    #[serde(default)]
    pub clip: bool,
    /// The network that the change was computed for; None: the tested one itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made_for: Option<String>,
}

/// Kinds of attack and of control.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AttackKind {
    /// ε times the sign of the gradient of the cost with respect to the image.
    Fgsm,
    /// ε or -ε at random in each pixel.
    SignNoise,
    /// Uniform noise within ε.
    UniformNoise,
    /// Gaussian noise of standard deviation ε.
    GaussianNoise,
    /// No image at all: Gaussian noise of standard deviation ε, where any confident answer is a mistake.
    Rubbish,
    /// The smallest change that box-constrained L-BFGS finds.
    Lbfgs,
}
written_form!(AttackKind);

/// A Parzen-window estimate of a density from samples.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Parzen {
    /// Samples from the model.
    pub samples: u32,
    /// Widths to choose from: so many from 10^from to 10^to, evenly in the exponent (NumPy's `logspace`).
    pub widths: u32,
    /// Exponent of the first width.
    pub from: f64,
    /// Exponent of the last width.
    pub to: f64,
    /// So many validation images choose the width.
    pub validation: u32,
}

/// A data set made by rule from another one and named random streams.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Made {
    /// What claims and outcomes call it: `mnist-rts-test`.
    pub id: String,
    /// The entry of `datasets.lock` that it is made from.
    pub from: String,
    /// The rule, in words.
    pub rule: String,
    /// Images.
    pub count: u64,
    /// SHA-256 of its pixels (u8, image by image) and then its labels (u8), as made with seed 0. None: a training
    /// set that is made anew in each epoch and has no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}
