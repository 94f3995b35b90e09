//! Parts of recipes that several detectors have: which regions are learned from, linear SVMs with mined negatives, and which
//! detections stay.
//!
//! Must not hold any paper's number.

use serde::{Deserialize, Serialize};
use spec::load::{Findings, Step};

use crate::graph::Graph;

/// Regions of a picture in a step (Girshick 2015, section 2.3).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sampling {
    /// How many.
    pub regions: usize,
    /// The share of them that are on objects, at most.
    pub foreground: f64,
    /// A region is on an object that it shares this or more with.
    pub foreground_from: f64,
    /// Another is learned from as background where it shares this or more with one.
    pub background_from: f64,
}

/// Linear SVMs with mined negatives (Girshick et al. 2014; `rcnn_train.m` of their code).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Machines {
    /// How much a loss weighs against the regularisation.
    pub c: f64,
    /// The value of the feature whose weight makes the bias.
    pub bias: f64,
    /// How many times more the loss of a positive weighs.
    pub positive_weight: f64,
    /// Regions are negatives of a class whose intersection over union with each of its objects is below this.
    pub negatives_below: f64,
    /// A negative that scores more than this is hard.
    pub hard: f64,
    /// A machine is trained again after so many new negatives.
    pub retrain: usize,
    /// Negatives that score less than this are dropped.
    pub evict: f64,
    /// How often all pictures are gone through.
    pub epochs: usize,
    /// Training ends when the projected gradients lie within an interval this wide.
    pub tolerance: f64,
}

/// Which detections stay.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// Those that are surer than this.
    pub above: f64,
    /// Those of a class that share more than this with a surer one go.
    pub overlap: f64,
    /// So many of a picture stay, the surest, over all classes.
    pub most: usize,
}

impl Sampling {
    /// Reports what nothing could be drawn by.
    pub fn check(&self, place: &[Step<'_>], findings: &mut Findings<'_, '_>) {
        shares(
            place,
            &[
                ("foreground", self.foreground),
                ("foreground_from", self.foreground_from),
                ("background_from", self.background_from),
            ],
            findings,
        );
        positive(place, &[("regions", self.regions as f64)], findings);
    }
}

impl Machines {
    /// Reports what no machine could be trained by.
    pub fn check(&self, place: &[Step<'_>], findings: &mut Findings<'_, '_>) {
        shares(place, &[("negatives_below", self.negatives_below)], findings);
        let numbers = [
            ("c", self.c),
            ("positive_weight", self.positive_weight),
            ("tolerance", self.tolerance),
            ("epochs", self.epochs as f64),
        ];
        positive(place, &numbers, findings);
    }

    /// `C 0.001, bias feature 10, …`.
    #[must_use]
    pub fn words(&self) -> String {
        let Machines { c, bias, positive_weight, negatives_below, .. } = self;
        format!(
            "C {c}, bias feature {bias}, positives weighed {positive_weight} times; positives the true boxes, negatives below an overlap of {negatives_below}, hard ones mined"
        )
    }
}

impl Kept {
    /// Reports what nothing could stay by.
    pub fn check(&self, place: &[Step<'_>], findings: &mut Findings<'_, '_>) {
        shares(place, &[("above", self.above), ("overlap", self.overlap)], findings);
        positive(place, &[("most", self.most as f64)], findings);
    }
}

/// Reports a trunk or a detector on it that is no network of the paper, or has no layer that regions could be pooled from.
pub fn check_subject<'a>(
    (trunk, layer): (&'a str, &str),
    detectors: impl Iterator<Item = &'a str>,
    build: impl Fn(&str) -> Option<Graph>,
    findings: &mut Findings<'_, '_>,
) {
    let place = [Step::Key("training"), Step::Key("subject")];
    for id in detectors.chain([trunk]) {
        match build(id) {
            None => findings.add(&place, format!("there is no network `{id}`")),
            Some(graph) if graph.find(layer).is_none() => {
                findings.add(&within(&place, "layer"), format!("{id} has no layer `{layer}`"));
            }
            Some(_) => {}
        }
    }
}

fn within<'a>(place: &[Step<'a>], key: &'a str) -> Vec<Step<'a>> {
    place.iter().copied().chain([Step::Key(key)]).collect()
}

/// Numbers that must be 0 to 1.
pub fn shares(place: &[Step<'_>], numbers: &[(&str, f64)], findings: &mut Findings<'_, '_>) {
    for (key, value) in numbers.iter().filter(|(_, value)| !(0.0..=1.0).contains(value)) {
        findings.add(&within(place, key), format!("{value} is no share, 0 to 1"));
    }
}

/// Numbers that must be more than 0.
pub fn positive(place: &[Step<'_>], numbers: &[(&str, f64)], findings: &mut Findings<'_, '_>) {
    for (key, value) in numbers {
        crate::recipe::positive(*value, &within(place, key), findings);
    }
}
