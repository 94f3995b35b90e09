//! The newest value for each set of conditions, from predictions, outcomes and timings.
//!
//! Must not look at claims.

use std::collections::BTreeMap;

use spec::event::Outcomes;
use spec::job::Precision;
use spec::metric::{Metric, Unit};
use spec::record::DataIdentity;

use super::{Evidence, Scored, weights};
use crate::compare::Context;
use crate::outcomes::{self, OutcomesScore};
use crate::score::{Score, score};
use crate::stats::{CONFIDENCE, Mean, clopper_pearson};
use crate::store::{PredictionsFile, Run};
use crate::{Error, predictions};

/// Values of which only the newest counts.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key<'a> {
    network: &'a str,
    /// None for predictions, which give more than one metric.
    metric: Option<Metric>,
    data: &'a str,
    root: &'a str,
    protocol: &'a str,
    weights: &'a str,
    precision: Precision,
    /// Whether by the whole recipe, the steps, and the seed: another seed is another training.
    trained: Option<(bool, u64, u64)>,
}

/// The same for speed and memory: network, profile, arithmetic, batch.
type SpeedKey<'a> = (&'a str, &'a str, Precision, usize);

/// A file of either kind.
enum File<'a> {
    Predictions(&'a PredictionsFile),
    Outcomes(&'a Outcomes),
}

/// Collects the newest values, scores first. Reads only the files that count.
pub(in crate::compare) fn collect<'a>(context: &Context<'a>) -> Result<Vec<Evidence<'a>>, Error> {
    let mut newest: BTreeMap<Key<'_>, (&Run, File<'_>)> = BTreeMap::new();
    let mut speeds: BTreeMap<SpeedKey<'_>, &Run> = BTreeMap::new();
    for run in context.finished() {
        let settings = &run.plan.job.settings;
        for file in &run.outcomes {
            newest.insert(key_of_outcomes(context, run, file), (run, File::Outcomes(file)));
        }
        let Some(network) = run.plan.network.as_deref() else { continue };
        for file in &run.predictions {
            let key = Key {
                network,
                metric: None,
                data: &file.data,
                root: identity(run, &file.data).map_or("", |data| &data.root),
                protocol: &file.protocol,
                weights: weights(run),
                precision: settings.precision,
                trained: None,
            };
            newest.insert(key, (run, File::Predictions(file)));
        }
        if run.measurement("throughput.network").is_some() {
            speeds.insert((network, &run.plan.profile, settings.precision, settings.batch), run);
        }
    }
    let mut evidence = Vec::new();
    for (run, file) in newest.into_values() {
        match file {
            File::Predictions(file) => of_predictions(context, run, file, &mut evidence)?,
            File::Outcomes(file) => {
                let score = outcomes::score(&outcomes::read(&run.dir, file)?, file.metric);
                evidence.extend(of_outcomes(context, run, file, &score));
            }
        }
    }
    for run in speeds.into_values() {
        crate::compare::speed::measured(context, run, &mut evidence);
    }
    Ok(evidence)
}

fn key_of_outcomes<'a>(context: &Context<'a>, run: &'a Run, file: &'a Outcomes) -> Key<'a> {
    Key {
        network: &file.network,
        metric: Some(file.metric),
        data: &file.data,
        root: &file.root,
        protocol: &file.protocol,
        weights: loaded(context, run, file).unwrap_or_default(),
        precision: run.plan.job.settings.precision,
        trained: file.trained.as_ref().map(|trained| (trained.complete, trained.steps, run.plan.job.settings.seed)),
    }
}

fn of_predictions<'a>(
    context: &Context<'a>,
    run: &'a Run,
    file: &'a PredictionsFile,
    evidence: &mut Vec<Evidence<'a>>,
) -> Result<(), Error> {
    let Score { n, top1, top5 } = score(&predictions::read(&run.dir, file)?);
    if n == 0 {
        return Ok(());
    }
    let network = run.plan.network.as_deref().unwrap_or_default();
    let identity = identity(run, &file.data);
    let part_of = identity.and_then(|data| match &data.part_of {
        Some(part) => Some((part.whole.as_str(), part.of)),
        None => (file.count < data.images).then_some((data.id.as_str(), data.images)),
    });
    // On a set with few classes one answer counts, and papers call it the test error.
    let few = context.paper.networks.iter().any(|known| known.id == network && known.classes < 100);
    let counted: &[(Metric, u64)] =
        if few { &[(Metric::TestError, top1)] } else { &[(Metric::Top1Error, top1), (Metric::Top5Error, top5)] };
    for &(metric, correct) in counted {
        let scored = Scored {
            data: &file.data,
            protocol: &file.protocol,
            root: identity.map(|data| data.root.as_str()),
            count: file.count,
            n,
            correct: Some(correct),
            part_of,
            already_resized: identity.and_then(|data| data.already_resized.as_deref()),
            trained: None,
            weights: Some(weights(run)),
            experiment: false,
        };
        evidence.push(share(run, network, metric, n - correct, scored));
    }
    Ok(())
}

