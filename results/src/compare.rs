//! Puts each published number beside the best matching measurement and says how the two compare.
//!
//! Must not be kinder than the evidence: only the same data, protocol, single network and weights, or the paper's whole
//! recipe, can replicate.

mod accuracy;
mod evidence;
mod paired;
mod seeds;
mod sizes;
mod speed;

use std::collections::BTreeMap;

use spec::claim::{Claim, Mark};
use spec::metric::{Metric, Unit};
use spec::paper::Paper;
use spec::profile::HardwareProfile;

use crate::Error;
use crate::row::{Row, Verdict};
use crate::store::{Run, Status};
use evidence::Evidence;

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

/// What every comparison looks things up in.
struct Context<'a> {
    paper: &'a Paper,
    facts: &'a BTreeMap<String, StaticFacts>,
    runs: &'a [Run],
    profiles: &'a BTreeMap<String, HardwareProfile>,
}

impl<'a> Context<'a> {
    /// The finished runs of the paper, oldest first.
    fn finished(&self) -> Vec<&'a Run> {
        let of_paper = |run: &&Run| run.plan.paper == self.paper.id && run.is_finished();
        let mut runs: Vec<&Run> = self.runs.iter().filter(of_paper).collect();
        runs.sort_by_key(|run| (&run.plan.time, &run.plan.run));
        runs
    }
}

/// How a claim came out.
struct Judgement {
    verdict: Verdict,
    reason: String,
}

/// One row a claim (in the spec's order, with the claim's id), then one for each measured value that no claim's row
/// shows on its own data, then one for each pair of networks that the spec wants compared and no claim is about, then one for each score of several
/// trainings that differ in nothing but the seed.
///
/// `facts` is by network id, `profiles` by profile id (the papers' machines, and this one with its measured peaks).
/// `runs` may hold other papers' runs; only finished runs count. `not_run` gives the plan's reason why a claim was
/// not run, if it has one.
///
/// # Errors
/// When predictions or outcomes of a finished run cannot be read, are not the recorded ones, or contradict each other.
pub fn compare(
    paper: &Paper,
    facts: &BTreeMap<String, StaticFacts>,
    runs: &[Run],
    profiles: &BTreeMap<String, HardwareProfile>,
    not_run: &dyn Fn(&Claim) -> Option<String>,
) -> Result<Vec<Row>, Error> {
    let context = Context { paper, facts, runs, profiles };
    let evidence = evidence::collect(&context)?;
    let mut shown = vec![false; evidence.len()];
    let mut rows = Vec::with_capacity(paper.claims.len() + evidence.len());
    for claim in &paper.claims {
        if claim.metric.is_static() {
            rows.push(sizes::row(&context, claim).unwrap_or_else(|| not_run_row(&context, claim, not_run, false)));
            continue;
        }
        if let (Metric::ErrorDifference, Some(versus)) = (claim.metric, &claim.versus) {
            rows.push(match paired::measure(&context, claim, versus)? {
                Some((evidence, judgement)) => measured_row(claim, &evidence, judgement),
                None => not_run_row(&context, claim, not_run, false),
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
                measured_row(claim, best, judge(&context, claim, best))
            }
            None => not_run_row(&context, claim, not_run, evidence.iter().any(about)),
        });
    }
    let ids = evidence::ids(&context, &evidence);
    let alone = evidence.iter().zip(ids).zip(shown).filter(|((evidence, _), shown)| !shown && evidence.stands_alone());
    rows.extend(alone.map(|((evidence, id), _)| Row { id, ..evidence.row() }));
    rows.extend(paired::without_claims(&context)?);
    rows.extend(seeds::rows(&evidence));
    Ok(rows)
}

/// 1 when a claim that was checked or computed is not replicated, else 0. Claims from memory never count.
#[must_use]
pub fn exit_code(rows: &[Row]) -> u8 {
    let counts = |row: &Row| matches!(row.mark, Some(Mark::Checked | Mark::Computed));
    u8::from(rows.iter().any(|row| row.verdict == Some(Verdict::NotReplicated) && counts(row)))
}

fn judge(context: &Context<'_>, claim: &Claim, evidence: &Evidence<'_>) -> Judgement {
    if claim.metric.is_score() {
        accuracy::judge(claim, evidence, &accuracy::differences(context, claim, evidence))
    } else {
        speed::judge(context, claim, evidence)
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
        ..claim_row(claim)
    }
}

/// `otherwise`: whether the same was measured on other data or under another condition.
fn not_run_row(context: &Context<'_>, claim: &Claim, plan: &dyn Fn(&Claim) -> Option<String>, otherwise: bool) -> Row {
    let reason = claim
        .not_run
        .clone()
        // A size that cannot be derived was not planned either; what is known about its number says more.
        .or_else(|| claim.gap.clone().filter(|_| claim.metric.is_static()))
        .or_else(|| plan(claim))
        .or_else(|| last_failure(context, &claim.network))
        .unwrap_or_else(|| general_reason(context, claim, otherwise));
    Row { verdict: Some(Verdict::NotRun), reason: Some(reason), ..claim_row(claim) }
}

fn general_reason(context: &Context<'_>, claim: &Claim, otherwise: bool) -> String {
    // `googlenet/conv1` is a part of googlenet.
    let network = claim.network.split('/').next().unwrap_or_default();
    let is_built = |network: &str| context.paper.networks.iter().any(|known| known.id == network);
    let data = claim.data.as_deref().unwrap_or("the same data");
    let versus = claim.versus.as_deref().filter(|_| claim.metric == Metric::ErrorDifference);
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
        format!("no finished run measured the {} of {}{where_wanted}", claim.metric, claim.network)
    }
}

fn last_failure(context: &Context<'_>, network: &str) -> Option<String> {
    let trains = |run: &Run| run.experiment().is_some_and(|stage| stage.dose.networks.iter().any(|id| id == network));
    let of_network = |run: &&Run| {
        run.plan.paper == context.paper.id && (run.plan.network.as_deref() == Some(network) || trains(run))
    };
    let newest = context.runs.iter().filter(of_network).max_by_key(|run| (&run.plan.time, &run.plan.run))?;
    match &newest.status {
        Status::Finished => None,
        Status::Failed { kind, message } => Some(format!("run {} failed ({kind}): {message}", newest.plan.run)),
        Status::Incomplete => Some(format!("run {} did not finish", newest.plan.run)),
    }
}

/// The claim's side of a row, with nothing measured.
fn claim_row(claim: &Claim) -> Row {
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

fn empty_row(metric: Metric, unit: Unit) -> Row {
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
    }
}

/// Whether `value` rounds to the published number at its last printed digit.
fn rounds_to(value: f64, claim: &Claim) -> bool {
    // The slack is for binary fractions only: 7.35 has none.
    (value - claim.value).abs() <= claim.step / 2.0 * (1.0 + 1e-9) + claim.value.abs() * 1e-12
}
