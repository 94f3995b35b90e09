//! Whether every file that a record announces is there and is the announced one, and gives the scores kept beside it.
//!
//! Must not look at what was asked for: `consistency` does.

use super::{Findings, Severity};
use crate::announced;
use crate::rescore::{self, FileScores};
use crate::store::{Run, SCORES};

pub(super) fn check(run: &Run, findings: &mut Findings<'_>) {
    let kept = rescore::stored(run).unwrap_or_else(|error| {
        findings.add(Severity::Error, error.to_string());
        Vec::new()
    });
    for file in &run.outcomes {
        match FileScores::of(run, file) {
            Ok(now) => {
                if let Some(then) = kept.iter().find(|kept| kept.is_of(file)).filter(|then| **then != now) {
                    let [now, then] = [&now, then].map(in_words);
                    let (network, data, protocol) = (&file.network, &file.data, &file.protocol);
                    let message = format!("{network}, {protocol} on {data}: {now}; {} says {then}", SCORES);
                    findings.add(Severity::Error, message);
                }
            }
            Err(error) => findings.add(Severity::Error, error.to_string()),
        }
    }
    let curves = run.curves.iter().map(|curve| (&curve.file, &curve.sha256));
    let (gone, there): (Vec<_>, Vec<_>) =
        run.pictures.iter().partition(|picture| picture.private && !run.dir.join(&picture.file).exists());
    for picture in gone {
        findings.add(Severity::Note, format!("{} shows what may not be passed on, and is not here", picture.file));
    }
    let pictures = there.into_iter().map(|picture| (&picture.file, &picture.sha256));
    for (file, sha256) in curves.chain(pictures) {
        if let Err(error) = announced::read(&run.dir, file, sha256) {
            findings.add(Severity::Error, error.to_string());
        }
    }
}

/// How many files the record announces.
pub(super) fn announced(run: &Run) -> usize {
    let examples: std::collections::BTreeSet<_> =
        run.outcomes.iter().filter_map(|file| file.examples.as_ref()).map(|examples| &examples.file).collect();
    run.outcomes.len() + examples.len() + run.curves.len() + run.pictures.len()
}

fn in_words(scores: &FileScores) -> String {
    let words = scores.scores.iter().map(|score| match score.correct {
        Some(correct) => format!("{} {} ({correct} of {} right)", score.metric, score.value, score.n),
        None => format!("{} {} over {}", score.metric, score.value, score.n),
    });
    words.collect::<Vec<_>>().join(", ")
}
