//! Closes finished records that have no seal: older ones, and those whose process was killed just then.
//!
//! Must not seal what an audit finds an error in: a seal says that a record has not changed since, and would make of a
//! changed one a whole one.

use std::path::Path;

use crate::audit::{self, Current, Severity};
use crate::store::{self, Run, Runs};
use crate::{Error, Problem, rescore};

/// A record that was closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// The run's id.
    pub run: String,
    /// The record's root hash.
    pub root: String,
}

/// What became of a folder of records.
#[derive(Debug, Default)]
pub struct Sealing {
    /// Records that were closed now.
    pub closed: Vec<Closed>,
    /// How many were closed before.
    pub before: usize,
    /// How many have not finished.
    pub unfinished: usize,
    /// Records that could not be read, and those that were left open for what is wrong with them.
    pub problems: Vec<Problem>,
    /// Records that were looked at.
    pub records: usize,
}

/// Closes every finished record in that folder, or the record whose own folder it is. Scores that were never kept are kept
/// first.
///
/// # Errors
/// When the folder itself cannot be read. What is wrong with one record is among the problems.
pub fn seal(folder: &Path) -> Result<Sealing, Error> {
    let listing = Runs::at(folder).list()?;
    let mut all = Sealing { records: listing.runs.len() + listing.unreadable.len(), ..Sealing::default() };
    let mut open = Vec::new();
    for unreadable in &listing.unreadable {
        match &unreadable.error {
            Error::NoSeal(_) => open.push(Run::open_unsealed(&unreadable.dir)?),
            _ => all.problems.push(Problem::from(unreadable)),
        }
    }
    for run in listing.runs {
        match (&run.seal, run.is_finished()) {
            (Some(_), _) => all.before += 1,
            (None, false) => all.unfinished += 1,
            // Of an older format, which had no seals.
            (None, true) => open.push(run),
        }
    }
    for run in &open {
        match one(run) {
            Ok(Ok(root)) => all.closed.push(Closed { run: run.id().to_owned(), root }),
            Ok(Err(wrong)) => all.problems.extend(wrong),
            Err(error) => all.problems.push(Problem::of(run, error.to_string())),
        }
    }
    Ok(all)
}

/// The root hash of the record closed now, or why it is left open.
fn one(run: &Run) -> Result<Result<String, Vec<Problem>>, Error> {
    let findings = audit::of_run(run, &Current::default()).into_iter();
    let errors = findings.filter(|finding| finding.severity == Severity::Error);
    let wrong: Vec<Problem> = errors.map(|finding| Problem::of(run, finding.message)).collect();
    if !wrong.is_empty() {
        return Ok(Err(wrong));
    }
    let wrong = rescore::keep(run)?;
    Ok(if wrong.is_empty() { Ok(store::seal(run)?) } else { Err(wrong) })
}
