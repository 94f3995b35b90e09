//! Two networks that were tested on the same examples, compared example by example: claims that one errs more or less
//! than another, and pairs that a spec wants compared without a claim. The other network may be another paper's.
//!
//! Must not compare two scores that are not about the same bytes.

use std::collections::BTreeMap;

use spec::claim::Claim;
use spec::event::{Model, Outcomes};
use spec::imported::Tolerance;
use spec::job::Precision;
use spec::metric::Metric;

use crate::context::Context;
use crate::evidence::{Evidence, arithmetic, differences, of_score, set_of};
use crate::judge::trained::{DECIDING, Trainings, mean_of, standard_error, widened};
use crate::judge::{self, Judgement, fixed, gap, half_digit};
use crate::problem::{Damage, Problem};
use crate::row::{Row, Verdict};
use crate::stats::Interval;
use crate::store::Run;
use crate::tasks::decimals;
use crate::tasks::{self, Pairing};
use crate::words::{published, span};

/// A file of outcomes and its run.
type File<'a> = (&'a Run, &'a Outcomes);

/// What errors are paired by, the first that both files tell.
const ERRORS: [Metric; 2] = [Metric::TEST_ERROR, Metric::TOP_1_ERROR];

/// How far two models are apart by another metric, which is named with it. No claim is about it.
const DIFFERENCE: Metric = Metric::named("difference");

/// What two models may be compared by.
#[derive(Clone, Copy, PartialEq)]
enum By {
    /// Their errors: shares of the examples that were got wrong.
    Errors,
    /// What is asked first of their outcomes.
    First,
}

/// Which two networks, and on what as far as that is given.
#[derive(Clone, Copy)]
struct Wanted<'a> {
    network: &'a str,
    /// `paper/network`, or a network of this paper.
    versus: &'a str,
    data: Option<&'a str>,
    protocol: Option<&'a str>,
    by: By,
}

/// How far two networks are apart.
struct Difference<'a> {
    /// The difference with its interval.
    evidence: Evidence<'a>,
    /// The values that it is the difference of.
    errors: [Evidence<'a>; 2],
    pairing: Pairing,
    /// The other network's run, where it is another one.
    other_run: Option<&'a str>,
    /// How many tests there are of each that could be paired: one pair is compared.
    of: [usize; 2],
}

/// A difference beside a claim.
pub(super) struct Measured<'a> {
    pub(super) evidence: Evidence<'a>,
    pub(super) judgement: Judgement,
    /// How many trainings it is the mean over, where it is.
    pub(super) trainings: Option<u64>,
}

/// The difference of the two networks' errors, and how it compares with the claim; None when they were not both tested on
/// the same data. `all` is everything that was measured, for the other seeds.
pub(super) fn measure<'a>(
    context: &Context<'a>,
    claim: &'a Claim,
    versus: &'a str,
    all: &[Evidence<'_>],
    damages: &mut Vec<Damage<'a>>,
) -> Option<Measured<'a>> {
    let wanted = Wanted {
        network: &claim.network,
        versus,
        data: claim.data.as_deref(),
        protocol: claim.protocol.as_deref(),
        by: By::Errors,
    };
    let Difference { evidence, errors: [ours, theirs], pairing, other_run, of } = difference(context, wanted, damages)?;
    let mut unlike = differences(context, claim, &ours);
    for more in differences(context, claim, &theirs) {
        if !unlike.contains(&more) {
            unlike.push(format!("{versus}: {more}"));
        }
    }
    let seeds = Trainings { values: by_seed(all, &ours, &theirs), examples: None };
    if unlike.is_empty() && seeds.values.len() >= DECIDING {
        let mut judgement = judge::trained::judge(claim, &seeds);
        judgement.reason = format!("{}{}; of one pair: {}", judgement.reason, weights(&ours, &theirs), pairing.test);
        let interval = judge::trained::prediction(&seeds);
        let evidence = Evidence {
            value: mean_of(&seeds.values)?.value,
            low: interval.map(|interval| interval.low),
            high: interval.map(|interval| interval.high),
            ..evidence
        };
        return Some(Measured { evidence, judgement, trainings: Some(seeds.values.len() as u64) });
    }
    let mut judgement = judge(context, claim, &evidence, [&ours, &theirs], &unlike);
    judgement.reason.push_str(&weights(&ours, &theirs));
    judgement.reason.push_str(&left_out([&ours, &theirs], of, [&claim.network, versus]));
    if let Some(run) = other_run {
        judgement.reason = format!("{}; {versus} is from run {run}", judgement.reason);
    }
    judgement.reason = format!("{}; {}", judgement.reason, pairing.test);
    Some(Measured { evidence, judgement, trainings: None })
}

