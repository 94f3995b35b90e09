//! The types of the recipe and of the tests, and the recipe in words.
//!
//! Must not hold a value: those are in `spec.yaml`.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use spec::claim::Mark;
use spec::load::{Findings, LoadError, Step};
use spec::paper::RecipeItem;

use crate::recipe::{self as own, Own, item};

/// The paper's own part of its spec.
pub const OWN: Own = Own { check, prose };

crate::recipe! {
    /// How images and sentences become numbers, and how the two models are trained.
    pub struct Recipe, Changes {
        /// What is trained on which features.
        pub subject: Subject,
        /// Words are learned that occur so often or more in the sentences that are learned from.
        pub least: u64,
        /// Of a sentence so many words are read, at most.
        pub longest: usize,
        /// So many proposals of an image are looked at, at most …
        pub looked_at: usize,
        /// … and so many of the surest of them are its regions, beside the whole image.
        pub regions: usize,
        /// Of two proposals that share more than this the surer one is kept.
        pub suppression: f64,
        /// Pixels around a region that the network sees too, after warping.
        pub context: u32,
        /// The model that aligns.
        pub alignment: Alignment,
        /// The model that writes.
        pub writing: Writing,
        /// The model that writes about regions is trained for so many times the run's steps.
        pub snippets_share: f64,
        /// How much neighbouring words that are aligned to one region are worth where segments are made of sentences (equation 12) …
        pub beta: f64,
        /// … and the others that are tried.
        pub betas: Vec<f64>,
    }
}

/// What is trained on which features. Of a name that is missing there is nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// What reads regions; the largest of its answers ranks them.
    pub regions: Features,
    /// The network that aligns regions and words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alignment: Option<String>,
    /// The same, which sees nothing but the whole image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whole: Option<String>,
    /// What reads images.
    pub images: Features,
    /// The networks that write.
    #[serde(default)]
    pub writers: Vec<String>,
    /// The baseline that says what was said of the nearest image that is learned from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nearest: Option<String>,
    /// The network that writes about regions; it learns from the segments that the alignment makes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snippets: Option<String>,
}

/// A released network that is read at a layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Features {
    /// The network.
    pub trunk: String,
    /// Its weights.
    pub weights: String,
    /// The layer.
    pub layer: String,
}

/// How the model that aligns is trained (sections 3.1.3 and 3.3).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alignment {
    /// Pairs of an image and one of its sentences a step.
    pub batch: usize,
    /// The learning rate.
    pub learning_rate: f64,
    /// Momentum.
    pub momentum: f64,
    /// So much of each weight is added to its gradient.
    pub weight_decay: f64,
    /// Each number of a gradient is held between minus this and this.
    pub clip: f64,
    /// A pair scores at least so much higher than one with another image or sentence.
    pub margin: f64,
    /// Weights begin evenly spread between minus this and this.
    pub begin: f64,
    /// It is trained for so many times the run's steps.
    pub share: f64,
    /// Steps of the whole recipe.
    pub of: u64,
}

/// How a model that writes is trained and read (section 3.2; what the paper leaves out is the authors' code's).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Writing {
    /// Pairs of an image and one of its sentences a step.
    pub batch: usize,
    /// The learning rate.
    pub learning_rate: f64,
    /// The share of the running mean of squared gradients that is kept.
    pub decay: f64,
    /// Added to that mean before its root is taken.
    pub epsilon: f64,
    /// So much of each weight is added to its gradient.
    pub weight_decay: f64,
    /// Each number of a gradient is held between minus this and this.
    pub clip: f64,
    /// Weights begin evenly spread between minus this and this.
    pub begin: f64,
    /// So many words are written, at most.
    pub longest: usize,
    /// Steps of the whole recipe.
    pub of: u64,
}

/// A condition: what is asked of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum Asked {
    /// Every sentence of the tested list is scored with every image of it.
    Ranking {},
    /// A sentence for each image, by so many sentences that are gone on with.
    Written {
        /// The sentences of the greatest probability that are gone on with.
        beam: usize,
    },
    /// Which words are learned.
    Vocabulary {},
}

fn check(text: &str, path: &str) -> Result<(), LoadError> {
    let part = own::read::<Recipe, Changes, Asked>(text, path, |part, findings| {
        let recipe = &part.training;
        let training = |key| [Step::Key("training"), Step::Key(key)];
        for (key, value) in [
            ("least", recipe.least as f64),
            ("longest", recipe.longest as f64),
            ("looked_at", recipe.looked_at as f64),
            ("regions", recipe.regions as f64),
            ("snippets_share", recipe.snippets_share),
        ] {
            own::positive(value, &training(key), findings);
        }
        if !(0.0..=1.0).contains(&recipe.suppression) {
            findings.add(&training("suppression"), format!("{} must be between 0 and 1", recipe.suppression));
        }
        if recipe.betas.iter().chain([&recipe.beta]).any(|beta| !(beta.is_finite() && *beta >= 0.0)) {
            findings.add(&training("betas"), "each must be a number of 0 or more");
        }
        check_trainings(recipe, findings);
        check_subject(&recipe.subject, findings);
        for (index, condition) in part.conditions.iter().enumerate() {
            if let Some(Asked::Written { beam: 0 }) = condition.with {
                let place = [Step::Key("conditions"), Step::Index(index), Step::Key("with")];
                findings.add(&place, "a beam of 0 writes nothing; 1 takes the likeliest word each time");
            }
        }
    });
    part.map(drop)
}

