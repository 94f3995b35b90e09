//! What outcomes come to: a value with its interval, a comparison of two models, the examples that went most wrong.
//!
//! Must not know claims.

use serde::{Deserialize, Serialize};
use spec::metric::{Metric, Unit};

use crate::stats::{CONFIDENCE, Interval, Mean, Paired, clopper_pearson, draws, mean, paired_t, percentiles};
use crate::words::{p_value, thousands};

/// One value.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// What.
    pub metric: Metric,
    /// The value, in `unit`.
    pub value: f64,
    /// The unit.
    pub unit: Unit,
    /// Examples that it is over.
    pub n: u64,
    /// How many of them were right (for agreement: the same), where that is counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correct: Option<u64>,
    /// The lower end of the 95 % interval, where there are enough examples for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<f64>,
    /// The upper end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
    /// How the interval was made.
    pub interval: IntervalKind,
}

/// How an interval over examples was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IntervalKind {
    /// Exact, for a share (Clopper and Pearson).
    Binomial,
    /// Student's, for a mean.
    Mean,
    /// By drawing examples again and again, for a statistic of a whole set.
    Bootstrap,
}

impl Score {
    /// A share of `n` examples in percent: `counted` of them are what the metric counts, `correct` were right. None
    /// without examples.
    #[must_use]
    pub fn share(metric: Metric, counted: u64, correct: u64, n: u64) -> Option<Score> {
        let interval = super::percent(clopper_pearson(counted, n, CONFIDENCE));
        (n > 0).then(|| Score {
            metric,
            value: 100.0 * counted as f64 / n as f64,
            unit: Unit::Percent,
            n,
            correct: Some(correct),
            low: Some(interval.low),
            high: Some(interval.high),
            interval: IntervalKind::Binomial,
        })
    }

    /// A mean of values; in percent those are shares, whose interval ends at 0 and 100.
    #[must_use]
    pub fn mean(metric: Metric, mean: Mean, unit: Unit) -> Score {
        let percent = unit == Unit::Percent;
        let shown = |value: f64| if percent { 100.0 * value } else { value };
        let end = |value: f64| if percent { shown(value).clamp(0.0, 100.0) } else { value };
        let interval: Option<Interval> = mean.interval(CONFIDENCE);
        Score {
            metric,
            value: shown(mean.value),
            unit,
            n: mean.n,
            correct: None,
            low: interval.map(|interval| end(interval.low)),
            high: interval.map(|interval| end(interval.high)),
            interval: IntervalKind::Mean,
        }
    }

    /// A statistic of a whole set of `n` examples, given how often each of them counts: once each for the value, as they
    /// were drawn for the interval (see [`draws`]). None where the set has none.
    #[must_use]
    pub fn of_set(
        metric: Metric,
        unit: Unit,
        n: usize,
        statistic: impl Fn(&[u32]) -> Option<f64> + Sync,
    ) -> Option<Score> {
        let [score] = Score::all_of_set([metric], unit, n, |times| [statistic(times)]);
        score
    }

    /// Several statistics of a whole set, of the same draws: each as [`Score::of_set`] has it.
    #[must_use]
    pub fn all_of_set<const K: usize>(
        metrics: [Metric; K],
        unit: Unit,
        n: usize,
        statistics: impl Fn(&[u32]) -> [Option<f64>; K] + Sync,
    ) -> [Option<Score>; K] {
        let values = statistics(&vec![1; n]).map(|value| value.filter(|_| n > 0));
        if values.iter().all(Option::is_none) {
            return [None; K];
        }
        let drawn = draws(n, 0, statistics);
        std::array::from_fn(|index| {
            let interval = percentiles(&drawn[index], CONFIDENCE);
            Some(Score {
                low: interval.map(|interval| interval.low),
                high: interval.map(|interval| interval.high),
                ..Score::whole(metrics[index], unit, n, values[index]?)
            })
        })
    }