/// The difference in each run that trained what was trained of the two, where they differ in nothing but the seed. What was
/// not trained here is the same for all.
fn by_seed(all: &[Evidence<'_>], ours: &Evidence<'_>, theirs: &Evidence<'_>) -> Vec<f64> {
    let values = |of: &Evidence<'_>| -> BTreeMap<&str, f64> {
        all.iter().filter(|one| of.differs_by_seed(one)).map(|one| (one.run.id(), one.value)).collect()
    };
    match (is_trained(ours), is_trained(theirs)) {
        (true, true) => {
            let other = values(theirs);
            values(ours).into_iter().filter_map(|(run, value)| Some(value - other.get(run)?)).collect()
        }
        (true, false) => values(ours).into_values().map(|value| value - theirs.value).collect(),
        (false, true) => values(theirs).into_values().map(|value| ours.value - value).collect(),
        (false, false) => Vec::new(),
    }
}

/// Whose weights stand against whose, where they were not trained here.
fn weights(ours: &Evidence<'_>, theirs: &Evidence<'_>) -> String {
    let id = |evidence: &Evidence<'_>| match evidence.scored.as_ref().map(|scored| &scored.file.model) {
        Some(Model::Trained(_)) => Some("trained here".to_owned()),
        Some(model) => crate::store::model_id(model).map(str::to_owned),
        None => None,
    };
    let trained = is_trained(ours) && is_trained(theirs);
    match (id(ours), id(theirs)) {
        (Some(ours), Some(theirs)) if !trained => format!("; {ours} against {theirs}"),
        _ => String::new(),
    }
}

