//! The recipe's type, and the recipe in words.
//!
//! Must not hold a value: those are in `spec.yaml`.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use spec::claim::Mark;
use spec::load::{LoadError, Step};
use spec::paper::RecipeItem;

use crate::recipe::{self as own, Own, item};

/// The paper's own part of its spec. Its one condition does nothing to the images.
pub const OWN: Own = Own { check, prose };

crate::recipe! {
    /// How each network is trained.
    pub struct Recipe, Changes {
        /// Images a step.
        pub batch: usize,
        /// The first learning rate.
        pub learning_rate: f64,
        /// How it falls.
        pub decay: Decay,
        /// Momentum.
        pub momentum: f64,
        /// The localisation network's learning rate, as a share of the others'.
        pub localisation_rate: f64,
        /// The largest norm of the localisation network's gradient; absent: no limit. A transformer that once looks beside
        /// the digit sees nothing, and has no gradient to come back by.
        pub localisation_gradient: Option<f64>,
    }
}

/// How the learning rate falls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decay {
    /// Divided by 10 after each third of the training.
    Thirds,
    /// Evenly to zero: in a short training a transformer that is a tenth as fast after a third of it does not come far.
    Linear,
}

impl Recipe {
    /// The learning rate of step `step` of `total`.
    #[must_use]
    pub fn rate_at(&self, step: u64, total: u64) -> f64 {
        match self.decay {
            Decay::Linear => self.learning_rate * (1.0 - step as f64 / total.max(1) as f64),
            Decay::Thirds => {
                let third = (3 * step / total.max(1)).min(2);
                self.learning_rate * [1.0, 0.1, 0.01][usize::try_from(third).unwrap_or(2)]
            }
        }
    }
}

fn check(text: &str, path: &str) -> Result<(), LoadError> {
    let part = own::read::<Recipe, Changes, Value>(text, path, |part, findings| {
        let training = |key| [Step::Key("training"), Step::Key(key)];
        let recipe = &part.training;
        own::positive(recipe.batch as f64, &training("batch"), findings);
        own::positive(recipe.learning_rate, &training("learning_rate"), findings);
        own::positive(recipe.localisation_rate, &training("localisation_rate"), findings);
        for (index, _) in part.conditions.iter().enumerate().filter(|(_, condition)| condition.with.is_some()) {
            let place = [Step::Key("conditions"), Step::Index(index), Step::Key("with")];
            findings.add(&place, "nothing is done to the distorted images; take this out");
        }
    });
    part.map(drop)
}

fn prose(training: &Value) -> Vec<RecipeItem> {
    own::prose(training, |recipe: &Recipe| {
        let falls = match recipe.decay {
            Decay::Thirds => "divided by 10 after each third of the training",
            Decay::Linear => "falling evenly to zero",
        };
        let momentum = if recipe.momentum == 0.0 { "none".to_owned() } else { recipe.momentum.to_string() };
        vec![
            item("batch", recipe.batch.to_string(), Mark::Memory),
            item("learning rate", format!("{}, {falls}", recipe.learning_rate), Mark::Memory),
            item("momentum", momentum, Mark::Memory),
        ]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_falls_as_it_is_said_to() {
        let recipe = |decay| Recipe {
            batch: 1,
            learning_rate: 0.5,
            decay,
            momentum: 0.0,
            localisation_rate: 1.0,
            localisation_gradient: None,
        };
        assert_eq!([0, 99, 100, 299].map(|step| recipe(Decay::Thirds).rate_at(step, 300)), [0.5, 0.5, 0.05, 0.005]);
        assert_eq!(recipe(Decay::Linear).rate_at(150, 300), 0.25);
    }
}
