//! The part of a spec that is one paper's own, read with the same errors as the rest of it.
//!
//! Must not know what is in it: the type comes from the paper's folder.

use serde::de::DeserializeOwned;

use super::node::Node;
use super::problem::{LoadError, Problems};

/// Reads from a spec's text what `T` names and passes over the rest; `check` reports what the type cannot refuse. `path` is
/// what messages call the file.
///
/// # Errors
/// What YAML or `T` refuses (the first such place), or what `check` reports (all such places).
pub fn part<T: DeserializeOwned>(
    text: &str,
    path: &str,
    check: impl Fn(&T, &mut Findings<'_, '_>),
) -> Result<T, LoadError> {
    super::read(text, path, |value: &T, node, problems| check(value, &mut Findings { node, problems }))
}

/// A step on the way to a place in a spec.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<'a> {
    /// Into the value under a key.
    Key(&'a str),
    /// Into an element of a list.
    Index(usize),
}

/// Where a check reports what it finds.
pub struct Findings<'n, 'p> {
    node: &'n Node,
    problems: &'n mut Problems<'p>,
}

impl std::fmt::Debug for Findings<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Findings").finish_non_exhaustive()
    }
}

impl Findings<'_, '_> {
    /// Adds a problem at that place; where a key is absent, at what should hold it.
    pub fn add(&mut self, place: &[Step<'_>], message: impl Into<String>) {
        let node = place.iter().fold(self.node, |node, step| match step {
            Step::Key(key) => node.at(key),
            Step::Index(index) => node.nth(*index),
        });
        self.problems.add(node.place(), message);
    }
}
