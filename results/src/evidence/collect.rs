//! The newest value for each set of conditions, from outcomes and timings. A file that cannot be read is named, and the
//! newest before it counts in its place; so is a score that is no number.
//!
//! Must not look at claims.

use std::collections::BTreeMap;

use spec::event::Outcomes;
use spec::job::Precision;
use spec::metric::{Metric, Unit};

use super::{Evidence, Scored, Trainer, arithmetic};
use crate::context::Context;
use crate::problem::{Damage, Problem};
use crate::store::{Run, model_id};
use crate::tasks::{self, Score};

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Found<'a> {
    /// Values, scores first.
    pub(crate) evidence: Vec<Evidence<'a>>,
    /// Scores that this machine cannot tell, without a value, each with the reason.
    pub(crate) lacking: Vec<(Evidence<'a>, String)>,
    /// Files that could not be read.
    pub(crate) damages: Vec<Damage<'a>>,
}

/// Values of which only the newest counts.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key<'a> {
    network: &'a str,
    task: &'a str,
    metric: Option<Metric>,
    data: &'a str,
    root: &'a str,
    protocol: &'a str,
    /// Weights, or who imported.
    model: Option<&'a str>,
    precision: Option<Precision>,
    /// How it was trained, by which recipe and with which settings: another seed, device or batch is another training.
    trained: Option<(bool, u64, &'a str, String)>,
    /// By which code, on which machine: seeds are grouped by it.
    trainer: Option<String>,
}

/// The same for speed and memory: network, profile, arithmetic, batch.
type SpeedKey<'a> = (&'a str, &'a str, Precision, usize);

/// Collects the newest values. Reads only the files that count.
pub(crate) fn collect<'a>(context: &Context<'a>) -> Found<'a> {
    let mut files: BTreeMap<Key<'_>, Vec<(&Run, &Outcomes)>> = BTreeMap::new();
    let mut speeds: BTreeMap<SpeedKey<'_>, &Run> = BTreeMap::new();
    for run in context.finished() {
        let settings = &run.header.settings;
        for file in &run.outcomes {
            files.entry(key(run, file)).or_default().push((run, file));
        }
        let Some(network) = run.header.subject.as_deref() else { continue };
        if run.measurement("throughput.network").is_some() {
            speeds.insert((network, &run.header.profile, settings.precision, settings.batch), run);
        }
    }
    let mut found = Found::default();
    // Of the same training made again, the newest has a row of its own.
    let mut latest: BTreeMap<Key<'_>, (&str, &str)> = BTreeMap::new();
    let mut read = Vec::new();
    for (key, files) in files {
        // The newest that can be read.
        for (run, file) in files.into_iter().rev() {
            match tasks::from_run(run, file) {
                Ok(table) => {
                    let again = Key { trainer: None, ..key };
                    let time = (run.header.time.as_str(), run.id());
                    let before = latest.entry(again.clone()).or_insert(time);
                    *before = time.max(*before);
                    read.push((again, run, file, table));
                    break;
                }
                Err(error) => {
                    let problem = Problem::of(run, error.to_string());
                    found.damages.push(Damage { problem, files: vec![file] });
                }
            }
        }
    }
    for (key, run, file, table) in read {
        let superseded = latest.get(&key).is_some_and(|time| *time != (run.header.time.as_str(), run.id()));
        for (metric, reason) in file.metrics.iter().filter_map(|metric| Some((*metric, lacking(file, *metric)?))) {
            let none = Score::whole(metric, Unit::Percent, table.len(), f64::NAN);
            found.lacking.push((Evidence { superseded, ..of_score(context, run, file, &none) }, reason));
        }
        for score in file.metrics.iter().filter_map(|metric| table.score(*metric)) {
            if score.value.is_finite() {
                found.evidence.push(Evidence { superseded, ..of_score(context, run, file, &score) });
            } else {
                let path = run.dir.join(&file.file);
                let message = format!("{}: the {} comes to no finite number", path.display(), score.metric);
                found.damages.push(Damage { problem: Problem::of(run, message), files: vec![file] });
            }
        }
    }
    for run in speeds.into_values() {
        super::speeds::measured(context, run, &mut found.evidence);
    }
    found
}

/// Why a metric of a file cannot be told on this machine.
fn lacking(file: &Outcomes, metric: Metric) -> Option<String> {
    tasks::task(&file.task)?.lacking(metric)
}

fn key<'a>(run: &'a Run, file: &'a Outcomes) -> Key<'a> {
    let settings = &run.header.settings;
    let recipe = run.header.training.as_ref().map_or("", |training| &training.recipe_sha256);
    Key {
        network: &file.network,
        task: &file.task,
        metric: file.metrics.first().copied(),
        data: &file.data,
        root: &file.root,
        protocol: &file.protocol,
        model: model_id(&file.model),
        precision: arithmetic(run, Some(file)),
        trained: file.model.trained().map(|t| (t.complete, t.steps, recipe, format!("{settings:?}"))),
        trainer: file.model.trained().map(|_| format!("{:?}", Trainer::of(run))),
    }
}

/// A score with the conditions of its file.
pub(crate) fn of_score<'a>(context: &Context<'a>, run: &'a Run, file: &'a Outcomes, score: &Score) -> Evidence<'a> {
    let generated = context.paper.generated.iter().find(|generated| generated.id == file.data);
    let part_of = match (&file.part_of, generated) {
        // A list of a set that is named by itself may be all there.
        (Some(part), _) => (file.count < part.of).then_some((part.whole.as_str(), part.of)),
        (None, Some(whole)) => (file.count < whole.count).then_some((whole.id.as_str(), whole.count)),
        (None, None) => {
            let known = run.data(&file.data);
            known.filter(|data| file.count < data.images).map(|data| (data.id.as_str(), data.images))
        }
    };
    let scored = Scored { file, n: score.n, correct: score.correct, part_of };
    Evidence::from_score(run, &file.network, score, scored)
}