/// That one pair is compared where trainings would give more.
fn left_out(errors: [&Evidence<'_>; 2], of: [usize; 2], networks: [&str; 2]) -> String {
    let more = errors.into_iter().zip(of).zip(networks).filter(|((error, of), _)| is_trained(error) && *of > 1);
    let more: Vec<String> = more.map(|((_, of), network)| format!("{of} of {network}")).collect();
    match more.is_empty() {
        true => String::new(),
        false => format!("; of the trainings here ({}) only this pair is compared", more.join(", ")),
    }
}

fn is_trained(error: &Evidence<'_>) -> bool {
    error.scored.as_ref().is_some_and(|scored| scored.trained().is_some())
}

/// A difference of a pair of which one was trained here is one draw, and so is the paper's: it can be consistent with the claim, not more. Where
/// neither was trained here, both errors are fixed, and each may be off by its tolerance.
fn judge(
    context: &Context<'_>,
    claim: &Claim,
    evidence: &Evidence<'_>,
    errors: [&Evidence<'_>; 2],
    unlike: &[String],
) -> Judgement {
    if !unlike.is_empty() {
        return gap::judge(claim, evidence.value, evidence.interval(), unlike);
    }
    let trained = errors.iter().filter(|error| is_trained(error)).count();
    if trained == 0 {
        let tolerances = errors.into_iter().filter_map(|error| error.tolerance(context));
        let tolerance = tolerances.cloned().reduce(|one, other| Tolerance {
            points: one.points + other.points,
            source: if one.source == other.source { one.source } else { format!("{}; {}", one.source, other.source) },
        });
        return fixed::judge(claim, evidence.value, tolerance.as_ref());
    }
    let value = evidence.value;
    let interval = evidence.interval().unwrap_or(Interval { low: value, high: value });
    let Interval { low, high } = widened(value, interval, standard_error(claim));
    let away = half_digit(claim);
    let inside = low <= claim.value + away && claim.value - away <= high;
    let shown = span(low, high, decimals(evidence.metric, evidence.unit), evidence.unit);
    let place = if inside { "inside" } else { "outside" };
    let whose = if trained == 2 { "1 training of each" } else { "1 training" };
    let reason = format!("{whose}: the published {} lies {place} the interval {shown}", published(claim));
    Judgement::open(if inside { Verdict::Consistent } else { Verdict::InconsistentSoFar }, reason)
}

/// A row for each network that the spec wants compared with another while no claim is about the two, as far as both were
/// tested on the same data.
pub(super) fn without_claims<'a>(context: &Context<'a>, damages: &mut Vec<Damage<'a>>) -> Vec<Row> {
    let mut rows = Vec::new();
    for network in &context.paper.networks {
        let Some(versus) = network.versus.as_deref() else { continue };
        let is_about = |claim: &&Claim| {
            claim.metric == Metric::ERROR_DIFFERENCE
                && claim.network == network.id
                && claim.versus.as_deref() == Some(versus)
        };
        if context.paper.claims.iter().any(|claim| is_about(&claim)) {
            continue;
        }
        let wanted = |by: By| Wanted { network: &network.id, versus, data: None, protocol: None, by };
        let mut found = difference(context, wanted(By::Errors), damages);
        if found.is_none() {
            found = difference(context, wanted(By::First), damages);
        }
        let Some(Difference { evidence, errors: [ours, theirs], pairing, other_run, of }) = found else { continue };
        let by = if evidence.metric == DIFFERENCE { format!(" by {}", ours.metric) } else { String::new() };
        let mut reason = format!("against {versus}{by}, {}", pairing.test);
        reason.push_str(&weights(&ours, &theirs));
        reason.push_str(&left_out([&ours, &theirs], of, [&network.id, versus]));
        let trained = |evidence: &Evidence<'_>| evidence.scored.as_ref().and_then(|scored| scored.trained()).cloned();
        if let Some(other) = trained(&theirs).filter(|other| trained(&ours).as_ref() != Some(other)) {
            reason = format!("{reason}; {versus} was trained for {}", other.words);
        }
        if let Some(run) = other_run {
            reason = format!("{reason}; {versus} is from run {run}");
        }
        let row = evidence.row();
        let metric = row.metric.name().replace(' ', "-");
        let parts = [Some("measured"), Some(network.id.as_str()), Some(metric.as_str())];
        let parts = parts.into_iter().chain([row.data.as_deref(), row.protocol.as_deref()]).flatten();
        let id = format!("{}/versus-{versus}", parts.collect::<Vec<_>>().join("/"));
        rows.push(Row { id, reason: Some(reason), p: None, ..row });
    }
    rows
}

/// Of several pairs the one on all of the data, from the whole recipe, from one run, with more training, computed in single
/// precision, and the newest, in this order. Where it cannot be read, the next.
fn difference<'a>(context: &Context<'a>, wanted: Wanted<'a>, damages: &mut Vec<Damage<'a>>) -> Option<Difference<'a>> {
    let ours = tests(context, wanted, wanted.network);
    let theirs = tests(context, wanted, wanted.versus);
    let pairs = ours.iter().flat_map(|one| theirs.iter().map(move |other| (*one, *other)));
    let mut pairs: Vec<_> = pairs.filter(|(one, other)| comparable(wanted.by, *one, *other)).collect();
    pairs.sort_by(|a, b| rank(wanted, *b).cmp(&rank(wanted, *a)));
    pairs.iter().find_map(|pair| {
        let length = |file: &Outcomes| file.model.trained().map(|trained| (trained.complete, trained.steps));
        let alike = |place: fn(&(File<'a>, File<'a>)) -> File<'a>| {
            let mut runs: Vec<&str> = pairs
                .iter()
                .map(place)
                .filter(|(_, file)| file.data == place(pair).1.data && length(file) == length(place(pair).1))
                .map(|(run, _)| run.id())
                .collect();
            runs.sort_unstable();
            runs.dedup();
            runs.len()
        };
        let of = [alike(|pair| pair.0), alike(|pair| pair.1)];
        difference_of(context, wanted.by, *pair, of, damages)
    })
}

