//! Puts each published number beside the best matching measurement and says how the two compare.
//!
//! Must not be kinder than the evidence: only the same data, protocol, single network and weights can replicate.

mod accuracy;
mod evidence;
mod sizes;
mod speed;

use std::collections::BTreeMap;

use spec::claim::{Claim, Mark};
use spec::metric::Unit;
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

/// How a claim came out.
struct Judgement {
    verdict: Verdict,
    reason: String,
}

/// One row a claim (in the spec's order, with the claim's id), then one for each measured value that no claim's row
/// shows on its own data.
///
/// `facts` is by network id, `profiles` by profile id (the papers' machines, and this one with its measured peaks).
/// `runs` may hold other papers' runs; only finished runs count. `not_run` gives the plan's reason why a claim was
/// not run, if it has one.
///
/// # Errors
/// When predictions of a finished run cannot be read or are not the recorded ones.
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
            rows.push(sizes::row(&context, claim).unwrap_or_else(|| not_run_row(&context, claim, not_run)));
            continue;
        }
        let best = evidence
            .iter()
            .enumerate()
            .filter(|(_, e)| e.network == claim.network && e.metric == claim.metric)
            // What is known not to be runnable is not stood in for by a score on quite other data.
            .filter(|(_, e)| claim.not_run.is_none() || !e.is_on_other_data_than(claim))
            .max_by(|(_, a), (_, b)| a.fit(&context, claim).cmp(&b.fit(&context, claim)));
        rows.push(match best {
            Some((index, best)) => {
                shown[index] |= best.is_on_data_of(claim);
                measured_row(&context, claim, best)
            }
            None => not_run_row(&context, claim, not_run),
        });
    }
    let alone = evidence.iter().zip(shown).filter(|(evidence, shown)| !shown && evidence.stands_alone());
    rows.extend(alone.map(|(evidence, _)| evidence.row(&context)));
    Ok(rows)
}

/// 1 when a claim that was checked or computed is not replicated, else 0. Claims from memory never count.
#[must_use]
pub fn exit_code(rows: &[Row]) -> u8 {
    let counts = |row: &Row| matches!(row.mark, Some(Mark::Checked | Mark::Computed));
    u8::from(rows.iter().any(|row| row.verdict == Some(Verdict::NotReplicated) && counts(row)))
}

fn measured_row(context: &Context<'_>, claim: &Claim, evidence: &Evidence<'_>) -> Row {
    let mut judgement = if claim.metric.is_proportion() {
        accuracy::judge(context, claim, evidence)
    } else {
        speed::judge(context, claim, evidence)
    };
    if let (Verdict::ProtocolGap, Some(why)) = (judgement.verdict, &claim.not_run) {
        judgement.reason = format!("{}; the claim itself was not run: {why}", judgement.reason);
    }
    let measured = evidence.row(context);
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
        ..claim_row(claim)
    }
}

fn not_run_row(context: &Context<'_>, claim: &Claim, plan: &dyn Fn(&Claim) -> Option<String>) -> Row {
    let reason = claim
        .not_run
        .clone()
        // A size that cannot be derived was not planned either; what is known about its number says more.
        .or_else(|| claim.gap.clone().filter(|_| claim.metric.is_static()))
        .or_else(|| plan(claim))
        .or_else(|| last_failure(context, &claim.network))
        .unwrap_or_else(|| general_reason(context, claim));
    Row { verdict: Some(Verdict::NotRun), reason: Some(reason), ..claim_row(claim) }
}

fn general_reason(context: &Context<'_>, claim: &Claim) -> String {
    // `googlenet/conv1` is a part of googlenet.
    let network = claim.network.split('/').next().unwrap_or_default();
    if !context.paper.networks.iter().any(|known| known.id == network) {
        format!("{} is not built here", claim.network)
    } else if claim.metric.is_static() {
        format!("the {} of {} cannot be derived from the networks built here", claim.metric, claim.network)
    } else {
        format!("no finished run measured the {} of {}", claim.metric, claim.network)
    }
}

fn last_failure(context: &Context<'_>, network: &str) -> Option<String> {
    let of_network = |run: &&Run| run.plan.paper == context.paper.id && run.plan.network.as_deref() == Some(network);
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

fn empty_row(metric: spec::metric::Metric, unit: Unit) -> Row {
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
