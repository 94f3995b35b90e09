//! The types of the detector's recipe, and the recipe in words.
//!
//! Must not hold a value: those are in `spec.yaml`.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use spec::claim::Mark;
use spec::load::{Findings, LoadError, Step};
use spec::paper::RecipeItem;

use crate::detectors::{Kept, Sampling, check_subject, positive, shares};
use crate::recipe::{self as own, Own, item};
use crate::schedule::Stairs;

/// The paper's own part of its spec.
pub const OWN: Own = Own { check, prose };

crate::recipe! {
    /// How the layers that propose and those that look into regions are trained and tested.
    pub struct Recipe, Changes {
        /// The trunk and the detectors on it.
        pub subject: Subject,
        /// The shorter side of pictures, in pixels, and the most that the longer may have.
        pub sides: [u32; 2],
        /// The anchors of a place.
        pub anchors: AnchorShapes,
        /// What anchors learn.
        pub proposing: Proposing,
        /// Proposals that are learned from.
        pub learned_from: Chosen,
        /// Proposals that are looked into.
        pub looked_into: Chosen,
        /// Selective search's proposals that are learned from, and those that are looked into.
        pub searched: [usize; 2],
        /// Pictures a step of the layers that look into regions.
        pub pictures: usize,
        /// Regions of each.
        pub sampling: Sampling,
        /// The learning rate of weights while anchors learn; that of biases is twice as much.
        pub proposing_rate: Stairs,
        /// The same for the layers that look into regions.
        pub learning_rate: Stairs,
        /// The layers for classes and boxes, which the classifier does not have, learn so many times faster than the others; those
        /// that propose too where both are trained at the same time.
        pub faster: f64,
        /// Momentum.
        pub momentum: f64,
        /// So much of each learned weight is added to its gradient.
        pub weight_decay: f64,
        /// Whether mirror images are learned from.
        pub mirror: bool,
        /// The layers that look into regions are trained for this share of the steps that anchors are.
        pub second_share: f64,
        /// How both are trained at the same time.
        pub joint: Jointly,
        /// Whether objects that are too difficult to count are learned from.
        pub difficult: bool,
        /// Which detections stay.
        pub kept: Kept,
    }
}

/// The trunk and the detectors on it; of a name that is missing there is nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// The network that has the weights.
    pub trunk: String,
    /// Its weights.
    pub weights: String,
    /// The last layer, whose map anchors stand on and regions are pooled from.
    pub layer: String,
    /// The first layer of the trunk that is tuned; None: it stays as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tuned_from: Option<String>,
    /// Trained and tested on its own proposals.
    pub own: String,
    /// After the first two of the four steps, where the trunk is tuned: each of them has a trunk of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unshared: Option<String>,
    /// Trained and tested on selective search's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<String>,
    /// Trained on selective search's, tested on some of the network's own (Table 2).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tested: Vec<Variant>,
    /// Anchors and the layers behind pooling trained at the same time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joint: Option<String>,
    /// Trained on its own proposals from other anchors, or with boxes that weigh otherwise (Tables 8 and 9).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ablations: Vec<Ablation>,
}

/// A detector that is tested on some of the network's proposals.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// The network.
    pub id: String,
    /// Which proposals.
    pub proposals: Chosen,
}

/// A detector whose anchors learn otherwise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ablation {
    /// The network.
    pub id: String,
    /// Its anchors, where they are others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anchors: Option<AnchorShapes>,
    /// What boxes weigh, where it is something else: see [`Proposing::balance`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub balance: Option<f64>,
}

impl Subject {
    /// The detectors' networks.
    pub fn detectors(&self) -> impl Iterator<Item = &str> {
        let named = [&self.unshared, &self.search, &self.joint].into_iter().flatten();
        let tested = self.tested.iter().map(|variant| &variant.id);
        let ablations = self.ablations.iter().map(|ablation| &ablation.id);
        [&self.own].into_iter().chain(named).chain(tested).chain(ablations).map(String::as_str)
    }
}

