//! Verdicts: each measured value beside the claim it fits best, by the rule that what is compared asks for.
//!
//! | compared | rule |
//! |---|---|
//! | structure | equal at the printed digits |
//! | the same weights, data and protocol | within half a printed digit and the declared tolerance: no sampling error exists |
//! | the same recipe, trained here | the claim against where one more training would fall |
//! | times, rates, memory on the same machine | the claim against the interval over batches: decides nothing |
//! | anything else | a gap, with the interval as information |
//!
//! Must not be kinder than the evidence, and must not read files.

pub(crate) mod fixed;
pub(crate) mod gap;
mod rounding;
pub(crate) mod speed;
pub(crate) mod structure;
pub(crate) mod trained;

use spec::claim::Mark;

use crate::row::{Row, Verdict};
use crate::stats::{CONFIDENCE, holm};

pub(crate) use rounding::{half_digit, nearest, rounds_to};

/// How a claim came out.
#[derive(Debug, Clone)]
pub(crate) struct Judgement {
    pub(crate) verdict: Verdict,
    pub(crate) reason: String,
    /// For a decided row: the probability of a value as far from the claim, if the claim holds.
    pub(crate) p: Option<f64>,
}

impl Judgement {
    /// A verdict that decides: yes or no, without chance.
    pub(crate) fn sure(verdict: Verdict, reason: String) -> Judgement {
        let p = if verdict.disagrees() { 0.0 } else { 1.0 };
        Judgement { verdict, reason, p: Some(p) }
    }

    /// A verdict that decides nothing.
    pub(crate) fn open(verdict: Verdict, reason: String) -> Judgement {
        Judgement { verdict, reason, p: None }
    }
}

/// Corrects the p-values of one paper's decided rows for their number (Holm). Claims from memory decide nothing. Structure
/// is no result and holds without chance: it is not counted, and stands by itself. A speed has no p at all.
pub fn correct(rows: &mut [Row]) {
    let decides = |row: &Row| matches!(row.mark, Some(Mark::Checked | Mark::Computed)) && row.p.is_some();
    for row in rows.iter_mut().filter(|row| decides(row) && row.is_structure()) {
        row.p_holm = row.p;
    }
    let places: Vec<usize> = (0..rows.len()).filter(|i| decides(&rows[*i]) && !rows[*i].is_structure()).collect();
    let p: Vec<f64> = places.iter().filter_map(|place| rows[*place].p).collect();
    let decided = places.len();
    for (place, adjusted) in places.into_iter().zip(holm(&p)) {
        let row = &mut rows[place];
        row.p_holm = Some(adjusted);
        let saved = row.verdict == Some(Verdict::NotReplicated) && adjusted >= 1.0 - CONFIDENCE;
        if let Some(reason) = row.reason.as_mut().filter(|_| saved) {
            reason.push_str(&format!(
                "; by itself: p = {adjusted:.2} after Holm's correction for {decided} decided rows, so it decides no exit code"
            ));
        }
    }
}

/// 1 when a claim that was checked or computed is not replicated, or contradicts the network's structure, even after
/// Holm's correction over the decided rows; else 0.
#[must_use]
pub fn exit_code(rows: &[Row]) -> u8 {
    let fails =
        |row: &Row| row.verdict.is_some_and(Verdict::disagrees) && row.p_holm.is_some_and(|p| p < 1.0 - CONFIDENCE);
    u8::from(rows.iter().any(fails))
}
