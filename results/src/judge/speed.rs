//! Times, rates and memory: verdicts on the same machine, and shares of their machines' peaks for any other.
//!
//! Decides nothing: the interval is over batches of one run, and nothing says how far runs are apart.
//! Must not compare times of two machines as they are.

use spec::claim::Claim;
use spec::job::Precision;
use spec::metric::{Metric, Unit};

use super::{Judgement, half_digit, rounds_to};
use crate::context::Context;
use crate::evidence::speeds::{multiply_adds, peak_of_run};
use crate::evidence::{Evidence, networks_differ};
use crate::row::Verdict;
use crate::words::{decimal, flops, published, quantity};

pub(crate) fn judge(context: &Context<'_>, claim: &Claim, evidence: &Evidence<'_>) -> Judgement {
    let differences = differences(context, claim, evidence);
    if !differences.is_empty() {
        let mut reason = differences.join("; ");
        if let Some(fractions) = fractions(context, claim, evidence) {
            reason = format!("{reason}; {fractions}");
        }
        return Judgement::open(Verdict::ProtocolGap, reason);
    }
    let (low, high) = (evidence.low.unwrap_or(evidence.value), evidence.high.unwrap_or(evidence.value));
    let spread = claim.plus_minus.unwrap_or(0.0).abs();
    let interval = format!("the interval {} to {}", decimal(low, 2), quantity(high, 2, claim.unit));
    let away = spread + half_digit(claim);
    if rounds_to(evidence.value, claim) {
        let reason = format!("the same to the printed digits as the published {}", published(claim));
        return Judgement::open(Verdict::Replicated, reason);
    }
    if claim.value - away <= high && low <= claim.value + away {
        let reason = format!("the published {} lies inside {interval}", published(claim));
        return Judgement::open(Verdict::Replicated, reason);
    }
    let reason = format!(
        "same hardware and batch, but the published {} lies outside {interval}; a speed decides no exit code",
        published(claim)
    );
    Judgement::open(Verdict::NotReplicated, reason)
}

fn differences(context: &Context<'_>, claim: &Claim, evidence: &Evidence<'_>) -> Vec<String> {
    let title = |id: &str| context.profiles.get(id).map_or_else(|| id.to_owned(), |profile| profile.title.clone());
    let header = &evidence.run.header;
    let mut all = Vec::new();
    match &claim.hardware {
        Some(wanted) if *wanted == header.profile => {}
        Some(wanted) => all.push(format!("hardware: {}, the claim is about {}", title(&header.profile), title(wanted))),
        None => all.push(format!("hardware: {}, the claim names none", title(&header.profile))),
    }
    let settings = &header.settings;
    if let Some(batch) = claim.batch.filter(|batch| *batch as usize != settings.batch) {
        all.push(format!("batch {}, the claim has {batch}", settings.batch));
    }
    if settings.precision != Precision::Fp32 {
        all.push(format!("computed in {}", settings.precision));
    }
    all.extend(networks_differ(claim, 1));
    all.extend(claim.gap.clone());
    all
}

/// Both rates as shares of their machines' peaks, as far as those are known.
fn fractions(context: &Context<'_>, claim: &Claim, evidence: &Evidence<'_>) -> Option<String> {
    let macs = multiply_adds(context, evidence.run)?;
    let theirs = published_share(context, claim)?;
    let ours = 2.0 * macs * evidence.run.measurement("throughput.network")?.value;
    Some(format!("{theirs}; measured {}", share(ours, peak_of_run(context, evidence.run))))
}

/// `published 1.1 TFLOP/s, 26 % of its machine's peak`, where the network's size is known.
pub(crate) fn published_share(context: &Context<'_>, claim: &Claim) -> Option<String> {
    let facts = context.facts.get(&claim.network)?;
    // What looks into regions works as often as there are some: of how many nobody says, nothing follows.
    let regions = match (facts.multiply_adds_a_region, claim.regions) {
        (0, _) => 0.0,
        (each, regions) => each as f64 * (f64::from(regions?) - 1.0),
    };
    let operations = 2.0 * (facts.multiply_adds as f64 + regions);
    let rate = match (claim.metric, claim.unit) {
        (Metric::FORWARD_TIME, Unit::Milliseconds) => operations * f64::from(claim.batch?) / (claim.value / 1000.0),
        (Metric::FORWARD_TIME, Unit::Seconds) => operations * f64::from(claim.batch?) / claim.value,
        (Metric::THROUGHPUT, _) => operations * claim.value,
        _ => return None,
    };
    let peak = claim.hardware.as_ref().and_then(|id| context.profiles.get(id)?.peaks?.fp32);
    Some(format!("published {}", share(rate, peak)))
}

fn share(rate: f64, peak: Option<f64>) -> String {
    match peak.filter(|peak| *peak > 0.0) {
        Some(peak) => format!("{}, {} % of its machine's peak", flops(rate), decimal(100.0 * rate / peak, 0)),
        None => format!("{}, of a peak that is not known", flops(rate)),
    }
}
