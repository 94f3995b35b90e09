//! `replications/<paper>/spec.yaml`: everything a paper did and claimed, and what we can run of it.
//!
//! Must not know how anything is run.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::claim::{Claim, Mark, Source};
use crate::experiment::{Condition, Experiment, Made};
use crate::metric::written_form;
use crate::protocol::{Input, Protocol};

/// A paper's spec.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Paper {
    /// The folder's name: `vgg`.
    pub id: String,
    /// The paper's title.
    pub title: String,
    /// The authors, in the paper's order.
    pub authors: Vec<String>,
    /// The year of publication.
    pub year: u16,
    /// Where it appeared, with the edition that the claims are read from.
    pub venue: String,
    /// Where to read it.
    pub link: String,
    /// Two or three sentences for the page: what the paper did and what is replicated here.
    pub summary: String,
    /// The documents that claims cite, by key.
    pub sources: Vec<Document>,
    /// The networks that are built here.
    pub networks: Vec<Network>,
    /// How the paper trained, as printed.
    pub recipe: Vec<RecipeItem>,
    /// Test-time protocols that claims name.
    pub protocols: Vec<Protocol>,
    /// What trained networks are tested under, where it is no protocol on pictures: ids that claims name likewise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
    /// What is trained from nothing here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub experiments: Vec<Experiment>,
    /// Data made by rule.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub made: Vec<Made>,
    /// Data sets the replication can be run on: ids of `datasets.lock`, the wanted one first.
    pub data: Vec<String>,
    /// Weights the replication can be run with, the wanted one first for each network.
    pub weights: Vec<Weights>,
    /// The published numbers.
    pub claims: Vec<Claim>,
    /// What differs from the paper here, and what it costs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deviations: Vec<Deviation>,
}

/// A document that claims cite.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Short key: `VG`.
    pub key: String,
    /// What it is, with the exact edition or commit.
    pub title: String,
    /// Where to read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// A network that is built here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Network {
    /// Unique over all papers; what `replicate` takes: `vgg19`.
    pub id: String,
    /// As people write it: `VGG-19 (config E)`.
    pub title: String,
    /// One image's shape, `[C, H, W]`.
    pub input: [u32; 3],
    /// The number of classes; 0 for a network that does not classify.
    pub classes: u32,
    /// The protocol that accuracy is measured under when none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protocol: Option<String>,
    /// A network of the same size that lacks what this one adds. Where no claim is about the difference of the two, it is
    /// measured all the same, example by example.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub versus: Option<String>,
    /// The paper's table of output shapes, `[C, H, W]` or `[features]`, by layer name as in `network.rs`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shapes: Vec<LayerShape>,
}

/// One layer's output shape as the paper prints it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LayerShape {
    /// The layer's name in `network.rs`.
    pub layer: String,
    /// `[C, H, W]`, or `[features]`.
    pub output: Vec<u32>,
    /// Where it is printed.
    pub source: Source,
}

/// One line of the paper's training recipe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecipeItem {
    /// What: `batch`, `momentum`, `learning rate`.
    pub what: String,
    /// The value as printed.
    pub value: String,
    /// How far it was checked.
    pub mark: Mark,
}

/// Weights that a network can be run with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    /// Unique in the spec: `resnet50-keras`.
    pub id: String,
    /// The network they fit.
    pub network: String,
    /// The entry of `datasets.lock`.
    pub lock: String,
    /// The file format.
    pub format: WeightsFormat,
    /// The file to open, relative to the entry's folder in the store (`ResNet50/model.json`).
    pub file: String,
    /// The table of names, relative to the paper's folder (`names/keras.csv`).
    pub names: String,
    /// How pixels become numbers for these weights.
    pub input: Input,
    /// Who trained them, and how they came to be in this form.
    pub origin: String,
    /// Whether they are the paper's own trained weights, so that the paper's own claims are about them.
    #[serde(default)]
    pub paper: bool,
    /// Answers on the canary's pictures that an independent implementation gave with these weights.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub canary: Vec<CanaryAnswer>,
}

/// How a weight file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WeightsFormat {
    /// TensorFlow.js layers format: `model.json` and shards, kernels `[kh, kw, in, out]`.
    TfjsLayers,
    /// safetensors.
    Safetensors,
    /// A PyTorch state dict, `.pth`, in a zip file.
    PytorchZip,
}
written_form!(WeightsFormat);

/// A known answer on one canary picture. It is a check, never a claim.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CanaryAnswer {
    /// The picture: `chelsea`.
    pub picture: String,
    /// The best class, 0..999. None where the known answer gives only a score.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<u32>,
    /// Its softmax probability, 0 to 1.
    pub score: f64,
}

/// One difference from the paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Deviation {
    /// What differs.
    pub what: String,
    /// Why.
    pub why: String,
    /// What it costs or is thought to cost.
    pub effect: String,
}
