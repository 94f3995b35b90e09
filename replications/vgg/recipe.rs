//! The types of appendix A's recipe and tests, and the recipe in words.
//!
//! Must not hold a value: those are in `spec.yaml`.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use spec::claim::Mark;
use spec::load::{Findings, LoadError, Step};
use spec::paper::RecipeItem;

use crate::recipe::{self as own, Own, item};
use crate::schedule::Stairs;

/// The paper's own part of its spec.
pub const OWN: Own = Own { check, prose };

crate::recipe! {
    /// How heads that say where the object is are trained, and how they are tested.
    pub struct Recipe, Changes {
        /// What is trained on which trunk.
        pub subjects: Vec<Subject>,
        /// Views a step.
        pub batch: usize,
        /// The learning rate.
        pub learning_rate: Stairs,
        /// Momentum.
        pub momentum: f64,
        /// So much of each learned number is added to its gradient.
        pub weight_decay: f64,
        /// The standard deviation of the weights that the last layer of a head for boxes begins with.
        pub box_deviation: f64,
        /// The shorter side of pictures that are trained on, and of those whose central crop is tested, in pixels: the paper's S.
        pub short_side: u32,
        /// Which views of them are trained on. The trunk is not trained, so that its maps are kept; crops are not drawn anew.
        pub views: Views,
        /// The shorter sides of pictures that are tested whole, in pixels: the paper's Q.
        pub test_sides: Vec<u32>,
        /// Boxes are merged while the nearest two are no further apart than this: the distance of their centres over the
        /// picture's shorter side, less their intersection over union.
        pub merge_below: f64,
        /// So many classes are guessed.
        pub guesses: usize,
    }
}

/// A trunk that stays as it is, and the heads on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// The network whose layers up to `layer` are the trunk. Where a head has a layer of the same name and shape as one behind
    /// it, the head begins with that layer's weights.
    pub trunk: String,
    /// Its weights.
    pub weights: String,
    /// Whose maps the heads read.
    pub layer: String,
    /// The head that tells classes.
    pub classes: String,
    /// The head with one box for all classes alike: single-class regression.
    pub single_class: String,
    /// The head with a box for each class: per-class regression.
    pub per_class: String,
}

impl Subject {
    /// The heads' networks.
    #[must_use]
    pub fn heads(&self) -> [&str; 3] {
        [&self.classes, &self.single_class, &self.per_class]
    }
}

/// Views of a picture that are trained on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Views {
    /// The central crop.
    Center,
    /// The four corners and the centre with their mirror images.
    TenCrop,
}

/// A condition: how a box is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// By which test.
    pub test: Test,
}

/// The two tests of appendix A.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Test {
    /// The central crop's box of the true class.
    TrueClass,
    /// Five classes and their boxes, of the whole picture.
    Dense,
}

fn check(text: &str, path: &str) -> Result<(), LoadError> {
    let part = own::read::<Recipe, Changes, Asked>(text, path, |part, findings| {
        let recipe = &part.training;
        let training = |key| [Step::Key("training"), Step::Key(key)];
        own::positive(recipe.batch as f64, &training("batch"), findings);
        own::positive(recipe.guesses as f64, &training("guesses"), findings);
        own::positive(f64::from(recipe.short_side), &training("short_side"), findings);
        own::positive(recipe.box_deviation, &training("box_deviation"), findings);
        recipe.learning_rate.check(&training("learning_rate"), findings);
        if recipe.test_sides.is_empty() || recipe.test_sides.contains(&0) {
            findings.add(&training("test_sides"), "there must be a side, and each of one pixel or more");
        }
        for (key, value) in [("momentum", recipe.momentum), ("weight_decay", recipe.weight_decay)] {
            if !(0.0..1.0).contains(&value) {
                findings.add(&training(key), format!("{value} must be 0 or more, and below 1"));
            }
        }
        if !recipe.merge_below.is_finite() {
            findings.add(&training("merge_below"), "must be a number");
        }
        for (index, subject) in recipe.subjects.iter().enumerate() {
            check_subject(subject, index, findings);
        }
    });
    part.map(drop)
}

fn check_subject(subject: &Subject, index: usize, findings: &mut Findings<'_, '_>) {
    let place = |key| [Step::Key("training"), Step::Key("subjects"), Step::Index(index), Step::Key(key)];
    let Some(trunk) = super::build(&subject.trunk) else {
        findings.add(&place("trunk"), format!("there is no network `{}`", subject.trunk));
        return;
    };
    let shape = trunk.until(&subject.layer).and_then(|trunk| trunk.shapes().ok()?.pop());
    let Some(shape) = shape else {
        findings.add(&place("layer"), format!("{} has no layer `{}`", subject.trunk, subject.layer));
        return;
    };
    for (key, head) in ["classes", "single_class", "per_class"].into_iter().zip(subject.heads()) {
        match super::build(head) {
            None => findings.add(&place(key), format!("there is no network `{head}`")),
            Some(graph) if graph.input[..] != shape[..] => {
                let message = format!("{head} reads {:?}, {} gives {shape:?}", graph.input, subject.layer);
                findings.add(&place(key), message);
            }
            Some(_) => {}
        }
    }
}

fn prose(training: &Value) -> Vec<RecipeItem> {
    own::prose(training, |recipe: &Recipe| {
        let sides: Vec<String> = recipe.test_sides.iter().map(u32::to_string).collect();
        vec![
            item("localisation, batch", recipe.batch.to_string(), Mark::Checked),
            item("localisation, learning rate", recipe.learning_rate.words(), Mark::Checked),
            item("localisation, momentum", recipe.momentum.to_string(), Mark::Checked),
            item("localisation, weight decay", recipe.weight_decay.to_string(), Mark::Checked),
            item(
                "localisation, loss",
                "Euclidean, of centre, width and height in shares of the crop's side",
                Mark::Checked,
            ),
            item("localisation, scale", format!("S = {}, Q = {}", recipe.short_side, sides.join(", ")), Mark::Checked),
            item(
                "localisation, boxes",
                format!(
                    "merged while the nearest two are no further apart than {}: the distance of their centres over the picture's shorter side, less their intersection over union; the paper prints no rule",
                    recipe.merge_below
                ),
                Mark::Memory,
            ),
        ]
    })
}
