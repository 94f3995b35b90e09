//! Reads specs, the lock and hardware profiles from YAML, and tells everything that is wrong with them, with file, line,
//! column and a snippet.
//!
//! Must not open files: the caller gives the text and the path to name in messages.

mod experiment;
mod lock;
mod node;
mod paper;
mod problem;
mod profile;
mod rules;

use serde::de::DeserializeOwned;
use serde_yaml::MessageFormatter;

use self::node::{Node, Place};
use self::problem::Problems;
pub use self::problem::{LoadError, Problem};
use crate::lock::Lock;
use crate::paper::Paper;
use crate::profile::HardwareProfile;

/// Reads a paper's `spec.yaml`. `path` is what messages call the file.
///
/// # Errors
/// The text is no YAML, has an unknown, repeated or missing key or a value of the wrong type (the first such place is
/// told); or it contradicts itself (all such places are told): repeated ids, references to nothing, a unit that is not
/// the metric's, a number out of range, a source without a place.
pub fn paper(text: &str, path: &str) -> Result<Paper, LoadError> {
    read(text, path, paper::check)
}

/// Reads `datasets.lock`. `path` is what messages call the file.
///
/// # Errors
/// As [`paper`]: what YAML and the types refuse, and then everything that contradicts itself: repeated ids or paths,
/// hashes that are none or that disagree, paths that leave their folder, entries that nobody could get.
pub fn lock(text: &str, path: &str) -> Result<Lock, LoadError> {
    read(text, path, lock::check)
}

/// Reads a hardware profile, `harness/profiles/<id>.yaml`. `path` is what messages call the file.
///
/// # Errors
/// As [`paper`]: what YAML and the types refuse, and numbers that are not positive.
pub fn profile(text: &str, path: &str) -> Result<HardwareProfile, LoadError> {
    read(text, path, profile::check)
}

/// Reads a paper's `spec.yaml` and checks also that the data sets and weights it names are in `lock`.
///
/// # Errors
/// As [`paper`]; and a data set, an entry or a file of weights that the lock does not hold.
pub fn paper_with_lock(text: &str, path: &str, lock: &Lock) -> Result<Paper, LoadError> {
    read(text, path, |paper: &Paper, node, problems| {
        paper::check(paper, node, problems);
        paper::check_against(paper, lock, node, problems);
    })
}

/// Parses twice: once into the type, once into places. The second pass runs only on a text that the first accepts, so
/// that its depth is bounded by the type.
fn read<T: DeserializeOwned>(
    text: &str,
    path: &str,
    check: impl FnOnce(&T, &Node, &mut Problems<'_>),
) -> Result<T, LoadError> {
    let mut problems = Problems::new(text);
    let value: T = match serde_yaml::from_str_with_options(text, options()) {
        Ok(value) => value,
        Err(error) => {
            problems.add(place(&error), message(&error));
            return Err(problems.into_error(path));
        }
    };
    match serde_yaml::from_str_with_options::<Node>(text, options()) {
        Ok(node) => check(&value, &node, &mut problems),
        Err(error) => problems.add(place(&error), message(&error)),
    }
    if problems.is_empty() { Ok(value) } else { Err(problems.into_error(path)) }
}

fn options() -> serde_yaml::Options {
    serde_yaml::options! {
        duplicate_keys: serde_yaml::DuplicateKeyPolicy::Error,
        merge_keys: serde_yaml::options::MergeKeyPolicy::Error,
        strict_booleans: true,
        strict_indentation: true,
        reject_unsupported_tags: true,
        non_finite_float_policy: serde_yaml::options::NonFiniteFloatPolicy::PassThrough,
        with_snippet: false,
    }
}

fn place(error: &serde_yaml::Error) -> Place {
    error.location().map_or(Place::START, Place::from)
}

fn message(error: &serde_yaml::Error) -> String {
    let text = serde_yaml::UserMessageFormatter.format_message(error.without_snippet());
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
