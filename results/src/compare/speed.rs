//! Times, rates and memory: what was measured, and verdicts through the fraction of the machine's peak.
//!
//! Must not compare times of two machines as they are.

use spec::claim::Claim;
use spec::event::Measurement;
use spec::job::Precision;
use spec::metric::{Metric, Unit};

use super::evidence::Evidence;
use super::{Context, Judgement, rounds_to};
use crate::row::Verdict;
use crate::store::Run;
use crate::words::{decimal, flops, published, quantity};

/// Adds what a run measured besides scores.
pub(super) fn measured<'a>(context: &Context<'a>, run: &'a Run, evidence: &mut Vec<Evidence<'a>>) {
    let Some(network) = run.plan.network.as_deref() else { return };
    let mut add = |metric, unit, part, [value, low, high]: [Option<f64>; 3]| {
        let Some(value) = value.filter(|value| value.is_finite()) else { return };
        evidence.push(Evidence { run, network, metric, value, unit, low, high, scored: None, part });
    };
    if let Some(rate) = run.measurement("throughput.network") {
        add(Metric::Throughput, Unit::ImagesPerSecond, None, with_ends(rate, |rate| rate));
        if let Some(share) = share_of_peak(context, run) {
            add(Metric::FractionOfPeak, Unit::Percent, None, with_ends(rate, |rate| 100.0 * share * rate));
        }
        let batch = run.plan.job.settings.batch as f64;
        let [value, high, low] = with_ends(rate, |rate| 1000.0 * batch / rate);
        add(Metric::ForwardTime, Unit::Milliseconds, None, [value, low, high]);
    }
    for part in ["process", "allocator", "device"] {
        if let Some(peak) = run.measurement(&format!("memory.{part}.peak")) {
            add(Metric::PeakMemory, Unit::Bytes, Some(part), with_ends(peak, |bytes| bytes));
        }
    }
}

fn with_ends(measurement: &Measurement, change: impl Fn(f64) -> f64) -> [Option<f64>; 3] {
    [Some(measurement.value), measurement.low, measurement.high].map(|end| end.map(&change))
}

/// The share of its machine's peak, 0 to 1, that a run reaches for each image a second.
fn share_of_peak(context: &Context<'_>, run: &Run) -> Option<f64> {
    Some(2.0 * multiply_adds(context, run)? / peak_of_run(context, run)?)
}

fn multiply_adds(context: &Context<'_>, run: &Run) -> Option<f64> {
    let facts = run.plan.network.as_ref().and_then(|network| context.facts.get(network));
    facts.map(|facts| facts.multiply_adds as f64).or_else(|| run.measurement("macs").map(|macs| macs.value))
}

/// The peak rate of the run's arithmetic on its machine, in FLOP/s: measured in the run itself, else as the profile
/// keeps it, else in the newest run on the same profile.
fn peak_of_run(context: &Context<'_>, run: &Run) -> Option<f64> {
    let precision = run.plan.job.settings.precision;
    let name = format!("peak.matmul.{precision}");
    let of_profile = || context.profiles.get(&run.plan.profile)?.peaks?.of(precision);
    let elsewhere = || {
        let same = context.runs.iter().filter(|other| other.plan.profile == run.plan.profile && other.is_finished());
        same.filter_map(|other| Some((&other.plan.time, other.measurement(&name)?.value)))
            .max_by(|a, b| a.0.cmp(b.0))
            .map(|(_, peak)| peak)
    };
    let own = run.measurement(&name).map(|peak| peak.value);
    own.or_else(of_profile).or_else(elsewhere).filter(|peak| *peak > 0.0)
}

pub(super) fn judge(context: &Context<'_>, claim: &Claim, evidence: &Evidence<'_>) -> Judgement {
    let differences = differences(context, claim, evidence);
    if !differences.is_empty() {
        let mut reason = differences.join("; ");
        if let Some(fractions) = fractions(context, claim, evidence) {
            reason = format!("{reason}; {fractions}");
        }
        return Judgement { verdict: Verdict::ProtocolGap, reason };
    }
    let (low, high) = (evidence.low.unwrap_or(evidence.value), evidence.high.unwrap_or(evidence.value));
    let spread = claim.plus_minus.unwrap_or(0.0).abs();
    let interval = format!("the interval {} to {}", decimal(low, 2), quantity(high, 2, claim.unit));
    let (verdict, reason) = if rounds_to(evidence.value, claim) {
        (Verdict::Replicated, format!("the same to the printed digits as the published {}", published(claim)))
    } else if claim.value - spread <= high && low <= claim.value + spread {
        (Verdict::WithinNoise, format!("the published {} lies inside {interval}", published(claim)))
    } else {
        (
            Verdict::NotReplicated,
            format!("same hardware and batch, but the published {} lies outside {interval}", published(claim)),
        )
    };
    Judgement { verdict, reason }
}

fn differences(context: &Context<'_>, claim: &Claim, evidence: &Evidence<'_>) -> Vec<String> {
    let title = |id: &str| context.profiles.get(id).map_or_else(|| id.to_owned(), |profile| profile.title.clone());
    let plan = &evidence.run.plan;
    let mut all = Vec::new();
    match &claim.hardware {
        Some(wanted) if *wanted == plan.profile => {}
        Some(wanted) => all.push(format!("hardware: {}, the claim is about {}", title(&plan.profile), title(wanted))),
        None => all.push(format!("hardware: {}, the claim names none", title(&plan.profile))),
    }
    let settings = &plan.job.settings;
    if let Some(batch) = claim.batch.filter(|batch| *batch as usize != settings.batch) {
        all.push(format!("batch {}, the claim has {batch}", settings.batch));
    }
    if settings.precision != Precision::Fp32 {
        all.push(format!("computed in {}", settings.precision));
    }
    if claim.models != 1 {
        all.push(format!("one network, the claim averages {}", claim.models));
    }
    all.extend(claim.gap.clone());
    all
}

/// Both rates as shares of their machines' peaks, as far as those are known.
fn fractions(context: &Context<'_>, claim: &Claim, evidence: &Evidence<'_>) -> Option<String> {
    let macs = multiply_adds(context, evidence.run)?;
    let theirs = match claim.metric {
        Metric::ForwardTime => 2.0 * macs * f64::from(claim.batch?) / (claim.value / 1000.0),
        Metric::Throughput => 2.0 * macs * claim.value,
        _ => return None,
    };
    let ours = 2.0 * macs * evidence.run.measurement("throughput.network")?.value;
    let their_peak = claim.hardware.as_ref().and_then(|id| context.profiles.get(id)?.peaks?.fp32);
    let our_peak = peak_of_run(context, evidence.run);
    let share = |rate: f64, peak: Option<f64>| match peak.filter(|peak| *peak > 0.0) {
        Some(peak) => format!("{}, {} % of its machine's peak", flops(rate), decimal(100.0 * rate / peak, 0)),
        None => format!("{}, of a peak that is not known", flops(rate)),
    };
    Some(format!("published {}; measured {}", share(theirs, their_peak), share(ours, our_peak)))
}
