//! One line of the comparison table: a measured value, the claim beside it, and the verdict.
//!
//! Must not compute anything: [`crate`]'s other modules fill it in.

use serde::{Deserialize, Serialize};
use spec::claim::{Claim, Mark};
use spec::metric::{Metric, Unit};

/// One line of the table, as `--json` prints it. Absent values are null there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The claim's id, or `measured/<network>/<metric>/<data>/<protocol>` for a value without a claim, with what tells
    /// two of them apart behind it (`…/12000-steps`).
    pub id: String,
    /// The network's id, or the claim's name for an ensemble.
    pub network: String,
    /// What.
    pub metric: Metric,
    /// The measured value, in `unit`.
    pub value: Option<f64>,
    /// The unit of `value`, `low`, `high` and `published`.
    pub unit: Unit,
    /// The number of examples that the value is over, for a score.
    pub n: Option<u64>,
    /// How many of them were right (for agreement: the same; for inputs that belong to no class: without an answer), where that is counted.
    pub correct: Option<u64>,
    /// The lower end of the 95 % interval.
    pub low: Option<f64>,
    /// The upper end of the 95 % interval.
    pub high: Option<f64>,
    /// The data of the measured value; of the claim where nothing was measured.
    pub data: Option<String>,
    /// The protocol of the measured value; of the claim where nothing was measured.
    pub protocol: Option<String>,
    /// The claim's id.
    pub claim: Option<String>,
    /// The published number.
    pub published: Option<f64>,
    /// Where it is printed, in short (`VG T3`).
    pub source: Option<String>,
    /// How the two compare; None only where there is no claim.
    pub verdict: Option<Verdict>,
    /// Why that verdict, in a sentence.
    pub reason: Option<String>,
    /// How far the claim was checked.
    pub mark: Option<Mark>,
    /// The data the claim is about.
    pub claim_data: Option<String>,
    /// The protocol the claim is about.
    pub claim_protocol: Option<String>,
    /// The paper's words for the variant, if any; else how far a network was trained here (`12,000 of 125,000 steps`).
    pub variant: Option<String>,
    /// The run that the measured value comes from.
    pub run: Option<String>,
    /// The arithmetic of that run; absent for imported predictions, of which nobody here knows.
    pub precision: Option<String>,
    /// The task that the value is of, for a score.
    #[serde(default)]
    pub task: Option<String>,
    /// How the model came to be: released weights, trained here, imported predictions, in a few words.
    #[serde(default)]
    pub model: Option<String>,
    /// How many trainings the value is over, for what was trained here; `value` is then their mean, and from three on
    /// `low` and `high` are where one more would fall.
    #[serde(default)]
    pub trainings: Option<u64>,
    /// For a decided row: the probability of a value as far from the claim, if the claim holds.
    #[serde(default)]
    pub p: Option<f64>,
    /// The same after Holm's correction over the paper's decided rows.
    #[serde(default)]
    pub p_holm: Option<f64>,
}

/// How a measured value compares with a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Verdict {
    /// The same weights within half a printed digit and the declared tolerance; or three trainings or more by the same
    /// recipe, among which the claim would be no stranger.
    #[serde(rename = "replicated", alias = "within noise")]
    Replicated,
    /// One or two trainings by the same recipe that do not contradict the claim. Decides nothing.
    #[serde(rename = "consistent")]
    Consistent,
    /// One or two trainings by the same recipe that lie elsewhere. Decides nothing.
    #[serde(rename = "inconsistent so far")]
    InconsistentSoFar,
    /// Data, protocol, model, arithmetic or hardware differ, so that the two cannot be compared as they are.
    #[serde(rename = "protocol gap")]
    ProtocolGap,
    /// The same as for a replication, and the value is another one.
    #[serde(rename = "not replicated")]
    NotReplicated,
    /// Nothing was measured; the reason says why.
    #[serde(rename = "not run")]
    NotRun,
    /// Structure that is as the paper says.
    #[serde(rename = "agrees")]
    Agrees,
    /// Structure that is not.
    #[serde(rename = "differs")]
    Differs,
}

impl Row {
    /// Whether it is about structure, which has a list and a count of its own: by what is counted, whatever came of it.
    #[must_use]
    pub fn is_structure(&self) -> bool {
        self.verdict.is_some() && self.metric.is_static()
    }
}

impl Verdict {
    /// Every verdict, in the order in which they are counted.
    pub const ALL: [Verdict; 8] = [
        Verdict::Replicated,
        Verdict::Consistent,
        Verdict::InconsistentSoFar,
        Verdict::ProtocolGap,
        Verdict::NotReplicated,
        Verdict::NotRun,
        Verdict::Agrees,
        Verdict::Differs,
    ];

    /// The verdict as it is written everywhere: `not replicated`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Replicated => "replicated",
            Verdict::Consistent => "consistent",
            Verdict::InconsistentSoFar => "inconsistent so far",
            Verdict::ProtocolGap => "protocol gap",
            Verdict::NotReplicated => "not replicated",
            Verdict::NotRun => "not run",
            Verdict::Agrees => "agrees",
            Verdict::Differs => "differs",
        }
    }

    /// Whether only structure can come out so. Structure can be a gap too: see [`Row::is_structure`].
    #[must_use]
    pub fn is_structure(self) -> bool {
        matches!(self, Verdict::Agrees | Verdict::Differs)
    }

    /// Whether it says, for sure or beyond chance, that the claim does not hold here.
    #[must_use]
    pub fn disagrees(self) -> bool {
        matches!(self, Verdict::NotReplicated | Verdict::Differs)
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// The claim's side of a row, with nothing measured.
pub(crate) fn claim_row(claim: &Claim) -> Row {
    Row {
        id: claim.id.clone(),
        network: claim.network.clone(),
        data: claim.data.clone(),
        protocol: claim.protocol.clone(),
        claim: Some(claim.id.clone()),
        published: Some(claim.value),
        source: Some(claim.source.short()),
        mark: Some(claim.mark),
        claim_data: claim.data.clone(),
        claim_protocol: claim.protocol.clone(),
        variant: claim.variant.clone(),
        ..empty_row(claim.metric, claim.unit)
    }
}

/// A row that says nothing.
pub(crate) fn empty_row(metric: Metric, unit: Unit) -> Row {
    Row {
        id: String::new(),
        network: String::new(),
        metric,
        value: None,
        unit,
        n: None,
        correct: None,
        low: None,
        high: None,
        data: None,
        protocol: None,
        claim: None,
        published: None,
        source: None,
        verdict: None,
        reason: None,
        mark: None,
        claim_data: None,
        claim_protocol: None,
        variant: None,
        run: None,
        precision: None,
        task: None,
        model: None,
        trainings: None,
        p: None,
        p_holm: None,
    }
}
