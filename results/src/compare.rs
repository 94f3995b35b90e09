//! Puts each published number beside the best matching measurement, and has it judged by the rule that fits.
//!
//! Must not judge: [`crate::judge`] does.

mod agreement;
pub(crate) mod evidence;
mod paired;
mod seeds;
pub(crate) mod speeds;

use std::collections::BTreeMap;

use serde::Serialize;
use spec::claim::Claim;
use spec::event::Outcomes;
use spec::imported::Tolerance;
use spec::metric::{Metric, Unit};
use spec::paper::Paper;
use spec::profile::HardwareProfile;

use crate::judge::{self, Judgement};
use crate::row::{Row, Verdict};
use crate::store::{Run, Status, Unreadable};
use evidence::{Evidence, Found};

/// What follows from a network's definition alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StaticFacts {
    /// Learned parameters.
    pub parameters: u64,
    /// Multiply-adds of one forward pass of one crop.
    pub multiply_adds: u64,
    /// Layers with parameters on the longest path.
    pub layers: u64,
    /// Every layer's output shape, `[C, H, W]` or `[features]`, in order.
    pub shapes: Vec<(String, Vec<u32>)>,
}

/// A part of a record that could not be used. It cost its own rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The run.
    pub run: String,
    /// What, where, what to do.
    pub message: String,
}

impl Problem {
    pub(crate) fn of(run: &Run, message: String) -> Problem {
        Problem { run: run.id().to_owned(), message }
    }
}

impl From<&Unreadable> for Problem {
    /// A record that cannot be read at all: it has no rows, and is named.
    fn from(unreadable: &Unreadable) -> Problem {
        let run = unreadable.dir.file_name().map(|name| name.to_string_lossy().into_owned());
        Problem { run: run.unwrap_or_default(), message: unreadable.to_string() }
    }
}

/// A problem with the files of outcomes that it costs.
#[derive(Debug)]
pub(crate) struct Damage<'a> {
    pub(crate) problem: Problem,
    pub(crate) files: Vec<&'a Outcomes>,
}

impl Damage<'_> {
    /// Whether what the claim is about would have come from one of the files.
    fn concerns(&self, claim: &Claim) -> bool {
        self.files.iter().any(|file| {
            let tells = claim.metric == Metric::ERROR_DIFFERENCE || file.metrics.contains(&claim.metric);
            // The other network may be another paper's: `paper/network`.
            let versus = claim.versus.as_deref().and_then(|versus| versus.rsplit('/').next());
            let is_network = [Some(claim.network.as_str()), versus].contains(&Some(file.network.as_str()));
            is_network && tells && claim.protocol.as_ref().is_none_or(|wanted| *wanted == file.protocol)
        })
    }
}

/// Every row, and what could not be used.
#[derive(Debug, Clone, Default)]
pub struct Comparison {
    /// The rows.
    pub rows: Vec<Row>,
    /// Files that could not be read.
    pub problems: Vec<Problem>,
}

/// What every comparison looks things up in.
pub(crate) struct Context<'a> {
    pub(crate) paper: &'a Paper,
    pub(crate) facts: &'a BTreeMap<String, StaticFacts>,
    pub(crate) runs: &'a [Run],
    pub(crate) profiles: &'a BTreeMap<String, HardwareProfile>,
}

impl<'a> Context<'a> {
    /// The finished runs of the paper, oldest first.
    pub(crate) fn finished(&self) -> Vec<&'a Run> {
        let mut runs: Vec<&Run> = self.runs.iter().filter(|run| run.header.paper == self.paper.id).collect();
        runs.retain(|run| run.is_finished());
        runs.sort_by_key(|run| (&run.header.time, &run.header.run));
        runs
    }

    /// Whether inputs are changed under that condition before the network sees them.
    pub(crate) fn alters(&self, protocol: &str) -> bool {
        self.paper.conditions.iter().any(|condition| condition.id == protocol && condition.alters)
    }

    /// How far a score of that model may be from a claim about the same weights.
    fn tolerance(&self, evidence: &Evidence<'_>) -> Option<&'a Tolerance> {
        let imported = evidence.scored.as_ref().and_then(|scored| match &scored.file.model {
            spec::event::Model::Imported { id, .. } => self.paper.imported.iter().find(|imported| imported.id == *id),
            _ => None,
        });
        imported.and_then(|imported| imported.tolerance.as_ref()).or(self.paper.tolerance.as_ref())
    }
}

