//! The types of what is drawn and hidden, and it in words.
//!
//! Must not hold a value: those are in `spec.yaml`.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use spec::claim::Mark;
use spec::load::{Findings, LoadError, Step};
use spec::paper::RecipeItem;

use crate::recipe::{self as own, Own, item};

/// The paper's own part of its spec. Nothing is trained.
pub const OWN: Own = Own { check, prose };

crate::recipe! {
    /// What is drawn, of which layers, with which occluder.
    pub struct Recipe, Changes {
        /// Pictures that go through a network at once.
        pub batch: usize,
        /// Photographs without labels are cut into windows of the network's size, at these lengths of the shorter side.
        pub short_sides: Vec<u32>,
        /// So many strongest activations of a map.
        pub top: usize,
        /// So many maps of a layer, drawn at random among those that are active in as many pictures.
        pub maps: usize,
        /// The side of the largest patch that is shown, in pixels; what an activation sees may be more.
        pub patch: usize,
        /// How activations are taken back to pixels on the sheets.
        pub method: Method,
        /// The networks, with their weights and layers.
        pub subjects: Vec<Subject>,
        /// The square.
        pub occluder: Occluder,
    }
}

/// How an activation is taken back to pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// The paper's.
    Deconvnet,
    /// Simonyan et al. 2014.
    Gradient,
    /// Springenberg et al. 2015.
    Guided,
}

/// A network and what is looked at in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// The network.
    pub of: String,
    /// Its weights.
    pub weights: String,
    /// What stands for the paper's layers 1 to 5, by name.
    pub layers: Vec<String>,
    /// What stands for its layer 7, from which correspondence is taken as well as from the last of `layers`.
    pub features: String,
}

/// A condition: what is hidden, and where its effect is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hidden {
    /// The paper's layer: 5 is the last of a subject's `layers`, 7 its `features`.
    pub layer: u8,
    /// What is hidden.
    pub part: Part,
}

/// A part of a dog's face, as `parts.csv` calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// The right eye.
    RightEye,
    /// The left eye.
    LeftEye,
    /// The nose.
    Nose,
    /// A place at random, which needs no mark.
    Random,
}

impl Part {
    /// As it is written in `parts.csv`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Part::RightEye => "right-eye",
            Part::LeftEye => "left-eye",
            Part::Nose => "nose",
            Part::Random => "random",
        }
    }
}

/// The square that covers a part of the picture. The paper prints neither number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Occluder {
    /// Its side in pixels.
    pub size: usize,
    /// Pixels from one place to the next.
    pub stride: usize,
}

fn check(text: &str, path: &str) -> Result<(), LoadError> {
    let part = own::read::<Recipe, Changes, Hidden>(text, path, |part, findings| {
        let recipe = &part.training;
        let training = |key| [Step::Key("training"), Step::Key(key)];
        for (key, number) in
            [("batch", recipe.batch), ("top", recipe.top), ("maps", recipe.maps), ("patch", recipe.patch)]
        {
            own::positive(number as f64, &training(key), findings);
        }
        let sizes = part.experiments.iter().flat_map(|one| one.smoke.iter().chain([&one.train]));
        let changed = sizes.filter_map(|size| size.recipe.as_ref()?.occluder);
        for occluder in changed.chain([recipe.occluder]) {
            check_occluder(occluder, &training("occluder"), findings);
        }
        for (index, subject) in recipe.subjects.iter().enumerate() {
            let place = |key| [Step::Key("training"), Step::Key("subjects"), Step::Index(index), Step::Key(key)];
            let Some(graph) = super::build(&subject.of) else {
                findings.add(&place("of"), format!("there is no network `{}`", subject.of));
                continue;
            };
            for (key, name) in
                subject.layers.iter().map(|layer| ("layers", layer)).chain([("features", &subject.features)])
            {
                if graph.find(name).is_none() {
                    findings.add(&place(key), format!("{} has no layer `{name}`", subject.of));
                }
            }
        }
        for (index, condition) in part.conditions.iter().enumerate() {
            let place = [Step::Key("conditions"), Step::Index(index), Step::Key("with")];
            if condition.with.is_some_and(|hidden| ![5, 7].contains(&hidden.layer)) {
                findings.add(&place, "`layer` must be 5 or 7, as in the paper's Table 1");
            }
        }
    });
    part.map(drop)
}

fn check_occluder(occluder: Occluder, place: &[Step<'_>], findings: &mut Findings<'_, '_>) {
    if occluder.size == 0 || occluder.stride == 0 {
        findings.add(place, "`size` and `stride` must be 1 or more");
    }
}

fn prose(training: &Value) -> Vec<RecipeItem> {
    own::prose(training, |recipe: &Recipe| {
        let Occluder { size, stride } = recipe.occluder;
        vec![
            item("activations of a map", format!("the {} strongest over the pictures", recipe.top), Mark::Checked),
            item(
                "occluder",
                format!("grey, {size} × {size} pixels, moved by {stride}; the paper prints neither"),
                Mark::Memory,
            ),
        ]
    })
}
