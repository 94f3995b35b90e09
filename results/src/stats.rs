//! Intervals: exact and Wilson for shares, order statistics for medians, standard errors for means, and the comparison
//! of two networks on the same examples.
//!
//! Must not know what is counted or timed.

mod bootstrap;
mod holm;
mod mean;
mod paired;

use statrs::distribution::{ContinuousCDF, Normal};
use statrs::function::beta::beta_reg;

pub use bootstrap::{DRAWS, draws, percentiles};
pub use holm::holm;
pub use mean::{FEWEST, Mean, mean, normal_quantile, paired_t};
pub use paired::Paired;

/// The confidence of every interval in this project.
pub const CONFIDENCE: f64 = 0.95;

/// An interval; both ends belong to it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Interval {
    /// Whether `value` lies inside or on an end.
    #[must_use]
    pub fn contains(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }
}

/// The exact (Clopper–Pearson) interval for a share of which `k` of `n` were seen, as fractions 0 to 1. No
/// observations say nothing: 0 to 1. A `k` above `n` counts as `n`; `confidence` must lie strictly between 0 and 1.
#[must_use]
pub fn clopper_pearson(k: u64, n: u64, confidence: f64) -> Interval {
    let k = k.min(n);
    let tail = (1.0 - confidence) / 2.0;
    let low = if k == 0 { 0.0 } else { beta_quantile(k as f64, (n - k + 1) as f64, tail) };
    // By symmetry: the upper end for k right ones is one minus the lower end for the n - k wrong ones.
    let high = if k == n { 1.0 } else { 1.0 - beta_quantile((n - k) as f64, (k + 1) as f64, tail) };
    Interval { low, high }
}

/// Wilson's score interval for a share of which `k` of `n` were seen, as fractions 0 to 1. Shorter than the exact one
/// and right on average only. Arguments as for [`clopper_pearson`].
#[must_use]
pub fn wilson(k: u64, n: u64, confidence: f64) -> Interval {
    if n == 0 {
        return Interval { low: 0.0, high: 1.0 };
    }
    let k = k.min(n);
    let z = Normal::standard().inverse_cdf(0.5 + confidence / 2.0);
    let (n, share) = (n as f64, k as f64 / n as f64);
    let centre = (share + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z / (1.0 + z * z / n) * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    // The ends of no and of all right ones are exact; the formula misses them by rounding.
    let low = if k == 0 { 0.0 } else { (centre - half).max(0.0) };
    let high = if share == 1.0 { 1.0 } else { (centre + half).min(1.0) };
    Interval { low, high }
}

/// A median with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Median {
    /// The median: the mean of the two middle samples when their number is even.
    pub value: f64,
    /// The interval between two order statistics that covers the true median with at least the confidence asked for,
    /// whatever the distribution; None when there are too few samples (under 6 at 95 %).
    pub interval: Option<Interval>,
}

/// The median of samples in any order. None without samples or when one is not a number.
#[must_use]
pub fn median(samples: &[f64], confidence: f64) -> Option<Median> {
    if samples.is_empty() || samples.iter().any(|sample| sample.is_nan()) {
        return None;
    }
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len();
    let value = f64::midpoint(sorted[(n - 1) / 2], sorted[n / 2]);
    let rank = median_rank(n, confidence);
    let interval = (rank > 0).then(|| Interval { low: sorted[rank - 1], high: sorted[n - rank] });
    Some(Median { value, interval })
}

/// The largest rank j, from 1, such that the j-th smallest and the j-th largest of `n` samples enclose the true median
/// with at least that confidence; 0 when even the extremes do not.
fn median_rank(n: usize, confidence: f64) -> usize {
    let tail = (1.0 - confidence) / 2.0;
    // The number of samples below the median is Binomial(n, 1/2); its logarithms do not underflow for large n.
    let mut ln_probability = -(n as f64) * std::f64::consts::LN_2;
    let mut below = 0.0;
    for j in 0..n {
        below += ln_probability.exp();
        if below > tail {
            return j;
        }
        ln_probability += ((n - j) as f64).ln() - ((j + 1) as f64).ln();
    }
    0
}

