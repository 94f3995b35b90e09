//! A mean with its standard error.

use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

use super::Interval;

/// A mean of independent samples.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mean {
    /// Samples.
    pub n: u64,
    /// Their mean.
    pub value: f64,
    /// The sample standard deviation (over n - 1) divided by √n; None for one sample, which has no spread.
    pub standard_error: Option<f64>,
}

/// The mean of samples, summed in their order. None without samples or when one is not finite.
#[must_use]
pub fn mean(samples: &[f64]) -> Option<Mean> {
    if samples.is_empty() || samples.iter().any(|sample| !sample.is_finite()) {
        return None;
    }
    let n = samples.len() as f64;
    let value = samples.iter().sum::<f64>() / n;
    // Deviations from the mean, not a difference of two large sums, which would lose the digits that matter.
    let squares: f64 = samples.iter().map(|sample| (sample - value).powi(2)).sum();
    let standard_error = (samples.len() > 1).then(|| (squares / (n - 1.0) / n).sqrt());
    Some(Mean { n: samples.len() as u64, value, standard_error })
}

/// A mean of fewer samples gets no interval: whatever their distribution is, they do not show it.
pub const FEWEST: u64 = 5;

impl Mean {
    /// Student's interval, for samples whose mean is about normal: always for a few from a normal distribution, and for
    /// hundreds from any. None below [`FEWEST`] samples.
    #[must_use]
    pub fn interval(&self, confidence: f64) -> Option<Interval> {
        (self.n >= FEWEST).then(|| self.student_interval(confidence)).flatten()
    }

    /// The same for any number of samples from two on, where they are known to be normal: trainings with several seeds.
    #[must_use]
    pub fn student_interval(&self, confidence: f64) -> Option<Interval> {
        let half = quantile(self.n as f64 - 1.0, confidence)? * self.standard_error?;
        Some(Interval { low: self.value - half, high: self.value + half })
    }

    /// Where one more sample from the same normal distribution falls with that confidence, if its value is known up to a
    /// standard error `more` (0 for a value that is known): the mean ± Student's quantile times √(s² (1 + 1/n) + more²).
    #[must_use]
    pub fn prediction_interval(&self, confidence: f64, more: f64) -> Option<Interval> {
        let (error, freedom) = self.prediction_error(more)?;
        // Without a spread of its own nothing but the other's is left, which has none to estimate.
        let half =
            error * if freedom.is_finite() { quantile(freedom, confidence)? } else { normal_quantile(confidence) };
        Some(Interval { low: self.value - half, high: self.value + half })
    }

    /// The probability that one more sample, known up to a standard error `more`, is as far from the mean as `value` is.
    #[must_use]
    pub fn prediction_p(&self, value: f64, more: f64) -> Option<f64> {
        let (error, freedom) = self.prediction_error(more)?;
        two_sided((value - self.value).abs() / error, freedom)
    }

    /// √(s² (1 + 1/n) + more²), from the standard error s / √n, with the degrees of freedom by Welch and Satterthwaite.
    fn prediction_error(&self, more: f64) -> Option<(f64, f64)> {
        let (own, more) = (self.standard_error?.powi(2) * (self.n as f64 + 1.0), more.powi(2));
        let freedom = self.n as f64 - 1.0;
        // Of two variances one is estimated; (own + more)² / own² is 1 where there is no other.
        let freedom = if more > 0.0 { freedom * ((own + more) / own).powi(2) } else { freedom };
        Some(((own + more).sqrt(), freedom))
    }

    /// Welch's test: the probability of means as far apart as this one and another, if both distributions have one mean.
    /// The other is known by its mean, its sample standard deviation and its number of samples.
    #[must_use]
    pub fn welch_p(&self, other: f64, deviation: f64, samples: u32) -> Option<f64> {
        let (a, b) = (self.standard_error?.powi(2), deviation.powi(2) / f64::from(samples));
        let freedom = (a + b).powi(2) / (a * a / (self.n as f64 - 1.0) + b * b / (f64::from(samples) - 1.0));
        two_sided((self.value - other).abs() / (a + b).sqrt(), freedom)
    }
}

/// Student's quantile for a two-sided interval.
fn quantile(freedom: f64, confidence: f64) -> Option<f64> {
    let student = StudentsT::new(0.0, 1.0, freedom).ok()?;
    Some(student.inverse_cdf(0.5 + confidence / 2.0))
}

/// The normal distribution's quantile for a two-sided interval.
#[must_use]
pub fn normal_quantile(confidence: f64) -> f64 {
    Normal::standard().inverse_cdf(0.5 + confidence / 2.0)
}

