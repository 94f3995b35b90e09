//! The recipe's type, and the recipe in words.
//!
//! Must not hold a value: those are in `spec.yaml`.

use serde_json::Value;
use spec::claim::Mark;
use spec::load::{LoadError, Step};
use spec::paper::RecipeItem;

use crate::recipe::{self as own, Own, item};

/// The paper's own part of its spec.
pub const OWN: Own = Own { check, prose };

crate::recipe! {
    /// How both networks are fitted.
    pub struct Recipe, Changes {
        /// Grids that they are fitted to.
        pub grids: usize,
        /// The probability of a pixel being lit.
        pub lit: f64,
    }
}

fn check(text: &str, path: &str) -> Result<(), LoadError> {
    let part = own::read::<Recipe, Changes, Value>(text, path, |part, findings| {
        own::positive(part.training.grids as f64, &[Step::Key("training"), Step::Key("grids")], findings);
    });
    part.map(drop)
}

fn prose(training: &Value) -> Vec<RecipeItem> {
    own::prose(training, |recipe: &Recipe| {
        let Recipe { grids, lit } = recipe;
        vec![item("data", format!("{grids} grids, a pixel is lit with a probability of {lit}"), Mark::Memory)]
    })
}
