//! Counts from predictions: how many were right, at which rank, and which were most wrong.
//!
//! Must not know intervals or claims.

use serde::{Deserialize, Serialize};
use spec::record::Prediction;

/// How many of `n` images were right.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Score {
    /// Images.
    pub n: u64,
    /// Images whose true class came first.
    pub top1: u64,
    /// Images whose true class was among the five best.
    pub top5: u64,
}

/// Counts right answers.
#[must_use]
pub fn score(predictions: &[Prediction]) -> Score {
    let mut score = Score { n: predictions.len() as u64, ..Score::default() };
    for rank in predictions.iter().filter_map(rank) {
        score.top1 += u64::from(rank == 1);
        score.top5 += 1;
    }
    score
}

/// The place of the true class among the best five, from 1; None when it is not among them.
#[must_use]
pub fn rank(prediction: &Prediction) -> Option<usize> {
    prediction.top.iter().take(5).position(|class| *class == prediction.class).map(|place| place + 1)
}

/// [`rank`] of every image, in the order of the data.
#[must_use]
pub fn ranks(predictions: &[Prediction]) -> Vec<Option<usize>> {
    predictions.iter().map(rank).collect()
}

/// One image that the network got wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct Wrong {
    /// The image's name in its data set.
    pub file: String,
    /// The true class, 0..999.
    pub class: u32,
    /// The wrong class that came first.
    pub predicted: u32,
    /// The softmax probability of that wrong class, 0 to 1.
    pub score: f32,
    /// The place of the true class among the best five, if it is there.
    pub rank: Option<usize>,
    /// The softmax probability of the true class, if it is among the best five.
    pub class_score: Option<f32>,
}

/// The images with the largest score given to a wrong class, the worst first (ties: by name), at most `limit`.
#[must_use]
pub fn worst(predictions: &[Prediction], limit: usize) -> Vec<Wrong> {
    let mut wrong: Vec<&Prediction> =
        predictions.iter().filter(|p| p.top.first().is_some_and(|class| *class != p.class)).collect();
    let first = |p: &Prediction| p.scores.first().copied().unwrap_or(0.0);
    wrong.sort_by(|a, b| first(b).total_cmp(&first(a)).then_with(|| a.file.cmp(&b.file)));
    wrong.truncate(limit);
    wrong
        .into_iter()
        .map(|p| Wrong {
            file: p.file.clone(),
            class: p.class,
            predicted: p.top.first().copied().unwrap_or(p.class),
            score: first(p),
            rank: rank(p),
            class_score: rank(p).and_then(|rank| p.scores.get(rank - 1).copied()),
        })
        .collect()
}
