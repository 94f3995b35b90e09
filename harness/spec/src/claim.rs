//! A published number as data: what was claimed, where it stands, under which protocol, and how sure we are of it.
//!
//! Must not hold a measured value: those are in a run's record.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::metric::{Metric, Unit, written_form};

/// One published number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// Unique in the spec, such as `t3-e-jitter-top5-val`.
    pub id: String,
    /// The network it is about: an id of `networks` (`vgg19`), or a name of its own for ensembles (`ensemble-of-7`).
    pub network: String,
    /// What is claimed.
    pub metric: Metric,
    /// The number as printed, in `unit`.
    pub value: f64,
    /// The unit; must be one of the metric's own.
    pub unit: Unit,
    /// The step of the last printed digit, in `unit` (7.3 percent: 0.1; 144 M parameters: 1e6). A measured value
    /// agrees to the printed digits when it rounds to `value` at this step.
    pub step: f64,
    /// The paper's own ± (same unit), if it prints one. With `trainings`: their standard deviation. Without: a standard error
    /// of the number (over test examples, folds), or half of a printed range.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plus_minus: Option<f64>,
    /// How many trainings the number is a mean of, with `plus_minus` their standard deviation: two or more. None: one
    /// training, or nobody says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trainings: Option<u32>,
    /// The data it was measured on: a name shared with `datasets.lock` where there is one (`imagenet-val`,
    /// `imagenet-test`, `cifar10-test`). None for size claims.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
    /// The protocol id in `protocols`, if the number depends on one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protocol: Option<String>,
    /// How many networks were averaged.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub models: u32,
    /// The ids in `weights` or `imported` whose numbers this is about (a re-trained or released model's own row). Empty: the
    /// paper's own training, which `weights` entries reach only where they say `paper: true`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weights: Vec<String>,
    /// For a ratio: the network that this one is compared with. A parameter ratio is its parameters over this
    /// network's (`12x fewer than AlexNet`: versus `alexnet`, value 12).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub versus: Option<String>,
    /// A hardware profile's id (`k40`, `titan-black-x4`), for claims about time and memory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hardware: Option<String>,
    /// The batch size, for claims about time and memory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<u32>,
    /// How many regions of an image a detector looked into, for claims about its time: its layers behind pooling work for each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regions: Option<u32>,
    /// Training or architecture variant, in the paper's words (`train S in [256;512], test Q = 384`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// Where it is printed.
    pub source: Source,
    /// How far it was checked.
    pub mark: Mark,
    /// Anything a reader must know (a misprint, another edition's number).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Why this row cannot be run here, when that is known beforehand (`needs training from scratch`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_run: Option<String>,
    /// The network whose scores under the same protocol are shown beside this number, where the claim's own network or data
    /// cannot be had: an id of `networks`. Such a row is a protocol gap that says what differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stand_in: Option<String>,
    /// Why the printed number cannot agree with a measured one as they stand, when that is known beforehand (it was
    /// counted in another way, or contradicts the paper's own table): both are shown, as a protocol gap for this reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gap: Option<String>,
}

/// Where a number is printed. At least one of `table`, `section`, `figure`, `page` or `file` is needed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The document: a key of the spec's `sources`.
    pub key: String,
    /// Table, as printed: `T3`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// Section, as printed: `4.1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    /// Figure, as printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub figure: Option<String>,
    /// Page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
    /// A file and, where known, its lines, for a source that is code or a README.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
}

impl Source {
    /// `VG T3`, `KH README.md`: the short form of the tables.
    #[must_use]
    pub fn short(&self) -> String {
        let mut text = self.key.clone();
        let places =
            [("", &self.table), ("§", &self.section), ("Fig. ", &self.figure), ("p. ", &self.page), ("", &self.file)];
        for (before, place) in places {
            if let Some(place) = place {
                text.push(' ');
                text.push_str(before);
                text.push_str(place);
            }
        }
        text
    }
}

/// How far a published number was checked against its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    /// Read in the source named.
    Checked,
    /// Computed from other numbers or from a reference implementation.
    Computed,
    /// From memory only: shown as unverified, never decides an exit code.
    Memory,
}
written_form!(Mark);

fn one() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
fn is_one(n: &u32) -> bool {
    *n == 1
}
