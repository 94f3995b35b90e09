//! Whether every file that a record announces is there and is the announced one, and gives the scores kept beside it.
//!
//! Must not look at what was asked for: `consistency` does.

use super::{Findings, Severity};
use crate::outcomes::{self, OutcomesScore};
use crate::rescore::{self, FileScore, Scores};
use crate::score::score;
use crate::stats::Mean;
use crate::store::Run;
use crate::{announced, predictions};

pub(super) fn check(run: &Run, findings: &mut Findings<'_>) {
    let kept = rescore::stored(run).unwrap_or_else(|error| {
        findings.add(Severity::Error, error.to_string());
        Scores::default()
    });
    stored_predictions(run, &kept, findings);
    stored_outcomes(run, &kept, findings);
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

/// Hash and count of the predictions, and the scores kept beside them.
fn stored_predictions(run: &Run, kept: &Scores, findings: &mut Findings<'_>) {
    for file in &run.predictions {
        let now = match predictions::read(&run.dir, file) {
            Ok(predictions) => score(&predictions),
            Err(error) => {
                findings.add(Severity::Error, error.to_string());
                continue;
            }
        };
        let same = |kept: &&FileScore| kept.data == file.data && kept.protocol == file.protocol;
        if let Some(kept) = kept.predictions.iter().find(same).filter(|kept| kept.score != now) {
            findings.add(
                Severity::Error,
                format!(
                    "{} on {}: {} and {} of {} right (top-1, top-5), {} says {} and {} of {}",
                    file.protocol,
                    file.data,
                    now.top1,
                    now.top5,
                    now.n,
                    rescore::SCORES,
                    kept.score.top1,
                    kept.score.top5,
                    kept.score.n
                ),
            );
        }
    }
}

/// The same for outcomes.
fn stored_outcomes(run: &Run, kept: &Scores, findings: &mut Findings<'_>) {
    for file in &run.outcomes {
        let now = match outcomes::read(&run.dir, file) {
            Ok(table) => outcomes::score(&table, file.metric),
            Err(error) => {
                findings.add(Severity::Error, error.to_string());
                continue;
            }
        };
        if let Some(kept) = kept.of_outcomes(file).filter(|kept| kept.score != now) {
            let (network, metric, data, protocol) = (&file.network, file.metric, &file.data, &file.protocol);
            let [now, then] = [&now, &kept.score].map(in_words);
            findings.add(
                Severity::Error,
                format!("{metric} of {network}, {protocol} on {data}: {now}; {} says {then}", rescore::SCORES),
            );
        }
    }
}

fn in_words(score: &OutcomesScore) -> String {
    let mean = |mean: &Option<Mean>| mean.map_or("none".to_owned(), |mean| format!("{} of {}", mean.value, mean.n));
    match score {
        OutcomesScore::Answers(answers) => format!(
            "{} of {} wrong, mean confidence {}, on mistakes {}",
            answers.wrong,
            answers.n,
            mean(&answers.confidence),
            mean(&answers.on_mistakes)
        ),
        OutcomesScore::Values(value) => format!("mean {}", mean(value)),
    }
}
