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

impl Mean {
    /// The mean ± the normal quantile (1.96 at 95 %) times the standard error. For hundreds of samples and more;
    /// for a few it is too short. None where there is no standard error.
    #[must_use]
    pub fn interval(&self, confidence: f64) -> Option<Interval> {
        let half = Normal::standard().inverse_cdf(0.5 + confidence / 2.0) * self.standard_error?;
        Some(Interval { low: self.value - half, high: self.value + half })
    }

    /// The same with Student's quantile, for a few samples from a normal distribution: trainings with several seeds.
    #[must_use]
    pub fn student_interval(&self, confidence: f64) -> Option<Interval> {
        let student = StudentsT::new(0.0, 1.0, self.n as f64 - 1.0).ok()?;
        let half = student.inverse_cdf(0.5 + confidence / 2.0) * self.standard_error?;
        Some(Interval { low: self.value - half, high: self.value + half })
    }
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
        for (samples, value, error, low, high) in golden.means {
            let ours = mean(&samples).unwrap();
            let interval = ours.interval(0.95).unwrap();
            let pairs = [
                (ours.value, value),
                (ours.standard_error.unwrap(), error),
                (interval.low, low),
                (interval.high, high),
            ];
            for (ours, theirs) in pairs {
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
    }
}
