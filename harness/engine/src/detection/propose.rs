//! Anchors become proposals (Ren et al. 2015, section 3.3): moved as the network says, cut at the picture's border, suppressed.
//!
//! Must not know networks.

use base::boxes::Bounds;

use super::suppress;

/// Which proposals stay.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Choice {
    /// Proposals with a shorter side are dropped, in pixels.
    pub least_side: f64,
    /// So many of the surest are suppressed.
    pub before: usize,
    /// Proposals that share more than this with a surer one go.
    pub overlap: f64,
    /// So many of the surest of the rest stay.
    pub after: usize,
}

/// A proposal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Proposal {
    /// Which anchor it was.
    pub anchor: usize,
    /// How surely there is an object.
    pub score: f32,
    /// Where.
    pub bounds: Bounds,
}

/// The proposals on a picture of that width and height, the surest first; of equally sure ones the earlier anchor's. What an anchor
/// that is moved beyond all numbers would be is dropped.
#[must_use]
pub fn propose(
    anchors: &[Bounds],
    scores: &[f32],
    moves: &[[f32; 4]],
    size: [f64; 2],
    choice: &Choice,
) -> Vec<Proposal> {
    let whole = Bounds::new([0.0, 0.0, size[0], size[1]]);
    let all = anchors.iter().zip(scores).zip(moves).enumerate();
    let mut large: Vec<Proposal> = all
        .filter_map(|(anchor, ((own, score), moved))| {
            let moved = own.decode(moved.map(f64::from));
            if moved.edges().iter().any(|edge| edge.is_nan()) || score.is_nan() {
                return None;
            }
            let bounds = moved.within(&whole);
            let is_large = bounds.size().iter().all(|side| *side >= choice.least_side);
            is_large.then_some(Proposal { anchor, score: *score, bounds })
        })
        .collect();
    large.sort_by(|one, other| other.score.total_cmp(&one.score));
    large.truncate(choice.before);
    let boxes: Vec<Bounds> = large.iter().map(|one| one.bounds).collect();
    let scores: Vec<f32> = large.iter().map(|one| one.score).collect();
    suppress(&boxes, &scores, choice.overlap, choice.after).into_iter().map(|place| large[place]).collect()
}
