//! What the finished runs of a paper measured: the newest value for each set of conditions.
//!
//! Must not look at what is claimed, but for how well a value fits a claim.

use std::collections::BTreeMap;

use spec::claim::Claim;
use spec::job::Precision;
use spec::metric::{Metric, Unit};
use spec::record::DataIdentity;

use super::{Context, empty_row};
use crate::row::Row;
use crate::score::{Score, score};
use crate::stats::{CONFIDENCE, clopper_pearson};
use crate::store::{PredictionsFile, Run};
use crate::{Error, predictions};

/// One measured value with its conditions.
pub(super) struct Evidence<'a> {
    pub(super) run: &'a Run,
    pub(super) network: &'a str,
    pub(super) metric: Metric,
    pub(super) value: f64,
    pub(super) unit: Unit,
    pub(super) low: Option<f64>,
    pub(super) high: Option<f64>,
    /// Set for scores.
    pub(super) scored: Option<Scored<'a>>,
    /// Which memory, for a peak.
    pub(super) part: Option<&'static str>,
}

/// The conditions of a score.
pub(super) struct Scored<'a> {
    pub(super) file: &'a PredictionsFile,
    pub(super) correct: u64,
}

/// Values of which only the newest counts: a score's network, data, root hash, protocol, weights and arithmetic.
type ScoreKey<'a> = (&'a str, &'a str, &'a str, &'a str, &'a str, Precision);
/// The same for speed and memory: network, profile, arithmetic, batch, and whether weights were real.
type SpeedKey<'a> = (&'a str, &'a str, Precision, usize);

/// Collects the newest values, scores first. Reads only the predictions that count.
pub(super) fn collect<'a>(context: &Context<'a>) -> Result<Vec<Evidence<'a>>, Error> {
    let mut runs: Vec<&Run> =
        context.runs.iter().filter(|run| run.plan.paper == context.paper.id && run.is_finished()).collect();
    runs.sort_by_key(|run| (&run.plan.time, &run.plan.run));
    let mut scores: BTreeMap<ScoreKey<'_>, (&Run, &PredictionsFile)> = BTreeMap::new();
    let mut speeds: BTreeMap<SpeedKey<'_>, &Run> = BTreeMap::new();
    for run in runs {
        let Some(network) = run.plan.network.as_deref() else { continue };
        let settings = &run.plan.job.settings;
        for file in &run.predictions {
            let root = identity(run, file).map_or("", |data| &data.root);
            let key = (network, file.data.as_str(), root, file.protocol.as_str(), weights(run), settings.precision);
            scores.insert(key, (run, file));
        }
        if run.measurement("throughput.network").is_some() {
            speeds.insert((network, &run.plan.profile, settings.precision, settings.batch), run);
        }
    }
    let mut evidence = Vec::new();
    for (key, (run, file)) in scores {
        let score = score(&predictions::read(&run.dir, file)?);
        if score.n == 0 {
            continue;
        }
        // On a set with few classes one answer counts, and papers call it the test error.
        let few = context.paper.networks.iter().any(|network| network.id == key.0 && network.classes < 100);
        if few {
            evidence.push(error_of(run, file, Metric::TestError, score, score.top1));
        } else {
            evidence.push(error_of(run, file, Metric::Top1Error, score, score.top1));
            evidence.push(error_of(run, file, Metric::Top5Error, score, score.top5));
        }
    }
    for run in speeds.into_values() {
        super::speed::measured(context, run, &mut evidence);
    }
    Ok(evidence)
}

fn error_of<'a>(run: &'a Run, file: &'a PredictionsFile, metric: Metric, score: Score, correct: u64) -> Evidence<'a> {
    let wrong = score.n - correct;
    let interval = clopper_pearson(wrong, score.n, CONFIDENCE);
    Evidence {
        run,
        network: run.plan.network.as_deref().unwrap_or_default(),
        metric,
        value: 100.0 * wrong as f64 / score.n as f64,
        unit: Unit::Percent,
        low: Some(100.0 * interval.low),
        high: Some(100.0 * interval.high),
        scored: Some(Scored { file, correct }),
        part: None,
    }
}

/// The id of the run's weights; `random` where it had none.
pub(super) fn weights(run: &Run) -> &str {
    run.plan.job.weights.as_ref().map_or("random", |weights| &weights.id)
}

/// What the plan knows about the data of these predictions.
fn identity<'a>(run: &'a Run, file: &PredictionsFile) -> Option<&'a DataIdentity> {
    run.plan.data.as_ref().filter(|data| data.id == file.data)
}

/// Whether these weights are what the claim is about.
pub(super) fn weights_match(context: &Context<'_>, claim: &Claim, run: &Run) -> bool {
    let id = weights(run);
    if claim.weights.is_empty() {
        context.paper.weights.iter().any(|weights| weights.id == id && weights.paper)
    } else {
        claim.weights.iter().any(|wanted| wanted == id)
    }
}

