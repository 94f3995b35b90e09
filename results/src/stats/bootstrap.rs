//! Intervals for statistics of a whole set, which are no means over examples: the examples are drawn again and again.

use rayon::prelude::*;

use super::Interval;

/// How often the examples are drawn.
pub const DRAWS: usize = 1000;

/// What each statistic comes to over [`DRAWS`] sets of `n` examples drawn with replacement, in their order. `statistics` are given
/// how often each example was drawn; a draw of which one is None (nothing to count) or not finite is left out. The same `seed`
/// draws the same sets, on any machine, so that two systems on the same examples can be drawn together.
///
/// Sets are drawn side by side, which the generator allows: it counts, and so can begin anywhere.
pub fn draws<const K: usize>(
    n: usize,
    seed: u64,
    statistics: impl Fn(&[u32]) -> [Option<f64>; K] + Sync,
) -> [Vec<f64>; K] {
    // One example tells nothing of how others would come out.
    if n < 2 {
        return std::array::from_fn(|_| Vec::new());
    }
    let of = |times: &mut Vec<u32>, draw: usize| {
        times.fill(0);
        for number in draw * n..(draw + 1) * n {
            times[below(seed, number as u64, n as u64)] += 1;
        }
        statistics(times)
    };
    let drawn: Vec<[Option<f64>; K]> = (0..DRAWS).into_par_iter().map_init(|| vec![0; n], of).collect();
    std::array::from_fn(|k| drawn.iter().filter_map(|values| values[k]).filter(|value| value.is_finite()).collect())
}

/// The percentile bootstrap (Efron 1979): what is between the quantiles of what was drawn; None of fewer than half of the draws.
#[must_use]
pub fn percentiles(drawn: &[f64], confidence: f64) -> Option<Interval> {
    if drawn.len() * 2 < DRAWS {
        return None;
    }
    let mut values = drawn.to_vec();
    values.sort_unstable_by(f64::total_cmp);
    let quantile = |share: f64| {
        // Linear between order statistics, as NumPy's default.
        let place = share * (values.len() - 1) as f64;
        let (below, above) = (values[place.floor() as usize], values[place.ceil() as usize]);
        below + (above - below) * place.fract()
    };
    let tail = (1.0 - confidence) / 2.0;
    Some(Interval { low: quantile(tail), high: quantile(1.0 - tail) })
}

/// The `number`th of the numbers below `bound` that follow from a seed, by SplitMix64 (Steele, Lea and Flood 2014) and the high half
/// of a product: the bias is below `bound` / 2⁶⁴.
fn below(seed: u64, number: u64, bound: u64) -> usize {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(number.wrapping_add(1)));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^= z >> 31;
    ((u128::from(z) * u128::from(bound)) >> 64) as usize
}

#[cfg(test)]
mod tests {
    use spec::metric::{Metric, Unit};

    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::stats::{CONFIDENCE, clopper_pearson};
    use crate::tasks::{IntervalKind, Score};

    #[test]
    fn of_a_share_it_is_near_the_exact_interval() {
        let right = |i: usize| !i.is_multiple_of(4);
        let share = |times: &[u32]| {
            let hits: u32 = times.iter().enumerate().filter(|(i, _)| right(*i)).map(|(_, times)| times).sum();
            Some(f64::from(hits) / times.len() as f64)
        };
        let bootstrap = |seed| {
            let [drawn] = draws(800, seed, |times| [share(times)]);
            percentiles(&drawn, CONFIDENCE)
        };
        let found = bootstrap(7).unwrap();
        let exact = clopper_pearson(600, 800, CONFIDENCE);
        assert!(
            (found.low - exact.low).abs() < 0.006 && (found.high - exact.high).abs() < 0.006,
            "{found:?} {exact:?}"
        );
        assert_eq!(bootstrap(7), Some(found), "the same seed, the same sets");
        assert_ne!(bootstrap(8), Some(found));
    }

    #[test]
    fn every_draw_has_as_many_examples() {
        let count = AtomicUsize::new(0);
        let found = draws(10, 1, |times| {
            assert_eq!(times.iter().sum::<u32>(), 10);
            count.fetch_add(1, Ordering::Relaxed);
            [Some(f64::from(times[0])), None, Some(f64::NAN)]
        });
        assert_eq!((count.into_inner(), found.each_ref().map(Vec::len)), (DRAWS, [DRAWS, 0, 0]));
        assert_eq!(percentiles(&found[1], CONFIDENCE), None);
        assert!(draws(0, 1, |_| [Some(1.0)])[0].is_empty() && draws(1, 1, |_| [Some(1.0)])[0].is_empty());
        let most = |times: &[u32]| times.iter().rposition(|times| *times > 0).map(|place| place as f64);
        let score = Score::of_set(Metric::named("largest"), Unit::Count, 100, most).unwrap();
        assert_eq!((score.value, score.n, score.interval), (99.0, 100, IntervalKind::Bootstrap));
        assert!(score.high == Some(99.0) && score.low < Some(99.0) && score.low > Some(90.0), "{score:?}");
        // One set after the other takes the generator's numbers in a row.
        let [first] = draws(3, 5, |times| [Some(f64::from(times[0]))]);
        let zeros = |numbers: std::ops::Range<u64>| numbers.filter(|number| below(5, *number, 3) == 0).count() as f64;
        assert_eq!(first[..3], [zeros(0..3), zeros(3..6), zeros(6..9)]);
        // SplitMix64's first number of state 0 is e220a8397b1dcdaf: in a hundred the 88th.
        assert_eq!(below(0, 0, 100), 0xe220_a839_7b1d_cdaf_u64 as usize / (u64::MAX / 100 + 1) as usize);
    }
}
