//! The types of the detector's recipe, and the recipe in words.
//!
//! Must not hold a value: those are in `spec.yaml`.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use spec::claim::Mark;
use spec::load::{Findings, LoadError, Step};
use spec::paper::RecipeItem;

use crate::detectors::{Machines, positive, shares};
use crate::graph::Op;
use crate::recipe::{self as own, Own, item};
use crate::schedule::Stairs;

/// The paper's own part of its spec.
pub const OWN: Own = Own { check, prose };

crate::recipe! {
    /// How regions become detections, and what is learned for it.
    pub struct Recipe, Changes {
        /// The networks whose features are read.
        pub subjects: Vec<Subject>,
        /// So many proposals of a picture are learned from, at most.
        pub train_proposals: usize,
        /// So many proposals of a picture are looked into, at most.
        pub test_proposals: usize,
        /// Whether objects that are too difficult to count are learned from.
        pub difficult: bool,
        /// Pixels around a region that the network sees too, after warping.
        pub context: u32,
        /// Features are scaled so that their mean length is this.
        pub length: f64,
        /// Pictures that the mean length is taken over, and regions of each.
        pub length_over: [usize; 2],
        /// The linear SVMs.
        pub machines: Machines,
        /// The correction of boxes.
        pub boxes: Boxes,
        /// The softmax that stands in place of the machines; the whole network is tuned with its settings.
        pub softmax: Softmax,
        /// The learning rate of layers that have weights already while the whole network is tuned.
        pub tuning_rate: Stairs,
        /// Regions of a class that share more than this with a surer one are suppressed.
        pub suppression: f64,
        /// Of each picture and class at most so many of the surest regions are kept before that …
        pub most: usize,
        /// … and of each class so many a picture in the mean over the set.
        pub most_in_the_mean: usize,
    }
}

/// A network whose features are read, and what is learned on them. Of a name that is missing there is nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// The network that has the weights.
    pub trunk: String,
    /// Its weights.
    pub weights: String,
    /// The linear SVMs' network, whose layers before the last are the trunk's: what comes before the last one are the
    /// features.
    pub machines: String,
    /// The same with boxes corrected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boxes: Option<String>,
    /// The same features with a softmax in place of the machines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub softmax: Option<String>,
    /// The network with a softmax that is tuned as a whole before features are read; None: the trunk stays as it is. Subjects with one
    /// such network share its tuning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tuned: Option<String>,
    /// The linear SVMs' network on whose features boxes are corrected, where it is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boxes_on: Option<String>,
}

/// Ridge regression from a region to its object (appendix C).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Boxes {
    /// λ.
    pub lambda: f64,
    /// Regions are learned from whose intersection over union with an object of the class is more than this.
    pub above: f64,
    /// Added to the targets' variances.
    pub floor: f64,
    /// Of a class no more regions than this are learned from, drawn at random.
    pub most: usize,
}

/// A softmax over the classes and the background, trained as the paper tunes its networks, but for the last layer alone and with
/// the regions of a step from few pictures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Softmax {
    /// The learning rate of layers that have weights already.
    pub learning_rate: Stairs,
    /// A new layer's weights and biases learn so many times faster.
    pub faster: [f64; 2],
    /// Momentum.
    pub momentum: f64,
    /// So much of each weight is added to its gradient; of biases nothing.
    pub weight_decay: f64,
    /// Regions of objects a step.
    pub foreground: usize,
    /// Other regions a step.
    pub background: usize,
    /// A region is an object's whose intersection over union with it is this or more.
    pub foreground_from: f64,
    /// Pictures that the regions of a step are taken from.
    pub pictures: usize,
}