/// How well a value fits a claim; the larger the better, first things first.
pub(super) type Fit<'a> = (u8, bool, bool, bool, bool, &'a str, &'a str);

impl<'a> Evidence<'a> {
    /// Which data the score is on, as far as the plan knows.
    pub(super) fn data(&self) -> Option<&'a DataIdentity> {
        self.scored.as_ref().and_then(|scored| identity(self.run, scored.file))
    }

    /// The size of the whole set when the score is on a part of it.
    pub(super) fn part_of(&self) -> Option<(&'a str, u64)> {
        let data = self.data()?;
        let count = self.scored.as_ref()?.file.count;
        match &data.part_of {
            Some(part) => Some((&part.whole, part.of)),
            None if count < data.images => Some((&data.id, data.images)),
            None => None,
        }
    }

    /// Whether the score is on all of the very data that the claim is about.
    pub(super) fn is_on_data_of(&self, claim: &Claim) -> bool {
        match &self.scored {
            // Data that the plan does not identify may be any part of what its name says.
            Some(scored) => {
                claim.data.as_deref() == Some(&scored.file.data) && self.data().is_some() && self.part_of().is_none()
            }
            // Speed has no data; its rows stand on their own.
            None => false,
        }
    }

    /// Whether the value is a score on data that are neither the claim's nor a part of them.
    pub(super) fn is_on_other_data_than(&self, claim: &Claim) -> bool {
        let is_part = || self.part_of().is_some_and(|(whole, _)| claim.data.as_deref() == Some(whole));
        self.scored.is_some() && !self.is_on_data_of(claim) && !is_part()
    }

    /// Equal data, then a part of it; equal protocol; equal weights; equal batch; plain single precision; the newest.
    pub(super) fn fit(&self, context: &Context<'_>, claim: &Claim) -> Fit<'a> {
        let data = if self.is_on_data_of(claim) { 2 } else { u8::from(!self.is_on_other_data_than(claim)) };
        let protocol = self.scored.as_ref().map(|scored| scored.file.protocol.as_str());
        let settings = &self.run.plan.job.settings;
        (
            data,
            claim.protocol.is_none() || protocol == claim.protocol.as_deref(),
            weights_match(context, claim, self.run),
            claim.batch.is_some_and(|batch| batch as usize == settings.batch),
            settings.precision == Precision::Fp32,
            &self.run.plan.time,
            &self.run.plan.run,
        )
    }

    /// Whether the value is worth a row without a claim. A time that follows from a throughput row is not.
    pub(super) fn stands_alone(&self) -> bool {
        self.metric != Metric::ForwardTime
    }

    /// The measured side of a row.
    pub(super) fn row(&self, context: &Context<'_>) -> Row {
        let file = self.scored.as_ref().map(|scored| scored.file);
        Row {
            id: self.id(context),
            network: self.network.to_owned(),
            value: Some(self.value).filter(|value| value.is_finite()),
            n: file.map(|file| file.count),
            correct: self.scored.as_ref().map(|scored| scored.correct),
            low: self.low.filter(|low| low.is_finite()),
            high: self.high.filter(|high| high.is_finite()),
            data: file.map(|file| file.data.clone()),
            protocol: file.map(|file| file.protocol.clone()),
            reason: None,
            variant: self.variant(),
            run: Some(self.run.plan.run.clone()),
            precision: Some(self.run.plan.job.settings.precision.to_string()),
            ..empty_row(self.metric, self.unit)
        }
    }

    fn variant(&self) -> Option<String> {
        if self.scored.is_some() {
            return None;
        }
        let conditions = format!("{}, batch {}", self.run.plan.profile, self.run.plan.job.settings.batch);
        Some(self.part.map_or(conditions.clone(), |part| format!("{part}, {conditions}")))
    }

    /// Unique among measured values, and the same whenever the same thing is measured again: what goes without saying
    /// (the network's first weights, fp32) is left out.
    fn id(&self, context: &Context<'_>) -> String {
        let metric = self.metric.to_string().replace(' ', "-");
        let mut id = format!("measured/{}/{metric}", self.network);
        let mut add = |part: &str| {
            id.push('/');
            id.push_str(part);
        };
        let settings = &self.run.plan.job.settings;
        if let Some(scored) = &self.scored {
            match self.data().filter(|data| data.id.starts_with("images:")) {
                // Two folders of one name, or one folder at two times, are not the same data.
                Some(own) => add(&format!("{}@{}", own.id, own.root.get(..8).unwrap_or(&own.root))),
                None => add(&scored.file.data),
            }
            add(&scored.file.protocol);
            let first = context.paper.weights.iter().find(|weights| weights.network == self.network);
            if first.is_none_or(|first| first.id != weights(self.run)) {
                add(weights(self.run));
            }
        } else {
            if let Some(part) = self.part {
                add(part);
            }
            add(&self.run.plan.profile);
            add(&format!("batch-{}", settings.batch));
        }
        if settings.precision != Precision::Fp32 {
            add(&settings.precision.to_string());
        }
        id
    }
}
