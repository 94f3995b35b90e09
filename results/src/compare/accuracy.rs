//! Verdicts on errors: shares of images, with exact binomial intervals.
//!
//! Must not call anything replicated that is not about the same data, protocol, single network and weights.

use spec::claim::Claim;
use spec::job::Precision;

use super::evidence::{Evidence, weights, weights_match};
use super::{Context, Judgement, rounds_to};
use crate::row::Verdict;
use crate::words::{decimal, published, thousands};

pub(super) fn judge(context: &Context<'_>, claim: &Claim, evidence: &Evidence<'_>) -> Judgement {
    let differences = differences(context, claim, evidence);
    let (low, high) = (evidence.low.unwrap_or(0.0), evidence.high.unwrap_or(100.0));
    let inside = (low..=high).contains(&claim.value);
    let place = format!(
        "the published {} lies {} the interval {} to {} %",
        published(claim),
        if inside { "inside" } else { "outside" },
        decimal(low, 2),
        decimal(high, 2)
    );
    if let Some(part) = part(evidence) {
        let all = [vec![part], differences].concat().join("; ");
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
        (Verdict::NotReplicated, format!("same data, protocol and weights, but {place}"))
    };
    Judgement { verdict, reason: reason + &arithmetic }
}

fn gap(reason: String) -> Judgement {
    Judgement { verdict: Verdict::ProtocolGap, reason }
}

/// `650 of 50,000 images, already squeezed to 227x227`, when not all of a set was seen.
fn part(evidence: &Evidence<'_>) -> Option<String> {
    let (_, of) = evidence.part_of()?;
    let count = evidence.scored.as_ref()?.file.count;
    let already = evidence.data().and_then(|data| data.already_resized.as_ref());
    let already = already.map_or(String::new(), |how| format!(", already {how}"));
    Some(format!("{} of {} images{already}", thousands(count), thousands(of)))
}

/// What keeps the two numbers from being about the same thing.
fn differences(context: &Context<'_>, claim: &Claim, evidence: &Evidence<'_>) -> Vec<String> {
    let mut all = Vec::new();
    let Some(scored) = &evidence.scored else { return all };
    let (data, protocol) = (&scored.file.data, &scored.file.protocol);
    let set = evidence.part_of().map_or(data.as_str(), |(whole, _)| whole);
    match &claim.data {
        Some(wanted) if wanted == set && evidence.data().is_none() => {
            all.push(format!("data: {data} is not identified in the run's plan"));
        }
        Some(wanted) if wanted == set => {}
        wanted => all.push(format!("data: {}, the claim is about {}", named(data, set), or_unnamed(wanted))),
    }
    if evidence.part_of().is_none()
        && let Some(how) = evidence.data().and_then(|data| data.already_resized.as_ref())
    {
        all.push(format!("images already {how}"));
    }
    if let Some(wanted) = claim.protocol.as_ref().filter(|wanted| *wanted != protocol) {
        all.push(format!("protocol: {protocol}, the claim has {wanted}"));
    }
    if claim.models != 1 {
        all.push(format!("one network, the claim averages {}", claim.models));
    }
    if !weights_match(context, claim, evidence.run) {
        let ours = weights(evidence.run);
        all.push(if claim.weights.is_empty() {
            format!("weights: {ours}, not the paper's own")
        } else {
            format!("weights: {ours}, the claim is about {}", claim.weights.join(" or "))
        });
    }
    all.extend(claim.gap.clone());
    all
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
