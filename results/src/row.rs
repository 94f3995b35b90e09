//! One line of the comparison table: a measured value, the claim beside it, and the verdict.
//!
//! Must not compute anything: [`crate`]'s other modules fill it in.

use serde::{Deserialize, Serialize};
use spec::claim::Mark;
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
    /// How many of them were right (for agreement: the same; for rubbish: without an answer), where that is counted.
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
    /// The arithmetic of that run.
    pub precision: Option<String>,
}

/// How a measured value compares with a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Verdict {
    /// Same data and protocol, and the measured value agrees to the printed digits.
    #[serde(rename = "replicated")]
    Replicated,
    /// Same data and protocol; the claim lies in the measured value's interval.
    #[serde(rename = "within noise")]
    WithinNoise,
    /// Data, protocol, weights or hardware differ, so that the two cannot be compared as they are.
    #[serde(rename = "protocol gap")]
    ProtocolGap,
    /// Same data and protocol, and the claim lies outside the interval.
    #[serde(rename = "not replicated")]
    NotReplicated,
    /// Nothing was measured; the reason says why.
    #[serde(rename = "not run")]
    NotRun,
}

impl Verdict {
    /// The verdict as it is written everywhere: `not replicated`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Replicated => "replicated",
            Verdict::WithinNoise => "within noise",
            Verdict::ProtocolGap => "protocol gap",
            Verdict::NotReplicated => "not replicated",
            Verdict::NotRun => "not run",
        }
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}
