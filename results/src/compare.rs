//! Puts each published number beside the best matching measurement, and has it judged by the rule that fits.
//!
//! Must not judge: [`crate::judge`] does.

mod agreement;
mod paired;
mod seeds;

use std::collections::BTreeMap;

use spec::claim::Claim;
use spec::metric::Metric;
use spec::paper::Paper;
use spec::profile::HardwareProfile;

use crate::context::{Context, StaticFacts};
use crate::contradictions;
use crate::evidence::{self, Evidence, Found};
use crate::judge::{self, Judgement};
use crate::problem::{Damage, Problem};
use crate::row::{Row, Verdict, claim_row};
use crate::store::{Run, Status};

/// Every row, and what could not be used.
#[derive(Debug, Clone, Default)]
pub struct Comparison {
    /// The rows.
    pub rows: Vec<Row>,
    /// Files that could not be read.
    pub problems: Vec<Problem>,
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
/// A file that is damaged costs its own values, and so does a record that contradicts itself: they are not measured, and
/// what is wrong is among the problems.
#[must_use]
pub fn compare(
    paper: &Paper,
    facts: &BTreeMap<String, StaticFacts>,
    runs: &[Run],
    profiles: &BTreeMap<String, HardwareProfile>,
    not_run: &dyn Fn(&Claim) -> Option<String>,
) -> Comparison {
    let (sound, mut damages) = contradictions::sift(runs);
    let context = Context { paper, facts, runs: &sound, profiles };
    let Found { evidence, lacking, damages: unread } = evidence::collect(&context);
    damages.extend(unread);
    let mut shown = vec![false; evidence.len()];
    let mut told = vec![false; lacking.len()];
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
            rows.push(match paired::measure(&context, claim, versus, &evidence, &mut damages) {
                Some(paired::Measured { evidence, judgement, trainings }) => {
                    Row { trainings, ..measured_row(claim, &evidence, judgement) }
                }
                None => not_run_row(&context, claim, not_run, false, &damages),
            });
            continue;
        }
        let about = |e: &Evidence<'_>| {
            // A speed says nothing of another network.
            let network = e.network == claim.network || e.is_stand_in_for(claim) && e.scored.is_some();
            network && e.metric == claim.metric
        };
        let best = evidence
            .iter()
            .enumerate()
            .filter(|(_, e)| about(e) && e.may_stand_for(&context, claim))
            .max_by(|(_, a), (_, b)| a.fit(&context, claim).cmp(&b.fit(&context, claim)));
        rows.push(match best {
            Some((index, best)) => {
                shown[index] |= best.is_on_data_of(claim) && !best.is_stand_in_for(claim);
                row(&context, claim, best, &evidence)
            }
            None => {
                let stands = |(e, _): &(Evidence<'_>, String)| about(e) && e.may_stand_for(&context, claim);
                let reason = lacking.iter().position(stands).map(|index| {
                    told[index] = true;
                    lacking[index].1.clone()
                });
                let row = not_run_row(&context, claim, not_run, evidence.iter().any(about), &damages);
                Row { reason: reason.or(row.reason), ..row }
            }
        });
    }
    let ids = evidence::ids(&context, &evidence);
    let alone = evidence.iter().zip(ids).zip(shown).filter(|((evidence, _), shown)| !shown && evidence.stands_alone());
    rows.extend(alone.map(|((evidence, id), _)| Row { id, ..evidence.row() }));
    let lacking: Vec<(Evidence<'_>, String)> =
        lacking.into_iter().zip(told).filter(|((e, _), told)| !told && e.stands_alone()).map(|(one, _)| one).collect();
    let (without, reasons): (Vec<Evidence<'_>>, Vec<String>) = lacking.into_iter().unzip();
    let ids = evidence::ids(&context, &without);
    rows.extend(without.iter().zip(ids).zip(reasons).map(|((evidence, id), reason)| Row {
        id,
        verdict: Some(Verdict::NotRun),
        reason: Some(reason),
        ..evidence.row()
    }));
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
    let examples = || best.interval().map(|interval| judge::trained::Examples { value: best.value, interval });
    if let Some(recipe) = best.by_recipe(context, claim) {
        let trainings = judge::trained::Trainings { values: vec![best.value], examples: examples() };
        let mut judgement = judge::trained::judge(claim, &trainings);
        judgement.reason = format!("by others, {recipe}; {}", judgement.reason);
        return Row { trainings: Some(1), ..measured_row(claim, best, judgement) };
    }
    if scored.trained().is_none() {
        return measured_row(claim, best, judge::fixed::judge(claim, best.value, best.tolerance(context)));
    }
    let seeds: Vec<&Evidence<'_>> = all.iter().filter(|other| best.differs_by_seed(other)).collect();
    let values = seeds.iter().map(|one| one.value).collect();
    let trainings = judge::trained::Trainings { values, examples: examples() };
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
    // A time that says what was computed in it tells how well that machine was used, whether it was measured here or not.
    let says_what = claim.regions.is_some() || claim.network.contains('/');
    let reason = match judge::speed::published_share(context, claim) {
        Some(share) if says_what => format!("{reason}; {share}"),
        _ => reason,
    };
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