fn check_trainings(recipe: &Recipe, findings: &mut Findings<'_, '_>) {
    let (alignment, writing) = (&recipe.alignment, &recipe.writing);
    let positive = [
        ("alignment", "batch", alignment.batch as f64),
        ("alignment", "learning_rate", alignment.learning_rate),
        ("alignment", "clip", alignment.clip),
        ("alignment", "margin", alignment.margin),
        ("alignment", "begin", alignment.begin),
        ("alignment", "share", alignment.share),
        ("writing", "batch", writing.batch as f64),
        ("writing", "learning_rate", writing.learning_rate),
        ("writing", "epsilon", writing.epsilon),
        ("writing", "clip", writing.clip),
        ("writing", "begin", writing.begin),
        ("writing", "longest", writing.longest as f64),
    ];
    for (part, key, value) in positive {
        own::positive(value, &[Step::Key("training"), Step::Key(part), Step::Key(key)], findings);
    }
    let shares = [
        ("alignment", "momentum", alignment.momentum),
        ("alignment", "weight_decay", alignment.weight_decay),
        ("writing", "decay", writing.decay),
        ("writing", "weight_decay", writing.weight_decay),
    ];
    for (part, key, value) in shares {
        if !(0.0..1.0).contains(&value) {
            let place = [Step::Key("training"), Step::Key(part), Step::Key(key)];
            findings.add(&place, format!("{value} must be 0 or more, and below 1"));
        }
    }
}

fn check_subject(subject: &Subject, findings: &mut Findings<'_, '_>) {
    let place = |key| [Step::Key("training"), Step::Key("subject"), Step::Key(key)];
    let numbers = |features: &Features, key, findings: &mut Findings<'_, '_>| {
        let graph = crate::registry::network(&features.trunk).map(|(_, graph)| graph);
        let found = graph.and_then(|graph| graph.until(&features.layer)?.shapes().ok()?.pop());
        if found.is_none() {
            let message = format!("there is no network `{}` with a layer `{}`", features.trunk, features.layer);
            findings.add(&place(key), message);
        }
        found.map(|shape| shape.iter().product::<usize>())
    };
    let of_regions = numbers(&subject.regions, "regions", findings);
    let of_images = numbers(&subject.images, "images", findings);
    let readers = [("alignment", &subject.alignment), ("whole", &subject.whole), ("snippets", &subject.snippets)];
    let readers = readers.into_iter().filter_map(|(key, id)| Some((key, id.as_ref()?, of_regions)));
    for (key, id, wanted) in readers.chain(subject.writers.iter().map(|id| ("writers", id, of_images))) {
        match super::build(id) {
            None => findings.add(&place(key), format!("there is no network `{id}`")),
            Some(graph) if wanted.is_some_and(|wanted| graph.input[0] != wanted) => {
                let wanted = wanted.unwrap_or_default();
                findings.add(&place(key), format!("{id} reads {} numbers, its features are {wanted}", graph.input[0]));
            }
            Some(_) => {}
        }
    }
}

fn prose(training: &Value) -> Vec<RecipeItem> {
    own::prose(training, |recipe: &Recipe| {
        let Recipe { alignment, writing, .. } = recipe;
        vec![
            item(
                "vocabulary",
                format!("lower case, letters and digits only, words that occur {} times or more", recipe.least),
                Mark::Checked,
            ),
            item("regions", format!("the {} surest and the whole image", recipe.regions), Mark::Checked),
            item(
                "alignment",
                format!(
                    "gradient descent, {} pairs a step, momentum {}, gradients held within ±{}, margin {}",
                    alignment.batch, alignment.momentum, alignment.clip, alignment.margin
                ),
                Mark::Checked,
            ),
            item(
                "alignment, rate and decay",
                format!(
                    "{} and {}; the paper chose both by a search that it does not print",
                    alignment.learning_rate, alignment.weight_decay
                ),
                Mark::Memory,
            ),
            item(
                "generation",
                format!("RMSprop, {} pairs a step, gradients held within ±{}", writing.batch, writing.clip),
                Mark::Checked,
            ),
            item(
                "generation, numbers of the authors' code",
                format!(
                    "rate {}, decay of the mean {}, ε {}, weight decay {}, weights begin within ±{}",
                    writing.learning_rate, writing.decay, writing.epsilon, writing.weight_decay, writing.begin
                ),
                Mark::Checked,
            ),
            item("dropout", "one half everywhere but in the recurrences (the share: the authors' code)", Mark::Checked),
        ]
    })
}
