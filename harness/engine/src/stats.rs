//! The median of samples and its interval.
//!
//! Must not throw samples away: all of them go into the record.

/// A median with its 95 % interval from order statistics, which needs no assumption about the distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Median {
    /// The median; NaN for no samples.
    pub value: f64,
    /// The lower end; None for fewer than six samples, which have no 95 % interval.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
}

impl Median {
    /// The median of samples in any order.
    #[must_use]
    pub fn of(samples: &[f64]) -> Median {
        let mut sorted = samples.to_vec();
        sorted.sort_by(f64::total_cmp);
        let n = sorted.len();
        if n == 0 {
            return Median { value: f64::NAN, low: None, high: None };
        }
        let value = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2.0;
        match outer_rank(n) {
            Some(rank) => Median { value, low: Some(sorted[rank]), high: Some(sorted[n - 1 - rank]) },
            None => Median { value, low: None, high: None },
        }
    }
}

/// The largest rank r (from 0) such that the r-th smallest and r-th largest of n samples enclose the median with at
/// least 95 %: P(Binomial(n, 1/2) ≤ r) ≤ 2.5 %.
fn outer_rank(n: usize) -> Option<usize> {
    // In logarithms, since 2^-n underflows for many samples.
    let mut log_term = -(n as f64) * std::f64::consts::LN_2;
    let mut sum = 0.0;
    let mut best = None;
    for r in 0..n / 2 {
        sum += log_term.exp();
        if sum > 0.025 {
            break;
        }
        best = Some(r);
        log_term += ((n - r) as f64 / (r + 1) as f64).ln();
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Table of the distribution-free interval for a median, 95 %: n and the rank from 1 (Conover, A3).
    #[test]
    fn ranks_are_those_of_the_printed_table() {
        for (n, rank) in
            [(6, 1), (8, 1), (9, 2), (12, 3), (15, 4), (20, 6), (25, 8), (30, 10), (40, 14), (50, 18), (100, 40)]
        {
            assert_eq!(outer_rank(n), Some(rank - 1), "n = {n}");
        }
        assert_eq!(outer_rank(5), None);
        assert!(outer_rank(5000).is_some());
    }

    #[test]
    fn the_median_of_even_and_odd_counts() {
        assert_eq!(Median::of(&[3.0, 1.0, 2.0]).value, 2.0);
        assert_eq!(Median::of(&[4.0, 1.0, 2.0, 3.0]).value, 2.5);
        assert!(Median::of(&[]).value.is_nan());
        let thirty: Vec<f64> = (1..=30).rev().map(f64::from).collect();
        assert_eq!(Median::of(&thirty), Median { value: 15.5, low: Some(10.0), high: Some(21.0) });
    }
}