/// One row a claim (in the spec's order, with the claim's id), then one for each measured value that no claim's row
/// shows on its own data, then one for each pair of networks that the spec wants compared and no claim is about, then one
/// for each test of released weights of which somebody else's predictions are at hand, then one for each score of several
/// trainings that differ in nothing but the seed.
///
/// `facts` is by network id, `profiles` by profile id (the papers' machines, and this one with its measured peaks).
/// `runs` may hold other papers' runs, which count only where a network is compared with another paper's; only finished
/// runs count. `not_run` gives the plan's reason why a claim was not run, if it has one.
///
/// A file that is damaged costs its own values: they are not measured, and the file is among the problems.
#[must_use]
pub fn compare(
    paper: &Paper,
    facts: &BTreeMap<String, StaticFacts>,
    runs: &[Run],
    profiles: &BTreeMap<String, HardwareProfile>,
    not_run: &dyn Fn(&Claim) -> Option<String>,
) -> Comparison {
    let context = Context { paper, facts, runs, profiles };
    let Found { evidence, mut damages } = evidence::collect(&context);
    let mut shown = vec![false; evidence.len()];
    let mut rows = Vec::with_capacity(paper.claims.len() + evidence.len());
    for claim in &paper.claims {
        if claim.metric.is_static() {
            rows.push(match judge::structure::measure(&context, claim) {
                Some((value, judgement)) => structure_row(claim, value, judgement),
                None => not_run_row(&context, claim, not_run, false, &damages),
            });
            continue;
        }
        if let (Metric::ERROR_DIFFERENCE, Some(versus)) = (claim.metric, &claim.versus) {
            rows.push(match paired::measure(&context, claim, versus, &mut damages) {
                Some((evidence, judgement)) => measured_row(claim, &evidence, judgement),
                None => not_run_row(&context, claim, not_run, false, &damages),
            });
            continue;
        }
        let about = |e: &Evidence<'_>| e.network == claim.network && e.metric == claim.metric;
        let best = evidence
            .iter()
            .enumerate()
            .filter(|(_, e)| about(e) && e.may_stand_for(&context, claim))
            .max_by(|(_, a), (_, b)| a.fit(&context, claim).cmp(&b.fit(&context, claim)));
        rows.push(match best {
            Some((index, best)) => {
                shown[index] |= best.is_on_data_of(claim);
                row(&context, claim, best, &evidence)
            }
            None => not_run_row(&context, claim, not_run, evidence.iter().any(about), &damages),
        });
    }
    let ids = evidence::ids(&context, &evidence);
    let alone = evidence.iter().zip(ids).zip(shown).filter(|((evidence, _), shown)| !shown && evidence.stands_alone());
    rows.extend(alone.map(|((evidence, id), _)| Row { id, ..evidence.row() }));
    rows.extend(paired::without_claims(&context, &mut damages));
    rows.extend(agreement::rows(&context, &mut damages));
    rows.extend(seeds::rows(&evidence));
    judge::correct(&mut rows);
    let mut problems: Vec<Problem> = Vec::new();
    for Damage { problem, .. } in damages {
        // A file that several rows need is named once.
        if !problems.contains(&problem) {
            problems.push(problem);
        }
    }
    Comparison { rows, problems }
}

