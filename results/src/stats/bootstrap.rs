//! Intervals for statistics of a whole set, which are no means over examples: the examples are drawn again and again.

use super::Interval;

/// How often the examples are drawn.
pub const DRAWS: usize = 1000;

/// The percentile bootstrap (Efron 1979): the ends are the quantiles of the statistic over [`DRAWS`] sets of `n` examples
/// drawn with replacement. `statistic` is given how often each example was drawn; a draw of which it is None (nothing to
/// count) is left out. The same `seed` draws the same sets, on any machine, so that two systems on the same examples can
/// be drawn together.
///
/// None without examples, or where fewer than half of the draws have a statistic.
pub fn bootstrap(
    n: usize,
    seed: u64,
    confidence: f64,
    mut statistic: impl FnMut(&[u32]) -> Option<f64>,
) -> Option<Interval> {
    let [interval] = bootstrap_all(n, seed, confidence, |times| [statistic(times)]);
    interval
}

/// The same for several statistics of the same draws, each of which is that of [`bootstrap`] by itself.
pub fn bootstrap_all<const K: usize>(
    n: usize,
    seed: u64,
    confidence: f64,
    mut statistics: impl FnMut(&[u32]) -> [Option<f64>; K],
) -> [Option<Interval>; K] {
    let mut state = seed;
    let mut times = vec![0_u32; n];
    let mut values: [Vec<f64>; K] = std::array::from_fn(|_| Vec::with_capacity(DRAWS));
    for _ in 0..DRAWS {
        times.fill(0);
        for _ in 0..n {
            times[below(&mut state, n as u64)] += 1;
        }
        for (values, value) in values.iter_mut().zip(statistics(&times)) {
            values.extend(value.filter(|value| value.is_finite()));
        }
    }
    values.map(|values| if n == 0 { None } else { interval(values, confidence) })
}

/// What is between the quantiles; None of fewer than half of the draws.
fn interval(mut values: Vec<f64>, confidence: f64) -> Option<Interval> {
    if values.len() * 2 < DRAWS {
        return None;
    }
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

/// A number below `bound`, by SplitMix64 (Steele, Lea and Flood 2014) and the high half of a product: the bias is below
/// `bound` / 2⁶⁴.
fn below(state: &mut u64, bound: u64) -> usize {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^= z >> 31;
    ((u128::from(z) * u128::from(bound)) >> 64) as usize
}

#[cfg(test)]
mod tests {
    use spec::metric::{Metric, Unit};

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
        let found = bootstrap(800, 7, CONFIDENCE, share).unwrap();
        let exact = clopper_pearson(600, 800, CONFIDENCE);
        assert!(
            (found.low - exact.low).abs() < 0.006 && (found.high - exact.high).abs() < 0.006,
            "{found:?} {exact:?}"
        );
        assert_eq!(bootstrap(800, 7, CONFIDENCE, share), Some(found), "the same seed, the same sets");
        assert_ne!(bootstrap(800, 8, CONFIDENCE, share), Some(found));
    }

    #[test]
    fn every_draw_has_as_many_examples() {
        let mut draws = 0;
        bootstrap(10, 1, CONFIDENCE, |times| {
            assert_eq!(times.iter().sum::<u32>(), 10);
            draws += 1;
            Some(0.0)
        });
        assert_eq!(draws, DRAWS);
        assert_eq!(bootstrap(0, 1, CONFIDENCE, |_| Some(1.0)), None);
        assert_eq!(bootstrap(5, 1, CONFIDENCE, |_| None), None);
        let most = |times: &[u32]| times.iter().rposition(|times| *times > 0).map(|place| place as f64);
        let score = Score::of_set(Metric::named("largest"), Unit::Count, 100, most).unwrap();
        assert_eq!((score.value, score.n, score.interval), (99.0, 100, IntervalKind::Bootstrap));
        assert!(score.high == Some(99.0) && score.low < Some(99.0) && score.low > Some(90.0), "{score:?}");
        // SplitMix64's first number of state 0 is e220a8397b1dcdaf: in a hundred the 88th.
        assert_eq!(below(&mut 0, 100), 0xe220_a839_7b1d_cdaf_u64 as usize / (u64::MAX / 100 + 1) as usize);
    }
}