/// The point below which a Beta(a, b) variable falls with that probability.
fn beta_quantile(a: f64, b: f64, probability: f64) -> f64 {
    // Halving, because the library's own inverse stops early for millions of images (see the golden table) and gives
    // no bound on its steps; halving always ends, after at most 1,100 steps for the smallest number there is.
    let (mut low, mut high) = (0.0, 1.0);
    loop {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            return middle;
        }
        if beta_reg(a, b, middle) < probability {
            low = middle;
        } else {
            high = middle;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Golden {
        shares: Vec<(u64, u64, f64, f64, f64, f64, f64)>,
        median_ranks: Vec<(usize, f64, usize)>,
    }

    fn golden() -> Golden {
        serde_json::from_str(include_str!("../tests/golden/intervals.json")).unwrap()
    }

    #[test]
    fn intervals_are_scipys() {
        for (k, n, confidence, low, high, wilson_low, wilson_high) in golden().shares {
            let exact = clopper_pearson(k, n, confidence);
            let score = wilson(k, n, confidence);
            let ends = [(exact.low, low), (exact.high, high), (score.low, wilson_low), (score.high, wilson_high)];
            for (i, (ours, theirs)) in ends.into_iter().enumerate() {
                assert!((ours - theirs).abs() < 1e-9, "{k} of {n} at {confidence}, end {i}: {ours} is not {theirs}");
            }
        }
    }

    #[test]
    fn median_ranks_are_scipys() {
        for (n, confidence, rank) in golden().median_ranks {
            assert_eq!(median_rank(n, confidence), rank, "{n} samples at {confidence}");
        }
    }

    #[test]
    fn nothing_seen_says_nothing() {
        assert_eq!(clopper_pearson(0, 0, 0.95), Interval { low: 0.0, high: 1.0 });
        assert_eq!(wilson(0, 0, 0.95), Interval { low: 0.0, high: 1.0 });
        assert_eq!(median(&[], 0.95), None);
        assert_eq!(median(&[1.0, f64::NAN], 0.95), None);
    }

    #[test]
    fn medians_of_few_have_no_interval() {
        assert_eq!(median(&[3.0, 1.0], 0.95), Some(Median { value: 2.0, interval: None }));
        let six = median(&[6.0, 1.0, 5.0, 2.0, 4.0, 3.0], 0.95).unwrap();
        assert_eq!(six, Median { value: 3.5, interval: Some(Interval { low: 1.0, high: 6.0 }) });
    }

    proptest! {
        #[test]
        fn intervals_contain_the_share_and_mirror(n in 1_u64..60_000, part in 0.0..=1.0_f64, confidence in 0.5..0.999_f64) {
            let k = (n as f64 * part).round() as u64;
            let share = k as f64 / n as f64;
            for interval in [clopper_pearson, wilson] {
                let (ours, mirrored) = (interval(k, n, confidence), interval(n - k, n, confidence));
                prop_assert!(0.0 <= ours.low && ours.high <= 1.0);
                prop_assert!(ours.low <= share + 1e-12 && share <= ours.high + 1e-12);
                prop_assert!((ours.low - (1.0 - mirrored.high)).abs() < 1e-9);
            }
        }

        #[test]
        fn intervals_grow_with_the_count_and_shrink_with_the_sample(n in 2_u64..60_000, part in 0.0..1.0_f64) {
            let k = ((n - 1) as f64 * part) as u64;
            for interval in [clopper_pearson, wilson] {
                let (ours, more) = (interval(k, n, 0.95), interval(k + 1, n, 0.95));
                prop_assert!(ours.low <= more.low + 1e-12 && ours.high <= more.high + 1e-12);
                let (larger, width) = (interval(4 * k, 4 * n, 0.95), ours.high - ours.low);
                prop_assert!(larger.high - larger.low < width);
                let surer = interval(k, n, 0.99);
                prop_assert!(surer.low <= ours.low && ours.high <= surer.high);
            }
        }

        #[test]
        fn medians_do_not_mind_the_order(mut samples in prop::collection::vec(-1e6..1e6_f64, 1..60)) {
            let ours = median(&samples, 0.95).unwrap();
            samples.reverse();
            prop_assert_eq!(median(&samples, 0.95).unwrap(), ours);
            if let Some(interval) = ours.interval {
                prop_assert!(interval.contains(ours.value));
            }
        }
    }
}