fn check(text: &str, path: &str) -> Result<(), LoadError> {
    let part = own::read::<Recipe, Changes, Value>(text, path, |part, findings| {
        let recipe = &part.training;
        let place = [Step::Key("training")];
        let within = |key| [Step::Key("training"), Step::Key(key)];
        let [pictures, regions] = recipe.length_over;
        let numbers = [
            ("train_proposals", recipe.train_proposals as f64),
            ("test_proposals", recipe.test_proposals as f64),
            ("length", recipe.length),
            ("length_over", pictures.min(regions) as f64),
            ("most", recipe.most as f64),
            ("most_in_the_mean", recipe.most_in_the_mean as f64),
        ];
        positive(&place, &numbers, findings);
        shares(&place, &[("suppression", recipe.suppression)], findings);
        recipe.machines.check(&within("machines"), findings);
        let Boxes { lambda, above, floor, most } = recipe.boxes;
        positive(&within("boxes"), &[("lambda", lambda), ("floor", floor), ("most", most as f64)], findings);
        shares(&within("boxes"), &[("above", above)], findings);
        let softmax = &recipe.softmax;
        softmax
            .learning_rate
            .check(&[Step::Key("training"), Step::Key("softmax"), Step::Key("learning_rate")], findings);
        recipe.tuning_rate.check(&within("tuning_rate"), findings);
        let numbers = [
            ("foreground", softmax.foreground as f64),
            ("background", softmax.background as f64),
            ("pictures", softmax.pictures as f64),
        ];
        positive(&within("softmax"), &numbers, findings);
        let parts = [
            ("foreground_from", softmax.foreground_from),
            ("momentum", softmax.momentum),
            ("weight_decay", softmax.weight_decay),
        ];
        shares(&within("softmax"), &parts, findings);
        for (index, subject) in recipe.subjects.iter().enumerate() {
            check_subject(subject, recipe.context, index, findings);
        }
    });
    part.map(drop)
}

fn check_subject(subject: &Subject, context: u32, index: usize, findings: &mut Findings<'_, '_>) {
    let place = |key| [Step::Key("training"), Step::Key("subjects"), Step::Index(index), Step::Key(key)];
    let detectors = [
        ("machines", Some(&subject.machines)),
        ("boxes", subject.boxes.as_ref()),
        ("softmax", subject.softmax.as_ref()),
        ("tuned", subject.tuned.as_ref()),
        ("boxes_on", subject.boxes_on.as_ref()),
    ];
    for (key, id) in [("trunk", Some(&subject.trunk))].into_iter().chain(detectors) {
        let Some(id) = id else { continue };
        match super::build(id) {
            None => findings.add(&place(key), format!("there is no network `{id}`")),
            Some(graph) if graph.input[1] <= 2 * context as usize => {
                findings.add(&place(key), format!("{id} reads {} pixels, which are all context", graph.input[1]));
            }
            Some(_) => {}
        }
    }
    // The tuned network's own last layer reads what the machines read.
    if let (Some(tuned), Some(_)) = (&subject.tuned, &subject.softmax) {
        let (read, wanted) = (features(&subject.machines), features(tuned));
        if read != wanted && wanted.is_some() {
            let message =
                format!("{} reads other features than the last layer of {tuned}; leave it out", subject.machines);
            findings.add(&place("softmax"), message);
        }
    }
}

/// Numbers that a network's last layer reads of a region.
fn features(id: &str) -> Option<usize> {
    let graph = super::build(id)?;
    match graph.nodes.get(graph.output.0)?.op {
        Op::Linear { inputs, .. } => Some(inputs),
        _ => None,
    }
}

fn prose(training: &Value) -> Vec<RecipeItem> {
    own::prose(training, |recipe: &Recipe| {
        vec![
            item(
                "proposals",
                format!(
                    "selective search, fast mode, at most {} a picture",
                    base::words::thousands(recipe.test_proposals as u64)
                ),
                Mark::Checked,
            ),
            item(
                "warp",
                format!("to the network's square, whatever the shape, with {} pixels of context", recipe.context),
                Mark::Checked,
            ),
            item("features", format!("scaled to a mean length of {}", recipe.length), Mark::Checked),
            item("linear SVMs", recipe.machines.words(), Mark::Checked),
            item(
                "box regression",
                format!("ridge, λ {}, from regions of an overlap above {}", recipe.boxes.lambda, recipe.boxes.above),
                Mark::Checked,
            ),
            item(
                "suppression",
                format!(
                    "greedy within each class above an overlap of {}, after at most {} regions a picture and {} in the mean over the set",
                    recipe.suppression, recipe.most, recipe.most_in_the_mean
                ),
                Mark::Checked,
            ),
        ]
    })
}