fn difference_of<'a>(
    context: &Context<'a>,
    by: By,
    (one, other): (File<'a>, File<'a>),
    of: [usize; 2],
    damages: &mut Vec<Damage<'a>>,
) -> Option<Difference<'a>> {
    let metric = metric_of(by, one.1)?;
    let mut table = |(run, file): File<'a>| {
        let read = tasks::from_run(run, file);
        read.map_err(|error| damages.push(Damage { problem: Problem::of(run, error.to_string()), files: vec![file] }))
            .ok()
    };
    let (our_table, their_table) = (table(one)?, table(other)?);
    let pairing = match our_table.paired(their_table.as_ref(), metric) {
        Ok(pairing) => pairing?,
        Err(message) => {
            let [path, versus] = [one, other].map(|(run, file)| run.dir.join(&file.file));
            let message = format!(
                "{} and {} are said to be about the same examples, but {message}; one of them was made wrongly, so move its run's folder away",
                path.display(),
                versus.display()
            );
            damages.push(Damage { problem: Problem::of(one.0, message), files: vec![one.1, other.1] });
            return None;
        }
    };
    let ours = of_score(context, one.0, one.1, &our_table.score(metric)?);
    let theirs = of_score(context, other.0, other.1, &their_table.score(metric)?);
    let evidence = Evidence {
        metric: if by == By::Errors { Metric::ERROR_DIFFERENCE } else { DIFFERENCE },
        value: pairing.difference,
        unit: pairing.unit,
        low: Some(pairing.low),
        high: Some(pairing.high),
        scored: ours.scored.clone().map(|scored| crate::evidence::Scored { correct: None, ..scored }),
        ..ours.clone()
    };
    let other_run = Some(other.0.id()).filter(|id| *id != one.0.id());
    Some(Difference { evidence, errors: [ours, theirs], pairing, other_run, of })
}

/// What is compared of a file.
fn metric_of(by: By, file: &Outcomes) -> Option<Metric> {
    match by {
        By::Errors => ERRORS.into_iter().find(|metric| file.metrics.contains(metric)),
        By::First => file.metrics.first().copied(),
    }
}

/// Every test of that network under the wanted condition and on the wanted data, as far as they are named.
fn tests<'a>(context: &Context<'a>, wanted: Wanted<'_>, network: &str) -> Vec<File<'a>> {
    let (paper, network) = network.split_once('/').unwrap_or((&context.paper.id, network));
    let fits = |file: &&Outcomes| {
        let set = file.part_of.as_ref().map_or(&file.data, |part| &part.whole);
        file.network == network
            && metric_of(wanted.by, file).is_some()
            && file.count > 0
            && wanted.data.is_none_or(|data| data == file.data || data == set)
            && match wanted.protocol {
                Some(protocol) => protocol == file.protocol,
                None => !context.alters(&file.protocol),
            }
    };
    let of_paper = |run: &&Run| run.header.paper == paper && run.is_finished();
    let runs = context.runs.iter().filter(of_paper);
    runs.flat_map(|run| run.outcomes.iter().filter(fits).map(move |file| (run, file))).collect()
}

/// Whether both are about the same examples and were computed in the same arithmetic.
fn comparable(by: By, (one_run, one): File<'_>, (other_run, other): File<'_>) -> bool {
    // Data that nobody identifies may be any that their name says.
    !one.root.is_empty()
        && (&one.data, &one.root, &one.protocol, one.count) == (&other.data, &other.root, &other.protocol, other.count)
        && one.task == other.task
        && metric_of(by, one) == metric_of(by, other)
        && match (arithmetic(one_run, Some(one)), arithmetic(other_run, Some(other))) {
            (Some(ours), Some(theirs)) => ours == theirs,
            // What nobody knows is no difference.
            _ => true,
        }
}

/// How well a pair fits what is wanted; the larger the better, first things first.
type Rank<'a> = (bool, bool, bool, bool, u64, bool, &'a str, &'a str, &'a str);

fn rank<'a>(wanted: Wanted<'_>, (one, other): (File<'a>, File<'a>)) -> Rank<'a> {
    let complete = |file: &Outcomes| file.model.trained().is_none_or(|trained| trained.complete);
    let steps = |file: &Outcomes| file.model.trained().map_or(0, |trained| trained.steps);
    let here = |file: &Outcomes| !matches!(file.model, Model::Imported { .. });
    let [first, second] = [one.0, other.0].map(|run| run.header.time.as_str());
    (
        wanted.data.is_none_or(|data| data == set_of(one.1))
            && one.1.part_of.as_ref().is_none_or(|part| part.of == one.1.count),
        complete(one.1) && complete(other.1),
        one.0.id() == other.0.id(),
        here(one.1) && here(other.1),
        steps(one.1).min(steps(other.1)),
        arithmetic(one.0, Some(one.1)).is_none_or(|precision| precision == Precision::Fp32),
        first.max(second),
        first.min(second),
        one.0.id(),
    )
}
