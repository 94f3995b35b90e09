//! Two networks on the same examples: the difference of their errors, and whether it may be chance.

use statrs::function::factorial::ln_binomial;

use super::{Interval, wilson};

/// How two networks, one and the other, did on the same examples.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Paired {
    /// Examples that both got wrong.
    pub both_wrong: u64,
    /// Examples that only the one got wrong.
    pub one_wrong: u64,
    /// Examples that only the other got wrong.
    pub other_wrong: u64,
    /// Examples that both got right.
    pub both_right: u64,
}

impl Paired {
    /// Counts pairs of (the one was wrong, the other was wrong).
    #[must_use]
    pub fn count(pairs: impl IntoIterator<Item = (bool, bool)>) -> Paired {
        let mut paired = Paired::default();
        for pair in pairs {
            *match pair {
                (true, true) => &mut paired.both_wrong,
                (true, false) => &mut paired.one_wrong,
                (false, true) => &mut paired.other_wrong,
                (false, false) => &mut paired.both_right,
            } += 1;
        }
        paired
    }

    /// Examples.
    #[must_use]
    pub fn n(&self) -> u64 {
        self.both_wrong + self.one_wrong + self.other_wrong + self.both_right
    }

    /// The one's error minus the other's, a fraction -1 to 1; 0 without examples.
    #[must_use]
    pub fn difference(&self) -> f64 {
        (self.one_wrong as f64 - self.other_wrong as f64) / self.n().max(1) as f64
    }

    /// Newcombe's hybrid score interval for the difference of two paired shares, as fractions -1 to 1: the Wilson
    /// intervals of both errors, joined with the correlation of the pairs. Right for few discordant pairs too, where
    /// the plain normal interval is too short. Method 10 of R. G. Newcombe, "Improved confidence intervals for the
    /// difference between binomial proportions based on paired data", Statistics in Medicine 17 (1998), 2635–2650.
    /// No examples say nothing: -1 to 1.
    #[must_use]
    pub fn interval(&self, confidence: f64) -> Interval {
        let n = self.n();
        if n == 0 {
            return Interval { low: -1.0, high: 1.0 };
        }
        let share = |wrong: u64| (wrong as f64 / n as f64, wilson(wrong, n, confidence));
        let (one, one_ends) = share(self.both_wrong + self.one_wrong);
        let (other, other_ends) = share(self.both_wrong + self.other_wrong);
        let correlation = self.correlation();
        // Rounding can take the sum just below nothing where the correlation is 1.
        let joined = |a: f64, b: f64| (a * a - 2.0 * correlation * a * b + b * b).max(0.0).sqrt();
        let difference = self.difference();
        Interval {
            low: (difference - joined(one - one_ends.low, other_ends.high - other)).max(-1.0),
            high: (difference + joined(one_ends.high - one, other - other_ends.low)).min(1.0),
        }
    }

    /// The correlation φ of the pairs with Newcombe's continuity correction: never more than is sure, 0 where one
    /// network was always right or always wrong.
    fn correlation(&self) -> f64 {
        let [a, b, c, d] = [self.both_wrong, self.one_wrong, self.other_wrong, self.both_right].map(|n| n as f64);
        let margins = (a + b) * (c + d) * (a + c) * (b + d);
        if margins == 0.0 {
            return 0.0;
        }
        let product = a * d - b * c;
        let corrected = if product > 0.0 { (product - (a + b + c + d) / 2.0).max(0.0) } else { product };
        corrected / margins.sqrt()
    }

    /// The exact two-sided McNemar test: the probability that as few or fewer of the discordant examples fall to the
    /// luckier network when each falls to either with a probability of one half (a binomial test), doubled, at most 1.
    /// Below about 1e-308 it is 0.
    #[must_use]
    pub fn mcnemar(&self) -> f64 {
        let (fewer, discordant) = (self.one_wrong.min(self.other_wrong), self.one_wrong + self.other_wrong);
        if self.one_wrong == self.other_wrong {
            return 1.0;
        }
        // The largest term in logarithms, the rest as ratios to it: no term underflows before the sum does.
        let largest = ln_binomial(discordant, fewer) - discordant as f64 * std::f64::consts::LN_2;
        let (mut term, mut sum) = (1.0, 1.0);
        for k in (1..=fewer).rev() {
            term *= k as f64 / (discordant - k + 1) as f64;
            sum += term;
        }
        (largest + (2.0 * sum).ln()).exp().min(1.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Golden {
        /// Counts, the interval's ends, p.
        pairs: Vec<([u64; 4], f64, f64, f64)>,
    }

    fn paired([both_wrong, one_wrong, other_wrong, both_right]: [u64; 4]) -> Paired {
        Paired { both_wrong, one_wrong, other_wrong, both_right }
    }

    #[test]
    fn tests_and_intervals_are_those_of_the_golden_table() {
        let golden: Golden = serde_json::from_str(include_str!("../../tests/golden/paired.json")).unwrap();
        assert!(golden.pairs.len() > 20);
        for (counts, low, high, p) in golden.pairs {
            let (ours, interval) = (paired(counts).mcnemar(), paired(counts).interval(0.95));
            assert!((ours - p).abs() <= 1e-8 * p, "{counts:?}: p is {ours}, not {p}");
            assert!((interval.low - low).abs() < 1e-10, "{counts:?}: from {}, not {low}", interval.low);
            assert!((interval.high - high).abs() < 1e-10, "{counts:?}: to {}, not {high}", interval.high);
        }
    }

    #[test]
    fn counted_by_hand() {
        let pairs = [(true, false), (true, true), (false, false), (true, false), (false, true)];
        let counted = Paired::count(pairs);
        assert_eq!(counted, paired([1, 2, 1, 1]));
        assert!((counted.difference() - 0.2).abs() < 1e-12);
        assert_eq!(Paired::default().interval(0.95), Interval { low: -1.0, high: 1.0 });
        assert_eq!((Paired::default().difference(), Paired::default().mcnemar()), (0.0, 1.0));
    }

    proptest! {
        #[test]
        fn exchanging_the_networks_turns_the_sign(a in 0_u64..500, b in 0_u64..500, c in 0_u64..500, d in 0_u64..9000) {
            let (ours, turned) = (paired([a, b, c, d]), paired([a, c, b, d]));
            prop_assert_eq!(ours.difference(), -turned.difference());
            prop_assert_eq!(ours.mcnemar(), turned.mcnemar());
            let (interval, mirrored) = (ours.interval(0.95), turned.interval(0.95));
            prop_assert!((interval.low + mirrored.high).abs() < 1e-9);
            prop_assert!(interval.low <= ours.difference() + 1e-12 && ours.difference() <= interval.high + 1e-12);
            prop_assert!(-1.0 <= interval.low && interval.high <= 1.0);
            prop_assert!(ours.mcnemar() > 0.0 && ours.mcnemar() <= 1.0);
        }
    }
}
