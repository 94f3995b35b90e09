//! The recipe's type, the Parzen-window estimate's, and both in words.
//!
//! Must not hold a value: those are in `spec.yaml`.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use spec::claim::Mark;
use spec::load::{LoadError, Step};
use spec::paper::RecipeItem;

use crate::recipe::{self as own, Own, Ramp, item};

/// The paper's own part of its spec.
pub const OWN: Own = Own { check, prose };

crate::recipe! {
    /// How both networks are trained, as the authors' `mnist.yaml` says it.
    pub struct Recipe, Changes {
        /// The first so many images are trained on; the rest of the training set is for validation.
        pub training_images: usize,
        /// Images a batch, and as many samples.
        pub batch: usize,
        /// The first learning rate.
        pub learning_rate: f64,
        /// Divides it at each update.
        pub learning_rate_divisor: f64,
        /// The least learning rate.
        pub least_learning_rate: f64,
        /// Momentum by epoch.
        pub momentum: Ramp,
        /// Weights begin uniformly within ± these.
        pub initial_weights: InitialWeights,
        /// A training that is shorter than the whole presses the schedules together and goes further with each update,
        /// by up to this factor.
        pub compressed_rate_factor: f64,
    }
}

/// How wide each network's weights begin.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InitialWeights {
    /// The generator's.
    pub generator: f32,
    /// The discriminator's.
    pub discriminator: f32,
}

impl Recipe {
    /// Updates of an epoch.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        (self.training_images / self.batch.max(1)).max(1) as u64
    }
}

/// A Parzen-window estimate of a density from samples: what the condition `parzen` does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parzen {
    /// Samples from the model.
    pub samples: u32,
    /// Widths to choose from: so many from 10^from to 10^to, evenly in the exponent (NumPy's `logspace`).
    pub widths: u32,
    /// Exponent of the first width.
    pub from: f64,
    /// Exponent of the last width.
    pub to: f64,
    /// So many validation images choose the width.
    pub validation: u32,
}

fn check(text: &str, path: &str) -> Result<(), LoadError> {
    let part = own::read::<Recipe, Changes, Parzen>(text, path, |part, findings| {
        let training = |key| [Step::Key("training"), Step::Key(key)];
        let recipe = &part.training;
        own::positive(recipe.batch as f64, &training("batch"), findings);
        own::positive(recipe.learning_rate, &training("learning_rate"), findings);
        own::positive(recipe.learning_rate_divisor, &training("learning_rate_divisor"), findings);
        recipe.momentum.check(&training("momentum"), findings);
        for (index, parzen) in part.conditions.iter().enumerate() {
            let Some(parzen) = &parzen.with else { continue };
            let place = |key| [Step::Key("conditions"), Step::Index(index), Step::Key("with"), Step::Key(key)];
            let counts = [("samples", parzen.samples), ("widths", parzen.widths), ("validation", parzen.validation)];
            for (key, _) in counts.iter().filter(|(_, count)| *count == 0) {
                findings.add(&place(key), format!("{key} must be 1 or more"));
            }
        }
    });
    part.map(drop)
}

fn prose(training: &Value) -> Vec<RecipeItem> {
    own::prose(training, |recipe: &Recipe| {
        let Recipe { learning_rate, learning_rate_divisor, least_learning_rate, .. } = recipe;
        let InitialWeights { generator, discriminator } = recipe.initial_weights;
        let data = format!(
            "the first {} training images, pixels 0 to 1",
            base::words::thousands(recipe.training_images as u64)
        );
        let weights = format!(
            "uniform within ±{generator} (generator) and ±{discriminator} (discriminator); the generator's output bias from the pixels' means"
        );
        vec![
            item("data", data, Mark::Checked),
            item("batch", recipe.batch.to_string(), Mark::Checked),
            item("initial weights", weights, Mark::Checked),
            item(
                "learning rate",
                format!(
                    "{learning_rate}, divided by {learning_rate_divisor} each update down to {least_learning_rate:e}"
                ),
                Mark::Checked,
            ),
            item("momentum", recipe.momentum.words(), Mark::Checked),
        ]
    })
}
