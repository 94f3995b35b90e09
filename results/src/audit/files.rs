//! Whether every file that a record announces is there and is the announced one, and gives the scores kept beside it.
//!
//! Must not look at what was asked for: `consistency` does.

use std::collections::BTreeSet;

use super::{Findings, Severity};
use crate::rescore::{self, FileScores};
use crate::store::{EVENTS, HEADER, LOG, Run, SCORES};

pub(super) fn check(run: &Run, findings: &mut Findings<'_>) {
    let kept = rescore::stored(run).unwrap_or_else(|error| {
        findings.add(Severity::Error, error.to_string());
        None
    });
    if run.is_finished() && !run.outcomes.is_empty() && !run.dir.join(SCORES).exists() {
        findings.add(Severity::Warning, format!("{SCORES} is missing: nothing says what the scores first came to"));
    }
    for file in &run.outcomes {
        match FileScores::of(run, file) {
            Ok(now) => {
                let (network, data, protocol) = (&file.network, &file.data, &file.protocol);
                let what = format!("{network}, {protocol} on {data}: {}", in_words(&now));
                match kept.as_ref().map(|kept| kept.iter().find(|kept| kept.is_of(file))) {
                    Some(Some(then)) if *then != now => {
                        findings.add(Severity::Error, format!("{what}; {SCORES} says {}", in_words(then)));
                    }
                    Some(None) => findings.add(Severity::Error, format!("{what}; {SCORES} has no scores of it")),
                    _ => {}
                }
            }
            Err(error) => findings.add(Severity::Error, error.to_string()),
        }
    }
    for picture in run.pictures.iter().filter(|picture| picture.private && !run.dir.join(&picture.file).exists()) {
        let message = format!("{} shows what may not be passed on, and is not here", picture.file);
        findings.add(Severity::Note, message);
    }
    for file in &run.twice {
        findings.add(Severity::Error, format!("{EVENTS} announces {file} twice"));
    }
    if run.is_finished() {
        strangers(run, findings);
    }
}

/// Files of the run's folder that nothing in the record tells of.
fn strangers(run: &Run, findings: &mut Findings<'_>) {
    let mut told: BTreeSet<&str> = [HEADER, EVENTS, SCORES, LOG].into();
    told.extend(run.outcomes.iter().map(|file| file.file.as_str()));
    told.extend(examples(run));
    told.extend(run.curves.iter().map(|curve| curve.file.as_str()));
    told.extend(run.pictures.iter().map(|picture| picture.file.as_str()));
    let Ok(entries) = fs_err::read_dir(&run.dir) else { return };
    let mut names: Vec<String> =
        entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.retain(|name| !told.contains(name.as_str()) && !name.starts_with('.'));
    names.sort();
    for name in names {
        let announced = ["outcomes-", "examples-", "curve-", "picture-"].iter().any(|kind| name.starts_with(kind));
        if announced {
            let message =
                format!("no event announces {name}: a line of {EVENTS} was taken out, or the file is another run's");
            findings.add(Severity::Error, message);
        } else {
            findings.add(Severity::Note, format!("{name} is in the run's folder and not of its record"));
        }
    }
}

/// How many files the record announces.
pub(super) fn announced(run: &Run) -> usize {
    run.outcomes.len() + examples(run).len() + run.curves.len() + run.pictures.len()
}

/// The files of examples, each once.
fn examples(run: &Run) -> BTreeSet<&str> {
    run.outcomes.iter().filter_map(|file| file.examples.as_ref()).map(|examples| examples.file.as_str()).collect()
}

fn in_words(scores: &FileScores) -> String {
    let words = scores.scores.iter().map(|score| match score.correct {
        Some(correct) => format!("{} {} ({correct} of {} right)", score.metric, score.value, score.n),
        None => format!("{} {} over {}", score.metric, score.value, score.n),
    });
    words.collect::<Vec<_>>().join(", ")
}