/// The anchors of a place (section 3.1.1).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnchorShapes {
    /// The side of the square that areas are multiples of, in pixels.
    pub base: f64,
    /// Height over width of each shape.
    pub ratios: Vec<f64>,
    /// Sides over `base` of each area.
    pub scales: Vec<f64>,
}

/// What anchors learn (section 3.1.2).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proposing {
    /// Anchors a step, of one picture.
    pub anchors: usize,
    /// The share of them that are on objects, at most.
    pub foreground: f64,
    /// An anchor is on an object that it shares this or more with, or that no other shares more with.
    pub foreground_from: f64,
    /// An anchor is background that shares less than this with every object.
    pub background_below: f64,
    /// Where the loss over boxes becomes a line.
    pub sigma: f64,
    /// What the loss over boxes weighs against that over scores, both in the mean over a step's anchors. The paper divides the former
    /// by the number of places, some 2,400, and has it weigh λ = 10: about 1.
    pub balance: f64,
}

/// How anchors and the layers behind pooling are trained at the same time (section 3.2, ii).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Jointly {
    /// Pictures a step.
    pub pictures: usize,
    /// Regions of each.
    pub sampling: Sampling,
    /// Proposals that are learned from.
    pub learned_from: Chosen,
    /// Boxes are learned in these deviations, centre across and down, width and height.
    pub deviations: [f64; 4],
    /// The learning rate of weights; that of biases is twice as much.
    pub learning_rate: Stairs,
    /// It is trained for this share of the steps that anchors are alone.
    pub share: f64,
}

/// Which proposals of the network stay.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chosen {
    /// Proposals with a shorter side are dropped, in pixels of the picture.
    pub least_side: f64,
    /// So many of the surest are suppressed; all of them where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<usize>,
    /// Those that share more than this with a surer one go.
    pub overlap: f64,
    /// So many stay.
    pub after: usize,
    /// Whether they are drawn at random in place of the surest, and nothing is suppressed (Table 2, no cls).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub without_scores: bool,
    /// Whether they are the anchors as they stand (Table 2, no reg).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub without_boxes: bool,
}

