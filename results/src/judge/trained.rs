//! The same recipe, trained here: what the paper printed is one training, or a mean of some, and so is ours.

use spec::claim::Claim;

use super::{Judgement, half_digit, nearest};
use crate::row::Verdict;
use crate::stats::{CONFIDENCE, Interval, Mean, mean, normal_quantile};
use crate::tasks::decimals;
use crate::words::{p_value, published, quantity, span};

/// Fewer trainings than these do not say how far trainings are apart.
pub(crate) const DECIDING: usize = 3;

/// What our trainings came to.
#[derive(Debug, Clone)]
pub(crate) struct Trainings {
    /// The values, one a seed.
    pub(crate) values: Vec<f64>,
    /// The newest over its examples, where it has an interval.
    pub(crate) examples: Option<Examples>,
}

/// One training's value with its interval over examples.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Examples {
    pub(crate) value: f64,
    pub(crate) interval: Interval,
}

/// The mean of trainings. The sum of equal values rounds; their mean does not, and they have no spread at all.
pub(crate) fn mean_of(values: &[f64]) -> Option<Mean> {
    let mean = mean(values)?;
    match values {
        [first, rest @ ..] if !rest.is_empty() && rest.iter().all(|value| value == first) => {
            Some(Mean { value: *first, standard_error: Some(0.0), ..mean })
        }
        _ => Some(mean),
    }
}

/// Where one more training by the same recipe is to be expected: from our seeds, once there are enough of them.
pub(crate) fn prediction(trainings: &Trainings) -> Option<Interval> {
    let enough = trainings.values.len() >= DECIDING;
    enough.then(|| mean_of(&trainings.values)?.prediction_interval(CONFIDENCE, 0.0)).flatten()
}

/// A paper's ± that is no spread of trainings: a standard error of its number. It counts in the same way however many
/// trainings there are: its variance is added to ours.
pub(crate) fn standard_error(claim: &Claim) -> f64 {
    claim.plus_minus.map_or(0.0, f64::abs)
}

/// An interval around `value` with the paper's standard error in it.
pub(crate) fn widened(value: f64, interval: Interval, error: f64) -> Interval {
    let more = normal_quantile(CONFIDENCE) * error;
    let end = |away: f64| away.hypot(more);
    Interval { low: value - end(value - interval.low), high: value + end(interval.high - value) }
}

/// Judges the claim.
pub(crate) fn judge(claim: &Claim, trainings: &Trainings) -> Judgement {
    let count = trainings.values.len();
    let Some(mean) = mean_of(&trainings.values) else {
        return Judgement::open(Verdict::NotRun, "the measured value is not a number".to_owned());
    };
    let target = nearest(mean.value, claim);
    if count >= DECIDING {
        return decided(claim, count, &mean, target);
    }
    let of = if count == 1 { "1 training".to_owned() } else { format!("{count} trainings") };
    if let (Some(deviation), Some(samples)) = (claim.plus_minus, claim.trainings.filter(|samples| *samples > 1)) {
        return beside_theirs(claim, &of, mean.value, deviation, samples);
    }
    let Some(Examples { value, interval }) = trainings.examples else {
        let rounds = mean.value == target;
        let verdict = if rounds { Verdict::Consistent } else { Verdict::InconsistentSoFar };
        let rounded = if rounds { "rounds" } else { "nothing says how far trainings are apart, and it does not round" };
        return Judgement::open(verdict, format!("{of}: {rounded} to the published {}", published(claim)));
    };
    let error = standard_error(claim);
    let Interval { low, high } = widened(value, interval, error);
    let whose = match error > 0.0 {
        true => "the interval over examples, with the paper's own ±,",
        false => "the interval over examples",
    };
    let half = half_digit(claim);
    let inside = low <= claim.value + half && claim.value - half <= high || mean.value == target;
    let place = match inside {
        true if (low..=high).contains(&claim.value) => "inside",
        true => "as far as it is printed inside",
        false => "outside",
    };
    let shown = span(low, high, decimals(claim.metric, claim.unit), claim.unit);
    let reason = format!("{of}: the published {} lies {place} {whose} {shown}", published(claim));
    Judgement::open(if inside { Verdict::Consistent } else { Verdict::InconsistentSoFar }, reason)
}

/// One or two trainings where the paper prints mean ± standard deviation of its own: where those put one more.
fn beside_theirs(claim: &Claim, of: &str, value: f64, deviation: f64, samples: u32) -> Judgement {
    let error = deviation.abs() / f64::from(samples).sqrt();
    let theirs = Mean { n: u64::from(samples), value: claim.value, standard_error: Some(error) };
    let Some(Interval { low, high }) = theirs.prediction_interval(CONFIDENCE, 0.0) else {
        return Judgement::open(Verdict::InconsistentSoFar, format!("{of}: the paper's own ± is none"));
    };
    let half = half_digit(claim);
    let inside = (low - half..=high + half).contains(&value);
    let digits = decimals(claim.metric, claim.unit);
    let reason = format!(
        "{of}: {} lies {} where the paper's {samples} trainings put one more, {}",
        quantity(value, digits, claim.unit),
        if inside { "inside" } else { "outside" },
        span(low, high, digits, claim.unit)
    );
    Judgement::open(if inside { Verdict::Consistent } else { Verdict::InconsistentSoFar }, reason)
}

/// From three trainings on: Welch's test where the paper prints mean ± standard deviation, else the claim as one more
/// training.
fn decided(claim: &Claim, count: usize, mean: &Mean, target: f64) -> Judgement {
    let away = |p: f64| p < 1.0 - CONFIDENCE;
    let (p, how) = match (claim.plus_minus, claim.trainings) {
        (Some(deviation), Some(samples)) if samples > 1 => {
            let p = mean.welch_p(target, deviation, samples);
            (p, format!("Welch's test against the paper's {samples} trainings, {} ± {deviation}", published(claim)))
        }
        _ => {
            let error = standard_error(claim);
            // Trainings that all gave one value were counted on too few examples to say how far trainings are apart.
            let apart = mean.standard_error != Some(0.0);
            let p = mean.prediction_p(target, error).filter(|p| apart || !away(*p));
            let shown = mean.prediction_interval(CONFIDENCE, error).map_or_else(String::new, |interval| {
                span(interval.low, interval.high, decimals(claim.metric, claim.unit), claim.unit)
            });
            let place = if p.is_some_and(away) { "outside" } else { "inside" };
            let whose = if error > 0.0 { ", with the paper's own ±," } else { "," };
            (p, format!("the published {} lies {place} where one more would fall{whose} {shown}", published(claim)))
        }
    };
    let Some(p) = p else {
        let reason = format!("all {count} trainings gave one value, so that nothing says how far trainings are apart");
        let reason = format!("{reason}; it does not round to the published {}", published(claim));
        return Judgement::open(Verdict::InconsistentSoFar, reason);
    };
    let verdict = if away(p) { Verdict::NotReplicated } else { Verdict::Replicated };
    Judgement { verdict, reason: format!("{count} trainings: {how}, {}", p_value(p)), p: Some(p) }
}