/// A claim beside its evidence, judged.
fn row(context: &Context<'_>, claim: &Claim, best: &Evidence<'_>, all: &[Evidence<'_>]) -> Row {
    let Some(scored) = &best.scored else {
        return measured_row(claim, best, judge::speed::judge(context, claim, best));
    };
    let differences = evidence::differences(context, claim, best);
    if !differences.is_empty() {
        return measured_row(claim, best, judge::gap::judge(claim, best.value, best.interval(), &differences));
    }
    if scored.trained().is_none() {
        return measured_row(claim, best, judge::fixed::judge(claim, best.value, context.tolerance(best)));
    }
    let seeds: Vec<&Evidence<'_>> = all.iter().filter(|other| best.differs_by_seed(other)).collect();
    let examples = best.interval().map(|interval| judge::trained::Examples { value: best.value, interval });
    let trainings = judge::trained::Trainings { values: seeds.iter().map(|one| one.value).collect(), examples };
    let judgement = judge::trained::judge(claim, &trainings);
    let mut row = Row { trainings: Some(seeds.len() as u64), ..measured_row(claim, best, judgement) };
    if let (true, Some(mean)) = (seeds.len() > 1, judge::trained::mean_of(&trainings.values)) {
        let interval = judge::trained::prediction(&trainings);
        row.value = Some(mean.value);
        row.low = interval.map(|interval| interval.low);
        row.high = interval.map(|interval| interval.high);
        (row.correct, row.run) = (None, None);
        // Of each training; what is about mistakes only is over another number of them in each.
        let n = |one: &Evidence<'_>| one.scored.as_ref().map(|scored| scored.n);
        row.n = row.n.filter(|_| seeds.iter().all(|one| n(one) == n(best)));
    }
    row
}

fn structure_row(claim: &Claim, value: f64, judgement: Judgement) -> Row {
    Row {
        value: Some(value).filter(|value| value.is_finite()),
        verdict: Some(judgement.verdict),
        reason: Some(judgement.reason),
        p: judgement.p,
        ..claim_row(claim)
    }
}

fn measured_row(claim: &Claim, evidence: &Evidence<'_>, mut judgement: Judgement) -> Row {
    if let (Verdict::ProtocolGap, Some(why)) = (judgement.verdict, &claim.not_run) {
        judgement.reason = format!("{}; the claim itself was not run: {why}", judgement.reason);
    }
    let measured = evidence.row();
    // How far a network was trained belongs to its score; a speed's machine and batch are in the reason.
    let trained = measured.variant.filter(|_| evidence.scored.is_some());
    Row {
        task: measured.task,
        model: measured.model,
        value: measured.value,
        n: measured.n,
        correct: measured.correct,
        low: measured.low,
        high: measured.high,
        data: measured.data,
        protocol: measured.protocol,
        verdict: Some(judgement.verdict),
        reason: Some(judgement.reason),
        run: measured.run,
        precision: measured.precision,
        variant: claim.variant.clone().or(trained),
        p: judgement.p,
        ..claim_row(claim)
    }
}

/// `otherwise`: whether the same was measured on other data or under another condition.
fn not_run_row(
    context: &Context<'_>,
    claim: &Claim,
    plan: &dyn Fn(&Claim) -> Option<String>,
    otherwise: bool,
    damages: &[Damage<'_>],
) -> Row {
    let reason = claim
        .not_run
        .clone()
        // A size that cannot be derived was not planned either; what is known about its number says more.
        .or_else(|| claim.gap.clone().filter(|_| claim.metric.is_static()))
        .or_else(|| damages.iter().find(|damage| damage.concerns(claim)).map(unread))
        .or_else(|| plan(claim))
        .or_else(|| last_failure(context, &claim.network))
        .unwrap_or_else(|| general_reason(context, claim, otherwise));
    Row { verdict: Some(Verdict::NotRun), reason: Some(reason), ..claim_row(claim) }
}

fn unread(damage: &Damage<'_>) -> String {
    format!("what was measured cannot be read: {}", damage.problem.message)
}

fn general_reason(context: &Context<'_>, claim: &Claim, otherwise: bool) -> String {
    // `googlenet/conv1` is a part of googlenet.
    let network = claim.network.split('/').next().unwrap_or_default();
    let is_built = |network: &str| context.paper.networks.iter().any(|known| known.id == network);
    let data = claim.data.as_deref().unwrap_or("the same data");
    let versus = claim.versus.as_deref().filter(|_| claim.metric == Metric::ERROR_DIFFERENCE);
    if !is_built(network) {
        format!("{} is not built here", claim.network)
    } else if let Some(versus) = versus.filter(|versus| !is_built(versus)) {
        format!("{versus} is not built here")
    } else if claim.metric.is_static() {
        format!("the {} of {} cannot be derived from the networks built here", claim.metric, claim.network)
    } else if let Some(versus) = versus {
        format!("no finished run tested both {} and {versus} on {data}", claim.network)
    } else {
        let where_wanted = match &claim.protocol {
            Some(protocol) if otherwise => format!(" on {data} under {protocol}"),
            None if otherwise => format!(" on {data}"),
            _ => String::new(),
        };
        // Another's predictions on just these data may be there, which say nothing of these weights.
        let whose = match claim.weights.join(" or ") {
            weights if otherwise && !weights.is_empty() => format!(" with {weights}"),
            _ => String::new(),
        };
        format!("no finished run measured the {} of {}{where_wanted}{whose}", claim.metric, claim.network)
    }
}

fn last_failure(context: &Context<'_>, network: &str) -> Option<String> {
    let of_network = |run: &&Run| run.header.paper == context.paper.id && run.is_about(network);
    let newest = context.runs.iter().filter(of_network).max_by_key(|run| (&run.header.time, &run.header.run))?;
    match &newest.status {
        Status::Finished => None,
        Status::Failed { kind, message } => Some(format!("run {} failed ({kind}): {message}", newest.id())),
        Status::Incomplete => Some(format!("run {} did not finish", newest.id())),
    }
}

/// The claim's side of a row, with nothing measured.
pub(crate) fn claim_row(claim: &Claim) -> Row {
    Row {
        id: claim.id.clone(),
        network: claim.network.clone(),
        data: claim.data.clone(),
        protocol: claim.protocol.clone(),
        claim: Some(claim.id.clone()),
        published: Some(claim.value),
        source: Some(claim.source.short()),
        mark: Some(claim.mark),
        claim_data: claim.data.clone(),
        claim_protocol: claim.protocol.clone(),
        variant: claim.variant.clone(),
        ..empty_row(claim.metric, claim.unit)
    }
}

pub(crate) fn empty_row(metric: Metric, unit: Unit) -> Row {
    Row {
        id: String::new(),
        network: String::new(),
        metric,
        value: None,
        unit,
        n: None,
        correct: None,
        low: None,
        high: None,
        data: None,
        protocol: None,
        claim: None,
        published: None,
        source: None,
        verdict: None,
        reason: None,
        mark: None,
        claim_data: None,
        claim_protocol: None,
        variant: None,
        run: None,
        precision: None,
        task: None,
        model: None,
        trainings: None,
        p: None,
        p_holm: None,
    }
}