    /// A statistic of a whole set of `n` examples without an interval.
    #[must_use]
    pub fn whole(metric: Metric, unit: Unit, n: usize, value: f64) -> Score {
        Score {
            metric,
            value,
            unit,
            n: n as u64,
            correct: None,
            low: None,
            high: None,
            interval: IntervalKind::Bootstrap,
        }
    }
}

/// How much two models differ on the same examples.
#[derive(Debug, Clone, PartialEq)]
pub struct Pairing {
    /// The one's value minus the other's.
    pub difference: f64,
    /// Its unit.
    pub unit: Unit,
    /// Examples.
    pub n: u64,
    /// The lower end of the difference's 95 % interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// The probability of a difference as large by chance.
    pub p: f64,
    /// The test in words: `exact McNemar test: 3 against 40 discordant answers, p < 0.001`.
    pub test: String,
}

impl Pairing {
    /// From pairs of (the one was wrong, the other was wrong), in percentage points.
    #[must_use]
    pub fn of_mistakes(pairs: impl IntoIterator<Item = (bool, bool)>) -> Pairing {
        let paired = Paired::count(pairs);
        let interval = super::percent(paired.interval(CONFIDENCE));
        let p = paired.mcnemar();
        Pairing {
            difference: 100.0 * paired.difference(),
            unit: Unit::Points,
            n: paired.n(),
            low: interval.low,
            high: interval.high,
            p,
            test: format!(
                "exact McNemar test: {} against {} discordant answers, {}",
                thousands(paired.one_wrong),
                thousands(paired.other_wrong),
                p_value(p)
            ),
        }
    }
}

impl Pairing {
    /// From pairs of numbers whose means are compared, the one's first. None without a test: too few pairs, or a number
    /// that is not finite.
    #[must_use]
    pub fn of_values(pairs: impl IntoIterator<Item = (f64, f64)>, unit: Unit) -> Option<Pairing> {
        let differences: Vec<f64> = pairs.into_iter().map(|(one, other)| one - other).collect();
        let mean = mean(&differences)?;
        let (interval, p) = (mean.interval(CONFIDENCE)?, paired_t(&mean)?);
        Some(Pairing {
            difference: mean.value,
            unit,
            n: mean.n,
            low: interval.low,
            high: interval.high,
            p,
            test: format!("Student's test of the differences, {}", p_value(p)),
        })
    }
}

impl Pairing {
    /// From a difference of two statistics of a whole set of `n` examples, in percentage points, given how often each of them
    /// counts: by drawing examples again and again, the same for both. None where the set has no statistic.
    #[must_use]
    pub fn of_sets(n: usize, difference: impl Fn(&[u32]) -> Option<f64> + Sync) -> Option<Pairing> {
        let value = difference(&vec![1; n]).filter(|_| n > 0)?;
        let [drawn] = draws(n, 0, |times| [difference(times)]);
        let interval = percentiles(&drawn, CONFIDENCE)?;
        // How often a draw falls on the other side of zero, on both sides together; never less than one draw.
        let share = |side: fn(f64) -> bool| drawn.iter().filter(|one| side(**one)).count() as f64;
        let beyond = share(|one| one <= 0.0).min(share(|one| one >= 0.0)).max(1.0);
        let p = (2.0 * beyond / drawn.len() as f64).min(1.0);
        Some(Pairing {
            difference: value,
            unit: Unit::Points,
            n: n as u64,
            low: interval.low,
            high: interval.high,
            p,
            test: format!("bootstrap over images, {}", p_value(p)),
        })
    }
}

/// One example that a model got wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct Wrong {
    /// The example's place in the data, from 0.
    pub index: usize,
    /// Its name, where examples have names.
    pub file: Option<String>,
    /// What it is.
    pub class: u32,
    /// What was said.
    pub given: u32,
    /// How sure, 0 to 1; None where that was not kept.
    pub score: Option<f64>,
}
