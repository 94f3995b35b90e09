//! A paper's own part of its spec: the recipe (`training`), what run sizes change of it (`recipe` of a size), and what its
//! conditions do (`with`). Each paper has the types; here is how they are read, with file, line and column.
//!
//! Must not hold any paper's number.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use spec::claim::Mark;
use spec::load::{self, Findings, LoadError, Step};
use spec::paper::RecipeItem;

/// What the registry knows of a paper's own part.
#[derive(Debug, Clone, Copy)]
pub struct Own {
    /// Checks it in the text of a spec; the second argument is what messages call the file.
    pub check: fn(&str, &str) -> Result<(), LoadError>,
    /// The recipe in words, from the spec's `training`.
    pub prose: fn(&Value) -> Vec<RecipeItem>,
}

impl Own {
    /// For a paper that is not trained here: its spec may hold nothing of its own.
    pub const NONE: Own = Own { check: nothing, prose: |_| Vec::new() };
}

/// A paper's own part, by its types: the recipe `R`, the changes `C` that a run size may make to it, and what a condition
/// does, `W`.
#[derive(Debug, Deserialize)]
pub struct Part<R, C, W> {
    /// The recipe.
    pub training: R,
    #[serde(default = "Vec::new")]
    /// What its run sizes change.
    pub experiments: Vec<Experiment<C>>,
    /// What its conditions do, in the spec's order.
    #[serde(default = "Vec::new")]
    pub conditions: Vec<Condition<W>>,
}

/// An experiment's run sizes.
#[derive(Debug, Deserialize)]
pub struct Experiment<C> {
    /// The short one.
    pub smoke: Option<Size<C>>,
    /// The paper's own.
    pub train: Size<C>,
}

/// A run size.
#[derive(Debug, Deserialize)]
pub struct Size<C> {
    /// What it changes.
    pub recipe: Option<C>,
}

/// What a condition does.
#[derive(Debug, Deserialize)]
pub struct Condition<W> {
    /// The condition's own part.
    pub with: Option<W>,
}

/// Reads a paper's own part; `check` reports what the types cannot refuse.
///
/// # Errors
/// What the types refuse (the first such place), or what `check` reports (all of it).
pub fn read<R: DeserializeOwned, C: DeserializeOwned, W: DeserializeOwned>(
    text: &str,
    path: &str,
    check: impl Fn(&Part<R, C, W>, &mut Findings<'_, '_>),
) -> Result<Part<R, C, W>, LoadError> {
    load::part(text, path, check)
}

/// Anything at all, of which there must be nothing.
#[derive(Debug, Deserialize)]
struct Unused {
    training: Option<Value>,
    #[serde(default = "Vec::new")]
    conditions: Vec<Condition<Value>>,
}

fn nothing(text: &str, path: &str) -> Result<(), LoadError> {
    let check = |unused: &Unused, findings: &mut Findings<'_, '_>| {
        let message = "this paper has no code that would read this; take it out, or write the paper's types";
        if unused.training.is_some() {
            findings.add(&[Step::Key("training")], message);
        }
        for (index, _) in unused.conditions.iter().enumerate().filter(|(_, condition)| condition.with.is_some()) {
            findings.add(&[Step::Key("conditions"), Step::Index(index), Step::Key("with")], message);
        }
    };
    load::part(text, path, check).map(drop)
}

/// Declares a recipe and the changes that a run size may make to it: the same keys, all of them optional. Neither takes a
/// key that it does not know.
#[macro_export]
macro_rules! recipe {
    (
        $(#[$about:meta])*
        pub struct $recipe:ident, $changes:ident {
            $($(#[$doc:meta])* pub $key:ident: $type:ty,)*
        }
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $recipe {
            $($(#[$doc])* pub $key: $type,)*
        }

        /// What a run size changes of the recipe.
        #[derive(Debug, Clone, PartialEq, Default, serde::Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct $changes {
            $($(#[$doc])* pub $key: Option<$type>,)*
        }
    };
}

/// A line of the page.
#[must_use]
pub fn item(what: impl Into<String>, value: impl Into<String>, mark: Mark) -> RecipeItem {
    RecipeItem { what: what.into(), value: value.into(), mark }
}

/// The lines of a recipe. A recipe that cannot be read has none: reading the spec has said why.
#[must_use]
pub fn prose<R: DeserializeOwned>(training: &Value, lines: impl FnOnce(&R) -> Vec<RecipeItem>) -> Vec<RecipeItem> {
    R::deserialize(training).map(|recipe| lines(&recipe)).unwrap_or_default()
}

/// A number that must be positive and finite.
pub fn positive(value: f64, place: &[Step<'_>], findings: &mut Findings<'_, '_>) {
    if !(value.is_finite() && value > 0.0) {
        findings.add(place, format!("{value} must be a positive number"));
    }
}

/// A number that rises or falls evenly from one epoch to another, and stays before and after.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ramp {
    /// Its value until `first_epoch`.
    pub from: f64,
    /// Its value from `last_epoch`.
    pub to: f64,
    /// The last epoch with the first value.
    pub first_epoch: f64,
    /// The first epoch with the last value.
    pub last_epoch: f64,
}

impl Ramp {
    /// Its value after so many whole epochs.
    #[must_use]
    pub fn at(&self, epochs: f64) -> f64 {
        let share = ((epochs - self.first_epoch) / (self.last_epoch - self.first_epoch)).clamp(0.0, 1.0);
        self.from + share * (self.to - self.from)
    }

    /// `0.5, rising to 0.7 from epoch 1 to 250`.
    #[must_use]
    pub fn words(&self) -> String {
        let Ramp { from, to, first_epoch, last_epoch } = self;
        if from == to {
            return from.to_string();
        }
        let verb = if to > from { "rising" } else { "falling" };
        format!("{from}, {verb} evenly to {to} from epoch {first_epoch} to {last_epoch}")
    }

    /// Reports epochs that are out of order.
    pub fn check(&self, place: &[Step<'_>], findings: &mut Findings<'_, '_>) {
        let in_order = self.last_epoch > self.first_epoch;
        if !in_order {
            findings.add(place, "`last_epoch` must come after `first_epoch`");
        }
    }
}
