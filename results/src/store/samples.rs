//! Whether a measured value is what its own samples say.
//!
//! Must not measure.

use spec::event::Measurement;

use crate::stats::{Interval, median};

/// Rounding on the way through decimal digits.
const ROUNDING: f64 = 1e-9;

/// What a measurement says otherwise than its samples do, in a sentence; None for one without samples.
pub(crate) fn contradiction(measurement: &Measurement) -> Option<String> {
    let Measurement { name, value, low, high, samples, .. } = measurement;
    if samples.is_empty() {
        return None;
    }
    let Some(found) = median(samples, 0.95) else {
        return Some(format!("{name} has samples that are no numbers"));
    };
    let n = samples.len();
    if !is_near(*value, found.value) {
        return Some(format!("{name} is said to be {value}, the median of its {n} samples is {}", found.value));
    }
    let said = low.zip(*high).map(|(low, high)| Interval { low, high });
    let same = match (said, found.interval) {
        (Some(said), Some(found)) => is_near(said.low, found.low) && is_near(said.high, found.high),
        (said, found) => said.is_none() && found.is_none(),
    };
    (!same).then(|| format!("the interval of {name} is not that of its {n} samples"))
}

fn is_near(one: f64, other: f64) -> bool {
    (one - other).abs() <= ROUNDING * one.abs().max(other.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(value: f64, ends: Option<(f64, f64)>, samples: &[f64]) -> Measurement {
        Measurement {
            name: "throughput.network".to_owned(),
            value,
            unit: None,
            low: ends.map(|ends| ends.0),
            high: ends.map(|ends| ends.1),
            samples: samples.to_vec(),
        }
    }

    #[test]
    fn a_value_is_the_median_of_its_samples() {
        assert_eq!(contradiction(&measured(7.0, None, &[])), None);
        assert_eq!(contradiction(&measured(2.5, None, &[4.0, 1.0, 3.0, 2.0])), None);
        let doubled = contradiction(&measured(5.0, None, &[4.0, 1.0, 3.0, 2.0])).unwrap();
        assert!(doubled.contains("said to be 5") && doubled.contains("is 2.5"), "{doubled}");
        // Six samples are the fewest that have an interval: from the smallest to the largest.
        let six = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        assert_eq!(contradiction(&measured(3.5, Some((1.0, 6.0)), &six)), None);
        for ends in [None, Some((1.0, 12.0)), Some((0.5, 6.0))] {
            assert!(contradiction(&measured(3.5, ends, &six)).is_some(), "{ends:?}");
        }
        assert!(contradiction(&measured(1.0, None, &[f64::NAN])).is_some());
    }
}
