//! Times, rates and memory as they were measured, and as shares of the machine's peak.
//!
//! Must not judge.

use spec::event::Measurement;
use spec::metric::{Metric, Unit};

use super::Evidence;
use crate::context::Context;
use crate::store::Run;

/// Adds what a run measured besides scores.
pub(crate) fn measured<'a>(context: &Context<'a>, run: &'a Run, evidence: &mut Vec<Evidence<'a>>) {
    let Some(network) = run.header.subject.as_deref() else { return };
    let mut add = |metric, unit, part, [value, low, high]: [Option<f64>; 3]| {
        let Some(value) = value.filter(|value| value.is_finite()) else { return };
        evidence.push(Evidence { run, network, metric, value, unit, low, high, scored: None, part, superseded: false });
    };
    if let Some(rate) = run.measurement("throughput.network") {
        add(Metric::THROUGHPUT, Unit::ImagesPerSecond, None, with_ends(rate, |rate| rate));
        if let Some(share) = share_of_peak(context, run) {
            add(Metric::FRACTION_OF_PEAK, Unit::Percent, None, with_ends(rate, |rate| 100.0 * share * rate));
        }
        let batch = run.header.settings.batch as f64;
        let [value, high, low] = with_ends(rate, |rate| 1000.0 * batch / rate);
        add(Metric::FORWARD_TIME, Unit::Milliseconds, None, [value, low, high]);
    }
    for part in ["process", "allocator", "device"] {
        if let Some(peak) = run.measurement(&format!("memory.{part}.peak")) {
            add(Metric::PEAK_MEMORY, Unit::Bytes, Some(part), with_ends(peak, |bytes| bytes));
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

pub(crate) fn multiply_adds(context: &Context<'_>, run: &Run) -> Option<f64> {
    let facts = run.header.subject.as_ref().and_then(|network| context.facts.get(network));
    facts.map(|facts| facts.multiply_adds as f64).or_else(|| run.measurement("macs").map(|macs| macs.value))
}

/// The peak rate of the run's arithmetic on its machine, in FLOP/s: measured in the run itself, else as the profile
/// keeps it, else in the newest run on the same profile.
pub(crate) fn peak_of_run(context: &Context<'_>, run: &Run) -> Option<f64> {
    let precision = run.header.settings.precision;
    let name = format!("peak.matmul.{precision}");
    let of_profile = || context.profiles.get(&run.header.profile)?.peaks?.of(precision);
    let elsewhere = || {
        let same =
            context.runs.iter().filter(|other| other.header.profile == run.header.profile && other.is_finished());
        same.filter_map(|other| Some((&other.header.time, other.measurement(&name)?.value)))
            .max_by(|a, b| a.0.cmp(b.0))
            .map(|(_, peak)| peak)
    };
    let own = run.measurement(&name).map(|peak| peak.value);
    own.or_else(of_profile).or_else(elsewhere).filter(|peak| *peak > 0.0)
}
