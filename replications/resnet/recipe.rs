//! The type of the CIFAR-10 recipe (section 4.2), and the recipe in words.
//!
//! Must not hold a value: those are in `spec.yaml`.

use serde_json::Value;
use spec::claim::Mark;
use spec::load::{LoadError, Step};
use spec::paper::RecipeItem;

use crate::recipe::{self as own, Own, item};
use crate::schedule::{LowStart, Stairs};

/// The paper's own part of its spec. No condition does anything to the images.
pub const OWN: Own = Own { check, prose };

crate::recipe! {
    /// How each network is trained.
    pub struct Recipe, Changes {
        /// Images a step.
        pub batch: usize,
        /// Images at the end of the training set that are not trained on.
        pub held_out: usize,
        /// The learning rate.
        pub learning_rate: Stairs,
        /// Which networks begin at a lower one.
        pub low_start: LowStart,
        /// Momentum.
        pub momentum: f64,
        /// So much of each learned number is added to its gradient, of biases and batch norms too.
        pub weight_decay: f64,
        /// Pixels of zeros on each side, out of which a crop of the image's own size is taken.
        pub padding: usize,
    }
}

fn check(text: &str, path: &str) -> Result<(), LoadError> {
    let part = own::read::<Recipe, Changes, Value>(text, path, |part, findings| {
        let training = |key| [Step::Key("training"), Step::Key(key)];
        let recipe = &part.training;
        own::positive(recipe.batch as f64, &training("batch"), findings);
        recipe.learning_rate.check(&training("learning_rate"), findings);
        recipe.low_start.check(&training("low_start"), findings);
        for id in recipe.low_start.networks.iter().filter(|id| super::build(id).is_none()) {
            findings.add(&training("low_start"), format!("there is no network `{id}`"));
        }
        for (key, value) in [("momentum", recipe.momentum), ("weight_decay", recipe.weight_decay)] {
            if !(0.0..1.0).contains(&value) {
                findings.add(&training(key), format!("{value} must be 0 or more, and below 1"));
            }
        }
        for (index, _) in part.conditions.iter().enumerate().filter(|(_, condition)| condition.with.is_some()) {
            let place = [Step::Key("conditions"), Step::Index(index), Step::Key("with")];
            findings.add(&place, "nothing is done to the test images; take this out");
        }
    });
    part.map(drop)
}

fn prose(training: &Value) -> Vec<RecipeItem> {
    own::prose(training, |recipe: &Recipe| {
        let LowStart { networks, learning_rate, until_error, over_steps } = &recipe.low_start;
        let mut lines = vec![
            item("CIFAR-10, batch", recipe.batch.to_string(), Mark::Checked),
            item("CIFAR-10, learning rate", recipe.learning_rate.words(), Mark::Checked),
            item(
                format!("CIFAR-10, {}", networks.join(", ")),
                format!(
                    "a learning rate of {learning_rate} until the error of {over_steps} steps together is below {until_error} %"
                ),
                Mark::Checked,
            ),
            item("CIFAR-10, momentum", recipe.momentum.to_string(), Mark::Checked),
            item("CIFAR-10, weight decay", recipe.weight_decay.to_string(), Mark::Checked),
            item(
                "CIFAR-10, augmentation",
                format!("{} pixels of padding, a crop of the image's size, mirrored or not", recipe.padding),
                Mark::Checked,
            ),
        ];
        if recipe.held_out > 0 {
            lines.push(item("CIFAR-10, held out", format!("the last {} images", recipe.held_out), Mark::Checked));
        }
        lines
    })
}