/// What one file of outcomes says; both confidences too, for errors. Nothing without examples.
pub(in crate::compare) fn of_outcomes<'a>(
    context: &Context<'a>,
    run: &'a Run,
    file: &'a Outcomes,
    score: &OutcomesScore,
) -> Vec<Evidence<'a>> {
    let made = context.paper.made.iter().find(|made| made.id == file.data);
    let part_of = match (&file.part_of, made) {
        (Some(part), _) => Some((part.whole.as_str(), part.of)),
        (None, Some(made)) => (file.count < made.count).then_some((made.id.as_str(), made.count)),
        (None, None) => None,
    };
    let scored = |n, correct| Scored {
        data: &file.data,
        protocol: &file.protocol,
        root: Some(&file.root),
        count: file.count,
        n,
        correct,
        part_of,
        already_resized: identity(run, &file.data).and_then(|data| data.already_resized.as_deref()),
        trained: file.trained.as_ref(),
        weights: loaded(context, run, file),
        experiment: true,
    };
    let network = file.network.as_str();
    let mut all = Vec::new();
    match score {
        OutcomesScore::Answers(answers) if answers.n > 0 => {
            let right = answers.n - answers.wrong;
            // Agreement is the one share that counts what is the same.
            let counted = if file.metric == Metric::Agreement { right } else { answers.wrong };
            all.push(share(run, network, file.metric, counted, scored(answers.n, Some(right))));
            if matches!(file.metric, Metric::TestError | Metric::RubbishError) {
                let means =
                    [(Metric::MeanConfidence, answers.confidence), (Metric::ConfidenceOnMistakes, answers.on_mistakes)];
                for (metric, mean) in means {
                    all.extend(mean.map(|mean| of_mean(run, network, metric, mean, scored(mean.n, None))));
                }
            }
        }
        OutcomesScore::Values(Some(mean)) => {
            all.push(of_mean(run, network, file.metric, *mean, scored(mean.n, None)));
        }
        OutcomesScore::Answers(_) | OutcomesScore::Values(None) => {}
    }
    all
}

/// A share of `scored.n` examples, in percent.
fn share<'a>(run: &'a Run, network: &'a str, metric: Metric, counted: u64, scored: Scored<'a>) -> Evidence<'a> {
    let interval = clopper_pearson(counted, scored.n, CONFIDENCE);
    Evidence {
        run,
        network,
        metric,
        value: 100.0 * counted as f64 / scored.n as f64,
        unit: Unit::Percent,
        low: Some(100.0 * interval.low),
        high: Some(100.0 * interval.high),
        scored: Some(scored),
        part: None,
    }
}

/// A mean in the metric's unit; confidences become percent, and end at 0 and 100.
fn of_mean<'a>(run: &'a Run, network: &'a str, metric: Metric, mean: Mean, scored: Scored<'a>) -> Evidence<'a> {
    let unit = metric.units().first().copied().unwrap_or(Unit::Ratio);
    let percent = unit == Unit::Percent;
    let shown = |value: f64| if percent { 100.0 * value } else { value };
    let end = |value: f64| if percent { shown(value).clamp(0.0, 100.0) } else { value };
    let interval = mean.interval(CONFIDENCE);
    Evidence {
        run,
        network,
        metric,
        value: shown(mean.value),
        unit,
        low: interval.map(|interval| end(interval.low)),
        high: interval.map(|interval| end(interval.high)),
        scored: Some(scored),
        part: None,
    }
}

/// What the plan knows about that data.
fn identity<'a>(run: &'a Run, data: &str) -> Option<&'a DataIdentity> {
    run.plan.data.as_ref().filter(|known| known.id == data)
}

/// The weights that the network of these outcomes was loaded from: the experiment's for that network, else the job's.
fn loaded<'a>(context: &Context<'a>, run: &'a Run, file: &Outcomes) -> Option<&'a str> {
    if file.trained.is_some() {
        return None;
    }
    let fits = |id: &str| context.paper.weights.iter().any(|w| w.id == id && w.network == file.network);
    let of_stage = run.experiment().into_iter().flat_map(|stage| &stage.weights).map(|weights| weights.id.as_str());
    let of_job = run.plan.job.weights.as_ref().map(|weights| weights.id.as_str());
    of_stage.chain(of_job).find(|id| fits(id))
}
