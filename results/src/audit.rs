//! Checks a folder of runs: is every record whole, consistent, and about the bytes it names.
//!
//! Must not repair anything.

mod conditions;
mod consistency;
mod files;
mod sealed;

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;
use spec::lock::Lock;

use crate::Error;
use crate::contradictions;
use crate::store::{Run, Runs, Status, folder_name};

/// What the records are checked against. Everything is optional: what is absent is not checked.
#[derive(Debug, Clone, Default)]
pub struct Current {
    /// SHA-256 of each paper's spec as it is now, by paper id.
    pub specs: BTreeMap<String, String>,
    /// SHA-256 of the lock's text as it is now.
    pub lock_sha256: Option<String>,
    /// The lock as it is now.
    pub lock: Option<Lock>,
}

/// One thing that the audit found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The run's id, or the folder's name where it cannot be read.
    pub run: String,
    /// How bad it is.
    pub severity: Severity,
    /// What, where, and what to do where that helps.
    pub message: String,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Good to know; nothing is wrong with the record.
    Note,
    /// The numbers stand, but a condition has changed or is missing.
    Warning,
    /// The record contradicts itself or its files; its numbers must not be used.
    Error,
}

impl std::fmt::Display for Severity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        })
    }
}

/// Findings about one run, as they come.
struct Findings<'a> {
    run: &'a str,
    all: Vec<Finding>,
}

impl Findings<'_> {
    fn add(&mut self, severity: Severity, message: impl Into<String>) {
        self.all.push(Finding { run: self.run.to_owned(), severity, message: message.into() });
    }

    fn add_unless(&mut self, good: bool, severity: Severity, message: impl FnOnce() -> String) {
        if !good {
            self.add(severity, message());
        }
    }
}

/// What an audit looked at, and what it found.
#[derive(Debug, Default)]
pub struct Audited {
    /// Records that could be read, or not.
    pub records: usize,
    /// Files that records announce: outcomes, examples, curves, pictures.
    pub files: usize,
    /// Runs by time, and what was found about each in the order of the checks.
    pub findings: Vec<Finding>,
}

/// Checks every run in that folder, or the run whose own folder it is.
///
/// # Errors
/// When the folder itself cannot be read.
pub fn audit(folder: &Path, current: &Current) -> Result<Audited, Error> {
    let listing = Runs::at(folder).list()?;
    let mut all = Vec::new();
    let records = listing.runs.len() + listing.unreadable.len();
    let files = listing.runs.iter().map(files::announced).sum();
    for foreign in listing.foreign {
        let run = folder_name(&foreign);
        let message = "it is no run's folder (neither plan.json nor events.jsonl), and was passed over".to_owned();
        all.push(Finding { run, severity: Severity::Note, message });
    }
    for unreadable in listing.unreadable {
        let run = unreadable.run();
        all.push(Finding { run, severity: Severity::Error, message: unreadable.error.to_string() });
    }
    for run in &listing.runs {
        all.append(&mut of_run(run, current));
    }
    Ok(Audited { records, files, findings: all })
}

/// What is found about one run, in the order of the checks.
#[must_use]
pub fn of_run(run: &Run, current: &Current) -> Vec<Finding> {
    let mut findings = Findings { run: run.id(), all: Vec::new() };
    ending(run, &mut findings);
    consistency::check(run, &mut findings);
    for contradiction in contradictions::of(run) {
        findings.add(Severity::Error, contradiction.message);
    }
    conditions::check(run, current, &mut findings);
    files::check(run, &mut findings);
    sealed::check(run, &mut findings);
    findings.all
}

fn ending(run: &Run, findings: &mut Findings<'_>) {
    match &run.status {
        Status::Finished => {}
        Status::Failed { kind, message } => {
            findings.add(Severity::Note, format!("the run failed ({kind}): {message}"));
        }
        Status::Incomplete if run.is_going_on() => findings.add(Severity::Note, "the run is still going on"),
        Status::Incomplete => findings.add(
            Severity::Warning,
            "the story has no last line: everything was killed at once; its measurements are not used",
        ),
    }
    if let Some(last) = run.resumed.last() {
        let times = match run.resumed.len() {
            1 => "once".to_owned(),
            times => format!("{times} times"),
        };
        let message = format!("went on from a checkpoint {times}, last {} from step {}", last.what, last.step);
        findings.add(Severity::Note, message);
    }
    for note in &run.notes {
        findings.add(Severity::Note, note.clone());
    }
}
