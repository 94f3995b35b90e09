//! Boxes corrected by ridge regression from features: R-CNN (arXiv:1311.2524v5), appendix C.
//!
//! A proposal P and the box G that it should be, by centre, width and height, give four targets:
//!
//! t = ((Gx − Px)/Pw, (Gy − Py)/Ph, ln(Gw/Pw), ln(Gh/Ph)).
//!
//! Targets are centred and decorrelated before they are fitted (`rcnn_train_bbox_regressor.m`, rbgirshick/rcnn, read at
//! 0743a72), and predictions brought back. Ridge regression is linear in its targets and has one λ for all four, so that the
//! decorrelation cancels: predictions are those of targets that were only centred.
//!
//! That code takes as a box's width the distance of its first and last pixels; here a box reaches to its last pixel's far
//! edge, which is one pixel more. For the code's own numbers make boxes of its coordinates by `Bounds::new`.
//!
//! Must not choose which proposals are near enough to learn from.

use base::boxes::Bounds;

use crate::ridge::Ridge;
use crate::whitening::Whitening;
use crate::{Error, Rows};

/// How the correction is learnt.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// λ of the ridge regression; above 0.
    pub lambda: f64,
    /// What is added to the targets' variances before they are made 1; above 0.
    pub floor: f64,
}

/// What corrects boxes of one class.
#[derive(Debug, Clone, PartialEq)]
pub struct Correction {
    ridge: Ridge,
    whitening: Whitening<4>,
}

impl Correction {
    /// Learns from proposals, their features `[N, D]`, and the boxes that they should have been.
    ///
    /// # Errors
    ///
    /// No examples, not as many boxes as rows, boxes without an area, settings that make no sense.
    pub fn fit(
        features: Rows<'_>,
        proposals: &[Bounds],
        truths: &[Bounds],
        settings: &Settings,
    ) -> Result<Correction, Error> {
        Error::above_zero("floor", settings.floor)?;
        as_many("proposals", features, proposals)?;
        as_many("true boxes", features, truths)?;
        let targets = proposals.iter().zip(truths).map(|(proposal, truth)| encode(proposal, truth));
        let targets = targets.collect::<Result<Vec<[f64; 4]>, Error>>()?;
        let whitening = Whitening::of(&targets, settings.floor);
        let white: Vec<f64> = targets.into_iter().flat_map(|target| whitening.forth(target)).collect();
        Ok(Correction { ridge: Ridge::fit(features, &white, 4, settings.lambda)?, whitening })
    }

    /// Corrects proposals by their features `[N, D]`.
    ///
    /// # Errors
    ///
    /// Not as many boxes as rows, features of another length, boxes without an area or corrected beyond all numbers.
    pub fn apply(&self, features: Rows<'_>, proposals: &[Bounds]) -> Result<Vec<Bounds>, Error> {
        as_many("proposals", features, proposals)?;
        let white = self.ridge.predict(features)?;
        let (white, _) = white.as_chunks::<4>();
        proposals.iter().zip(white).map(|(proposal, white)| decode(proposal, self.whitening.back(*white))).collect()
    }
}

fn as_many(what: &str, features: Rows<'_>, boxes: &[Bounds]) -> Result<(), Error> {
    let (expected, found) = (features.len(), boxes.len());
    if expected == found {
        return Ok(());
    }
    Err(Error::Count { what: what.to_owned(), expected, found, per: "row of features" })
}

/// The four targets that make the proposal the true box.
///
/// # Errors
///
/// A box without an area, or not finite.
pub fn encode(proposal: &Bounds, truth: &Bounds) -> Result<[f64; 4], Error> {
    has_area(proposal)?;
    has_area(truth)?;
    Ok(proposal.encode(truth))
}

/// The box that the targets make of the proposal.
///
/// # Errors
///
/// A proposal without an area, or targets that lead beyond all numbers.
pub fn decode(proposal: &Bounds, targets: [f64; 4]) -> Result<Bounds, Error> {
    has_area(proposal)?;
    let corrected = proposal.decode(targets);
    if corrected.edges().iter().all(|edge| edge.is_finite()) {
        Ok(corrected)
    } else {
        Err(Error::Bounds { edges: proposal.edges(), problem: "its correction leads beyond all numbers" })
    }
}

/// Refuses a box without an area, or not finite.
fn has_area(bounds: &Bounds) -> Result<(), Error> {
    let edges = bounds.edges();
    if edges.iter().any(|edge| !edge.is_finite()) {
        return Err(Error::Bounds { edges, problem: "its edges are not finite" });
    }
    if bounds.size().iter().any(|side| *side <= 0.0) {
        return Err(Error::Bounds { edges, problem: "it has no area" });
    }
    Ok(())
}
