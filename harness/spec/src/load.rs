//! Reads specs, the lock and hardware profiles from YAML, and tells everything that is wrong with them, with file, line,
//! column and a snippet.
//!
//! Must not open files: the caller gives the text and the path to name in messages.

mod cited;
mod experiment;
mod imported;
mod lock;
mod node;
mod paper;
mod part;
mod problem;
mod profile;
mod rules;
mod table;

use serde::de::DeserializeOwned;
use serde_yaml::MessageFormatter;

use self::node::{Node, Place};
pub use self::part::{Findings, Step, part};
use self::problem::Problems;
pub use self::problem::{LoadError, Problem};
use crate::lock::Lock;
use crate::metric::MetricInfo;
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

/// What a spec is checked against beyond itself. What is absent is not checked.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known<'a> {
    /// The data sets and weights that it may name.
    pub lock: Option<&'a Lock>,
    /// The metrics of tasks that its claims may be about, besides those of [`crate::metric::GENERAL`].
    pub metrics: Option<&'a [MetricInfo]>,
}

/// Reads a paper's `spec.yaml` and checks also that what it names is `known`.
///
/// # Errors
/// As [`paper`]; and a data set, an entry or a file of weights that the lock does not hold, or a metric that no task has.
pub fn paper_with(text: &str, path: &str, known: Known<'_>) -> Result<Paper, LoadError> {
    read(text, path, |paper: &Paper, node, problems| {
        paper::check(paper, node, problems);
        if let Some(lock) = known.lock {
            paper::check_against(paper, lock, node, problems);
        }
        if let Some(metrics) = known.metrics {
            paper::check_metrics(paper, metrics, node, problems);
        }
    })
}

/// Parses into the type and checks the value. Only where something is wrong with it is the text parsed again, into places, and
/// checked with those: places cost as much as the values. That pass runs only on a text that the type accepts, so that its
/// depth is bounded by the type.
fn read<T: DeserializeOwned>(
    text: &str,
    path: &str,
    check: impl Fn(&T, &Node, &mut Problems<'_>),
) -> Result<T, LoadError> {
    let mut problems = Problems::new(text);
    if let Some(place) = lone_return(text) {
        problems.add(place, "a carriage return where no line ends; save the file with plain line ends (`\\n`)");
        return Err(problems.into_error(path));
    }
    let value: T = match serde_yaml::from_str_with_options(text, options()) {
        Ok(value) => value,
        Err(error) => {
            problems.add(place(&error), message(&error));
            return Err(problems.into_error(path));
        }
    };
    let mut unplaced = Problems::new(text);
    check(&value, &Node::unplaced(), &mut unplaced);
    if unplaced.is_empty() {
        return Ok(value);
    }
    match serde_yaml::from_str_with_options::<Node>(text, options()) {
        Ok(node) => check(&value, &node, &mut problems),
        Err(error) => problems.add(place(&error), message(&error)),
    }
    Err(problems.into_error(path))
}

/// The first carriage return without a line feed. YAML counts it as the end of a line, editors and this crate's snippets do
/// not, so every place behind it would be told wrongly.
fn lone_return(text: &str) -> Option<Place> {
    let at = text.match_indices('\r').map(|(at, _)| at).find(|at| !text[at + 1..].starts_with('\n'))?;
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let line = 1 + text[..start].matches('\n').count() as u64;
    Some(Place { line, column: 1 + text[start..at].chars().count() as u64, length: 1 })
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