/// The probability that Student's t is as far from 0; 1 where nothing differs at all.
fn two_sided(t: f64, freedom: f64) -> Option<f64> {
    if t.is_nan() {
        return Some(1.0);
    }
    if freedom.is_infinite() {
        return Some((2.0 * Normal::standard().sf(t)).min(1.0));
    }
    let student = StudentsT::new(0.0, 1.0, freedom).ok()?;
    Some(if t.is_finite() { (2.0 * student.sf(t)).min(1.0) } else { 0.0 })
}

/// Student's test that the mean is 0.
#[must_use]
pub fn paired_t(mean: &Mean) -> Option<f64> {
    two_sided(mean.value.abs() / mean.standard_error?, mean.n as f64 - 1.0)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Golden {
        means: Vec<(Vec<f64>, f64, f64, f64, f64)>,
    }

    #[test]
    fn means_are_numpys() {
        let golden: Golden = serde_json::from_str(include_str!("../../tests/golden/paired.json")).unwrap();
        for (samples, value, error, ..) in golden.means {
            let ours = mean(&samples).unwrap();
            for (ours, theirs) in [(ours.value, value), (ours.standard_error.unwrap(), error)] {
                assert!((ours - theirs).abs() <= 1e-9 * theirs.abs().max(1.0), "{ours} is not {theirs}");
            }
        }
    }

    #[test]
    fn one_sample_has_no_spread_and_none_have_no_mean() {
        assert_eq!(mean(&[2.5]), Some(Mean { n: 1, value: 2.5, standard_error: None }));
        assert_eq!(mean(&[2.5]).unwrap().interval(0.95), None);
        assert_eq!(mean(&[]), None);
        assert_eq!(mean(&[1.0, f64::NEG_INFINITY]), None);
    }

    /// `scipy.stats.t.ppf(0.975, n - 1)` for 2, 3 and 5 samples.
    #[test]
    fn few_samples_have_students_interval() {
        for (samples, quantile) in [
            (vec![1.0, 2.0], 12.706_204_736_432_095),
            (vec![1.0, 2.0, 4.0], 4.302_652_729_911_275),
            (vec![3.0, 1.0, 4.0, 1.0, 5.0], 2.776_445_105_197_798_7),
        ] {
            let ours = mean(&samples).unwrap();
            let interval = ours.student_interval(0.95).unwrap();
            let half = quantile * ours.standard_error.unwrap();
            assert!((interval.high - ours.value - half).abs() < 1e-9 * half, "{interval:?}");
            assert!((ours.value - interval.low - half).abs() < 1e-9 * half, "{interval:?}");
        }
        assert_eq!(mean(&[1.0]).unwrap().student_interval(0.95), None);
        assert_eq!(mean(&[1.0, 2.0, 3.0, 4.0]).unwrap().interval(0.95), None);
        assert!(mean(&[1.0, 2.0, 3.0, 4.0, 5.0]).unwrap().interval(0.95).is_some());
    }

    /// By SciPy: `t.ppf(0.975, 2) * s * sqrt(1 + 1/3)`, `2 * t.sf(|x - m| / (s * sqrt(1 + 1/3)), 2)`,
    /// `ttest_ind_from_stats(mean, s, 3, 6.61, 0.16, 5, equal_var=False)`, `ttest_1samp`. See `tests/golden/trainings.py`.
    #[test]
    fn one_more_training_and_two_means_are_scipys() {
        let golden: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/golden/trainings.json")).unwrap();
        for case in golden.as_array().unwrap() {
            let samples: Vec<f64> = serde_json::from_value(case["samples"].clone()).unwrap();
            let number = |name: &str| case[name].as_f64().unwrap();
            let ours = mean(&samples).unwrap();
            let interval = ours.prediction_interval(0.95, 0.0).unwrap();
            let (other, deviation) = (number("other"), number("deviation"));
            let count = u32::try_from(case["count"].as_u64().unwrap()).unwrap();
            for (ours, theirs) in [
                (interval.low, number("low")),
                (interval.high, number("high")),
                (ours.prediction_p(other, 0.0).unwrap(), number("prediction_p")),
                (ours.welch_p(other, deviation, count).unwrap(), number("welch_p")),
                (paired_t(&ours).unwrap(), number("paired_p")),
            ] {
                assert!((ours - theirs).abs() <= 1e-8 * theirs.abs().max(1e-6), "{ours} is not {theirs} in {case}");
            }
        }
    }
}
