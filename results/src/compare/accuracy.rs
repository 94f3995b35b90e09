//! Verdicts on scores: shares of examples, means over them, and differences of two networks on the same ones, each with
//! its interval.
//!
//! Must not call anything replicated that is not about the same data, protocol, single network and weights or recipe.

use spec::claim::Claim;
use spec::job::Precision;

use super::evidence::{Evidence, Scored, is_attack};
use super::{Context, Judgement, rounds_to};
use crate::row::Verdict;
use crate::words::{decimals, published, span, thousands};

/// Judges a value by what keeps it from being about the same thing as the claim.
pub(super) fn judge(claim: &Claim, evidence: &Evidence<'_>, differences: &[String]) -> Judgement {
    // Without an interval (the mean of one value) only the digits can agree.
    let (low, high) = (evidence.low.unwrap_or(evidence.value), evidence.high.unwrap_or(evidence.value));
    let inside = (low..=high).contains(&claim.value);
    let place = format!(
        "the published {} lies {} the interval {}",
        published(claim),
        if inside { "inside" } else { "outside" },
        span(low, high, decimals(evidence.metric, evidence.unit), evidence.unit)
    );
    if let Some(part) = part(evidence) {
        let all = [&[part], differences].concat().join("; ");
        return gap(format!("subset: not comparable ({all}); {place}"));
    }
    if !differences.is_empty() {
        return gap(format!("{}; {place}", differences.join("; ")));
    }
    let arithmetic = match evidence.run.plan.job.settings.precision {
        Precision::Fp32 => String::new(),
        other => format!("; computed in {other}"),
    };
    // The paper's own ±, where it prints one, is as much a part of its claim as the number.
    let spread = claim.plus_minus.unwrap_or(0.0).abs();
    let (verdict, reason) = if rounds_to(evidence.value, claim) {
        (Verdict::Replicated, format!("rounds to the published {}", published(claim)))
    } else if inside {
        (Verdict::WithinNoise, format!("not the same to the printed digits, but {place}"))
    } else if claim.value - spread <= high && low <= claim.value + spread {
        (Verdict::WithinNoise, format!("{place}, but overlaps it with the paper's own ± {spread}"))
    } else {
        let trained = evidence.scored.as_ref().is_some_and(|scored| scored.trained.is_some());
        let same = if trained { "recipe" } else { "weights" };
        (Verdict::NotReplicated, format!("same data, protocol and {same}, but {place}"))
    };
    Judgement { verdict, reason: reason + &arithmetic }
}

fn gap(reason: String) -> Judgement {
    Judgement { verdict: Verdict::ProtocolGap, reason }
}

/// `650 of 50,000 images, already squeezed to 227x227`, when not all of a set was seen.
fn part(evidence: &Evidence<'_>) -> Option<String> {
    let scored = evidence.scored.as_ref()?;
    let (_, of) = scored.part_of?;
    let already = scored.already_resized.map_or(String::new(), |how| format!(", already {how}"));
    Some(format!("{} of {} images{already}", thousands(scored.count), thousands(of)))
}

/// What keeps the two numbers from being about the same thing.
pub(super) fn differences(context: &Context<'_>, claim: &Claim, evidence: &Evidence<'_>) -> Vec<String> {
    let mut all = Vec::new();
    let Some(scored) = &evidence.scored else { return all };
    data_differences(context, claim, evidence, scored, &mut all);
    let protocol = scored.protocol;
    match &claim.protocol {
        Some(wanted) if wanted != protocol => all.push(format!("protocol: {protocol}, the claim has {wanted}")),
        None if is_attack(context, protocol) => all.push(format!("protocol: {protocol}, the claim names none")),
        _ => {}
    }
    if claim.models != 1 {
        all.push(format!("one network, the claim averages {}", claim.models));
    }
    if !evidence.weights_match(context, claim) {
        all.push(weights_differ(claim, scored));
    }
    all.extend(claim.gap.clone());
    all
}

fn data_differences(
    context: &Context<'_>,
    claim: &Claim,
    evidence: &Evidence<'_>,
    scored: &Scored<'_>,
    all: &mut Vec<String>,
) {
    let data = scored.data;
    let set = scored.part_of.map_or(data, |(whole, _)| whole);
    match &claim.data {
        Some(wanted) if wanted == set && scored.root.is_none() => {
            all.push(format!("data: {data} is not identified in the run's plan"));
        }
        Some(wanted) if wanted == set || wanted == data => {}
        wanted => all.push(format!("data: {}, the claim is about {}", named(data, set), or_unnamed(wanted))),
    }
    if !evidence.is_as_pinned(context) {
        all.push(format!("data: {data} was made by another rule than the spec has now"));
    }
    if scored.part_of.is_none()
        && let Some(how) = scored.already_resized
    {
        all.push(format!("images already {how}"));
    }
}

fn weights_differ(claim: &Claim, scored: &Scored<'_>) -> String {
    let theirs = claim.weights.join(" or ");
    match (scored.trained, scored.weights) {
        (Some(trained), _) if claim.weights.is_empty() => format!("trained for {}", trained.words),
        (Some(_), _) => format!("weights: trained here, the claim is about {theirs}"),
        (None, ours) => {
            let ours = ours.unwrap_or("none");
            if claim.weights.is_empty() {
                format!("weights: {ours}, not the paper's own")
            } else {
                format!("weights: {ours}, the claim is about {theirs}")
            }
        }
    }
}

fn named(data: &str, set: &str) -> String {
    match data.strip_prefix("images:") {
        Some(folder) => format!("the user's own images in `{folder}`"),
        None => set.to_owned(),
    }
}

fn or_unnamed(data: &Option<String>) -> &str {
    data.as_deref().unwrap_or("data it does not name")
}
