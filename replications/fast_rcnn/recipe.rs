//! The types of the detector's recipe, and the recipe in words.
//!
//! Must not hold a value: those are in `spec.yaml`.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use spec::claim::Mark;
use spec::load::{LoadError, Step};
use spec::paper::RecipeItem;

use crate::detectors::{Kept, Machines, Sampling, check_subject, positive, shares};
use crate::recipe::{self as own, Own, item};
use crate::schedule::Stairs;

/// The paper's own part of its spec.
pub const OWN: Own = Own { check, prose };

crate::recipe! {
    /// How the layers behind RoI pooling are trained and tested.
    pub struct Recipe, Changes {
        /// The trunk and the detectors on it.
        pub subject: Subject,
        /// The shorter side of pictures, in pixels, and the most that the longer may have.
        pub sides: [u32; 2],
        /// In place of that, several scales; None: one.
        pub pyramid: Option<Scales>,
        /// So many proposals of a picture are learned from, and so many are looked into, at most.
        pub proposals: [usize; 2],
        /// Pictures a step.
        pub pictures: usize,
        /// Regions of each.
        pub sampling: Sampling,
        /// The learning rate of weights; that of biases is twice as much.
        pub learning_rate: Stairs,
        /// The layers for classes and boxes, which the classifier does not have, learn so many times faster than the others.
        pub faster: f64,
        /// Momentum.
        pub momentum: f64,
        /// So much of each learned weight is added to its gradient.
        pub weight_decay: f64,
        /// Whether mirror images are learned from.
        pub mirror: bool,
        /// Boxes alone, in the second of two stages, are learned for this share of the steps.
        pub second_stage: f64,
        /// Whether objects that are too difficult to count are learned from.
        pub difficult: bool,
        /// Features are scaled to this mean length for linear machines.
        pub length: f64,
        /// Pictures that the mean length is taken over, and regions of each.
        pub length_over: [usize; 2],
        /// The linear machines that the softmax is compared with.
        pub machines: Machines,
        /// Layers that are compressed at test, where that is asked for, and how many singular values stay of each.
        pub compression: Vec<Compression>,
        /// Which detections stay.
        pub kept: Kept,
    }
}

/// The trunk and the detectors on it; of a name that is missing there is nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// The network that has the weights.
    pub trunk: String,
    /// Its weights.
    pub weights: String,
    /// The last layer whose map regions are pooled from.
    pub layer: String,
    /// The first layer of the trunk that is tuned; None: it stays as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tuned_from: Option<String>,
    /// Classes and boxes learned together, boxes corrected at test.
    pub both: String,
    /// The same, boxes not corrected at test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uncorrected: Option<String>,
    /// Classes learned alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classes: Option<String>,
    /// That, and then boxes alone with everything else as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stages: Option<String>,
    /// Linear machines on the features that were learned together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machines: Option<String>,
    /// Classes and boxes learned together, fully connected layers compressed at test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compressed: Option<String>,
}

/// The scales of pictures: one of them, at random, for a picture that is learned from; at test that for each region where its area is
/// nearest to a square's (section 5.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scales {
    /// The shorter side, in pixels …
    pub shorter: Vec<u32>,
    /// … where the longer then has no more than these.
    pub longest: u32,
    /// The side of the square.
    pub region: u32,
}

/// A fully connected layer that is compressed (section 3.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Compression {
    /// The layer.
    pub layer: String,
    /// So many singular values stay.
    pub kept: usize,
}

impl Subject {
    /// The detectors' networks.
    pub fn detectors(&self) -> impl Iterator<Item = &str> {
        let more = [&self.uncorrected, &self.classes, &self.stages, &self.machines, &self.compressed];
        [self.both.as_str()].into_iter().chain(more.into_iter().flatten().map(String::as_str))
    }
}

impl Recipe {
    /// How large pictures are looked at, in words.
    fn scale(&self) -> String {
        let [shorter, longest] = self.sides;
        match &self.pyramid {
            None => format!("the shorter side {shorter} pixels, the longer at most {longest}"),
            Some(Scales { shorter, longest, region }) => format!(
                "the shorter side {} pixels, the longer at most {longest}: one of these at random in training, at test the one where a region is nearest to {region} × {region} pixels",
                shorter.iter().map(u32::to_string).collect::<Vec<_>>().join(", ")
            ),
        }
    }
}

fn check(text: &str, path: &str) -> Result<(), LoadError> {
    let part = own::read::<Recipe, Changes, Value>(text, path, |part, findings| {
        let recipe = &part.training;
        let place = [Step::Key("training")];
        let within = |key| [Step::Key("training"), Step::Key(key)];
        let [shorter, longest] = recipe.sides;
        let [learned, looked] = recipe.proposals;
        let numbers = [
            ("sides", f64::from(shorter.min(longest))),
            ("proposals", learned.min(looked) as f64),
            ("pictures", recipe.pictures as f64),
            ("faster", recipe.faster),
            ("length", recipe.length),
        ];
        positive(&place, &numbers, findings);
        let parts = [
            ("momentum", recipe.momentum),
            ("weight_decay", recipe.weight_decay),
            ("second_stage", recipe.second_stage),
        ];
        shares(&place, &parts, findings);
        if let Some(own) = &recipe.pyramid {
            let place = within("pyramid");
            let least = own.shorter.iter().min().copied().unwrap_or(0);
            let numbers = [("shorter", least), ("longest", own.longest), ("region", own.region)];
            positive(&place, &numbers.map(|(key, value)| (key, f64::from(value))), findings);
            if recipe.subject.machines.is_some() {
                findings.add(&place, "linear machines read features at one scale; take out `subject.machines`");
            }
        }
        for (index, own) in recipe.compression.iter().enumerate() {
            let place = [Step::Key("training"), Step::Key("compression"), Step::Index(index)];
            positive(&place, &[("kept", own.kept as f64)], findings);
        }
        recipe.sampling.check(&within("sampling"), findings);
        recipe.machines.check(&within("machines"), findings);
        recipe.kept.check(&within("kept"), findings);
        recipe.learning_rate.check(&within("learning_rate"), findings);
        let subject = &recipe.subject;
        check_subject((&subject.trunk, &subject.layer), subject.detectors(), super::network::build, findings);
    });
    part.map(drop)
}

fn prose(training: &Value) -> Vec<RecipeItem> {
    own::prose(training, |recipe: &Recipe| {
        let Sampling { regions, foreground, foreground_from, background_from } = recipe.sampling;
        vec![
            item("scale", recipe.scale(), Mark::Checked),
            item(
                "regions a step",
                format!(
                    "{regions} of each of {} pictures, {} % of them on objects (an overlap of {foreground_from} or more), the others from {background_from} up to it",
                    recipe.pictures,
                    100.0 * foreground
                ),
                Mark::Checked,
            ),
            item("learning rate", format!("{}; twice as much for biases", recipe.learning_rate.words()), Mark::Checked),
            item("momentum", recipe.momentum.to_string(), Mark::Checked),
            item("weight decay", format!("{}, none for biases", recipe.weight_decay), Mark::Checked),
            item(
                "loss",
                "cross-entropy and smooth L1 of the true class's box, both in the mean over regions",
                Mark::Checked,
            ),
            item(
                "test",
                format!(
                    "detections surer than {}, suppressed within each class above an overlap of {}, the {} surest of a picture",
                    recipe.kept.above, recipe.kept.overlap, recipe.kept.most
                ),
                Mark::Checked,
            ),
        ]
    })
}
