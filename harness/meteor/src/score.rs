//! The score of statistics, with the English parameters.

use crate::statistics::{Side, Statistics};

/// Weights of the matchers exact, stem, synonym and paraphrase. These and the other parameters are those of METEOR 1.5
/// for English and the task `rank`, its default (Denkowski & Lavie 2014, section 2, has the formulas).
const WEIGHTS: [f64; 4] = [1.0, 0.6, 0.8, 0.6];
/// The share of recall in the mean of precision and recall.
const ALPHA: f64 = 0.85;
/// The exponent of the fragmentation.
const BETA: f64 = 0.2;
/// The largest penalty for fragmentation.
const GAMMA: f64 = 0.6;
/// The weight of a content word; a function word has the rest.
const DELTA: f64 = 0.75;

/// The METEOR score of statistics, from 0 to 1.
pub(crate) fn score(statistics: &Statistics) -> f64 {
    let precision = weighted_share(&statistics.hypothesis);
    let recall = weighted_share(&statistics.reference);
    let mean = 1.0 / ((1.0 - ALPHA) / precision + ALPHA / recall);

    let fragmentation = if statistics.is_whole() {
        0.0
    } else {
        let matches = float(statistics.hypothesis.matches()) + float(statistics.reference.matches());
        float(statistics.chunks) / (matches / 2.0)
    };
    let score = mean * (1.0 - GAMMA * fragmentation.powf(BETA));
    // Without words or without matches a quotient is not a number, and the score is 0.
    if score.is_nan() { 0.0 } else { score.max(0.0) }
}

/// The matched share of a side, weighted by matcher and kind of word.
fn weighted_share(side: &Side) -> f64 {
    let weighted = |matches: &[u64; 4], weight: f64, start: f64| {
        matches.iter().zip(WEIGHTS).fold(start, |sum, (count, matcher)| sum + float(*count) * matcher * weight)
    };
    let function_words = float(side.function_words);
    let length = DELTA * (float(side.length) - function_words) + (1.0 - DELTA) * function_words;
    // One sum after the other, in the order of the official program, for the same rounding.
    weighted(&side.function_matches, 1.0 - DELTA, weighted(&side.content_matches, DELTA, 0.0)) / length
}

/// A count of words as a float; exact, as no text has 2^53 words.
#[expect(clippy::cast_precision_loss, reason = "no text has 2^53 words")]
fn float(count: u64) -> f64 {
    count as f64
}