impl Chosen {
    fn check(&self, place: &[Step<'_>], findings: &mut Findings<'_, '_>) {
        let numbers = [
            ("least_side", self.least_side),
            ("before", self.before.unwrap_or(1) as f64),
            ("after", self.after as f64),
        ];
        positive(place, &numbers, findings);
        shares(place, &[("overlap", self.overlap)], findings);
    }
}

fn check(text: &str, path: &str) -> Result<(), LoadError> {
    let part = own::read::<Recipe, Changes, Value>(text, path, |part, findings| {
        let recipe = &part.training;
        let place = [Step::Key("training")];
        let within = |key| [Step::Key("training"), Step::Key(key)];
        let ([shorter, longest], [learned, looked]) = (recipe.sides, recipe.searched);
        let numbers = [
            ("sides", f64::from(shorter.min(longest))),
            ("searched", learned.min(looked) as f64),
            ("pictures", recipe.pictures as f64),
            ("faster", recipe.faster),
        ];
        positive(&place, &numbers, findings);
        let parts = [
            ("momentum", recipe.momentum),
            ("weight_decay", recipe.weight_decay),
            ("second_share", recipe.second_share),
        ];
        shares(&place, &parts, findings);
        let Proposing { anchors, foreground, foreground_from, background_below, sigma, balance } = recipe.proposing;
        let numbers = [("anchors", anchors as f64), ("sigma", sigma), ("balance", balance)];
        positive(&within("proposing"), &numbers, findings);
        let parts =
            [("foreground", foreground), ("foreground_from", foreground_from), ("background_below", background_below)];
        shares(&within("proposing"), &parts, findings);
        recipe.learned_from.check(&within("learned_from"), findings);
        recipe.looked_into.check(&within("looked_into"), findings);
        recipe.sampling.check(&within("sampling"), findings);
        recipe.kept.check(&within("kept"), findings);
        recipe.proposing_rate.check(&within("proposing_rate"), findings);
        recipe.learning_rate.check(&within("learning_rate"), findings);
        check_joint(&recipe.joint, findings);
        check_anchors(&within("anchors"), &recipe.anchors, &recipe.subject.own, findings);
        let subject = &recipe.subject;
        check_subject((&subject.trunk, &subject.layer), subject.detectors(), super::network::build, findings);
        let place = |key, index| [Step::Key("training"), Step::Key("subject"), Step::Key(key), Step::Index(index)];
        for (index, variant) in subject.tested.iter().enumerate() {
            variant.proposals.check(&place("tested", index), findings);
        }
        for (index, ablation) in subject.ablations.iter().enumerate() {
            let anchors = ablation.anchors.as_ref().unwrap_or(&recipe.anchors);
            check_anchors(&place("ablations", index), anchors, &ablation.id, findings);
            positive(&place("ablations", index), &[("balance", ablation.balance.unwrap_or(1.0))], findings);
        }
    });
    part.map(drop)
}

fn check_joint(joint: &Jointly, findings: &mut Findings<'_, '_>) {
    let place = [Step::Key("training"), Step::Key("joint")];
    let within = |key| [Step::Key("training"), Step::Key("joint"), Step::Key(key)];
    positive(&place, &[("pictures", joint.pictures as f64), ("share", joint.share)], findings);
    positive(&place, &joint.deviations.map(|deviation| ("deviations", deviation)), findings);
    joint.sampling.check(&within("sampling"), findings);
    joint.learned_from.check(&within("learned_from"), findings);
    joint.learning_rate.check(&within("learning_rate"), findings);
}

fn check_anchors(place: &[Step<'_>], anchors: &AnchorShapes, id: &str, findings: &mut Findings<'_, '_>) {
    let sides = anchors.ratios.iter().map(|ratio| ("ratios", *ratio));
    let sides: Vec<(&str, f64)> = sides.chain(anchors.scales.iter().map(|scale| ("scales", *scale))).collect();
    positive(place, &[("base", anchors.base)], findings);
    positive(place, &sides, findings);
    let count = anchors.ratios.len() * anchors.scales.len();
    let wanted = super::network::anchors(id);
    if count != wanted {
        findings.add(place, format!("{count} anchors a place, but {id} has {wanted}"));
    }
}

fn prose(training: &Value) -> Vec<RecipeItem> {
    own::prose(training, |recipe: &Recipe| {
        let [shorter, longest] = recipe.sides;
        let AnchorShapes { base, ratios, scales } = &recipe.anchors;
        let list = |numbers: Vec<f64>| numbers.iter().map(f64::to_string).collect::<Vec<_>>().join(", ");
        let Proposing { anchors, foreground, foreground_from, background_below, sigma, balance } = recipe.proposing;
        let chosen = |own: &Chosen| {
            let some = own.before.map_or_else(|| "all of them".to_owned(), |before| format!("the {before} surest"));
            format!("{some} suppressed above an overlap of {}, {} left", own.overlap, own.after)
        };
        vec![
            item("scale", format!("the shorter side {shorter} pixels, the longer at most {longest}"), Mark::Checked),
            item(
                "anchors",
                format!(
                    "squares of {} pixels' areas, height over width {}",
                    list(scales.iter().map(|scale| scale * base).collect()),
                    list(ratios.clone())
                ),
                Mark::Checked,
            ),
            item(
                "anchors a step",
                format!(
                    "{anchors} of one picture, at most {} % on objects (an overlap of {foreground_from} or the best one), background below {background_below}; smooth L1 with σ = {sigma}, which weighs {balance}",
                    100.0 * foreground
                ),
                Mark::Checked,
            ),
            item("proposals, training", chosen(&recipe.learned_from), Mark::Checked),
            item("proposals, test", chosen(&recipe.looked_into), Mark::Checked),
            item("learning rate, anchors", recipe.proposing_rate.words(), Mark::Checked),
            item("learning rate, regions", recipe.learning_rate.words(), Mark::Checked),
            item("momentum", recipe.momentum.to_string(), Mark::Checked),
            item("weight decay", recipe.weight_decay.to_string(), Mark::Checked),
        ]
    })
}
