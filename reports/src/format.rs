//! Numbers as people read them: the same rules on every page, table and figure.
//!
//! Must not round a number further than its own precision warrants, and never prints `NaN` or `inf`.

use base::words::grouped;
pub use base::words::thousands;
use spec::metric::Unit;

/// Stands for a value that is absent or not a number.
pub const ABSENT: &str = "–";

/// `v` with `digits` significant digits and thousands separators: `0.0123`, `96.4`, `1,230`.
#[must_use]
pub fn significant(v: f64, digits: i32) -> String {
    if !v.is_finite() {
        return ABSENT.to_owned();
    }
    if v == 0.0 {
        return "0".to_owned();
    }
    // Rounded first, so that 9.996 takes the place of 10.0.
    let rough: f64 = format!("{v:.*e}", places(digits - 1)).parse().unwrap_or(v);
    let order = rough.abs().log10().floor();
    #[expect(clippy::cast_possible_truncation, reason = "the exponent of a finite double is within ±324")]
    let order = order as i32;
    fixed(rough, digits - 1 - order)
}

/// `v` with that many decimals and thousands separators, a true minus sign, and no negative zero.
#[must_use]
pub fn fixed(v: f64, decimals: i32) -> String {
    if !v.is_finite() {
        return ABSENT.to_owned();
    }
    let text = format!("{:.*}", places(decimals), v.abs());
    let (whole, rest) = text.split_once('.').map_or((text.as_str(), ""), |(whole, rest)| (whole, rest));
    let mut out = String::new();
    if v < 0.0 && text.bytes().any(|b| b.is_ascii_digit() && b != b'0') {
        out.push('−');
    }
    out.push_str(&grouped(whole));
    if !rest.is_empty() {
        out.push('.');
        out.push_str(rest);
    }
    out
}

/// Bytes in binary units: `97.8 MiB`.
#[must_use]
pub fn bytes(v: f64) -> String {
    if !v.is_finite() {
        return ABSENT.to_owned();
    }
    base::words::bytes(v)
}

/// A rate in its largest sensible unit: `1.23 T`, for `operations/s` or `bytes/s` to follow.
#[must_use]
pub fn rate(v: f64) -> String {
    let scales = [(1e12, " T"), (1e9, " G"), (1e6, " M"), (1e3, " k")];
    match scales.iter().find(|(scale, _)| v.is_finite() && v.abs() >= *scale) {
        Some((scale, letter)) => format!("{}{letter}", significant(v / scale, 3)),
        None => format!("{} ", significant(v, 3)),
    }
}

/// A measured value with its unit. `n` is the number of images behind it: a share of a few images gets fewer decimals.
#[must_use]
pub fn measured(v: f64, unit: Unit, n: Option<u64>) -> String {
    with_unit(&measured_number(v, unit, n), unit)
}

/// An interval with its unit: `14.29 to 19.98 %`. None unless both ends are numbers.
#[must_use]
pub fn interval(low: Option<f64>, high: Option<f64>, unit: Unit, n: Option<u64>) -> Option<String> {
    let (low, high) = (low.filter(|v| v.is_finite())?, high.filter(|v| v.is_finite())?);
    let low = measured_number(low, unit, n);
    let high = measured_number(high, unit, n);
    Some(with_unit(&format!("{low} to {high}"), unit))
}

/// A published value as printed: `step` is the step of its last printed digit. `144 M`, `7.3 %`, `143,667,240`.
#[must_use]
pub fn published(v: f64, unit: Unit, step: Option<f64>) -> String {
    let Some(step) = step.filter(|step| step.is_finite() && *step > 0.0) else {
        return measured(v, unit, None);
    };
    let number = match unit {
        Unit::Bytes => return bytes(v),
        Unit::Count | Unit::Iterations if v.abs() >= 1e9 && step >= 1e5 => {
            format!("{} G", fixed(v / 1e9, decimals(step / 1e9)))
        }
        Unit::Count | Unit::Iterations if v.abs() >= 1e6 && step >= 1e3 => {
            format!("{} M", fixed(v / 1e6, decimals(step / 1e6)))
        }
        _ => fixed(v, decimals(step)),
    };
    with_unit(&number, unit)
}

/// A published ± as printed: in the digits of its number, or in more where it was given more.
#[must_use]
pub fn spread(v: f64, unit: Unit, step: f64) -> String {
    let own = (0..6).map(|digits| 10f64.powi(-digits)).find(|own| ((v / own).round() * own - v).abs() < 1e-9);
    published(v, unit, Some(own.map_or(step, |own| own.min(step))))
}

/// What a unit is called after a number or on an axis.
#[must_use]
pub fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Percent => "%",
        Unit::Points => "points",
        Unit::Nats => "nats",
        Unit::Count | Unit::Bytes => "",
        Unit::Ratio => "×",
        Unit::Seconds => "s",
        Unit::Milliseconds => "ms",
        Unit::Days => "days",
        Unit::Epochs => "epochs",
        Unit::Iterations => "iterations",
        Unit::ImagesPerSecond => "images/s",
    }
}

/// A number without its unit, for a table whose headings name it.
#[must_use]
pub fn bare(text: &str, of: Unit) -> &str {
    let text = text.trim_end();
    match of {
        Unit::Percent | Unit::Points | Unit::Nats => text.strip_suffix(unit(of)).unwrap_or(text).trim_end(),
        _ => text,
    }
}

fn measured_number(v: f64, unit: Unit, n: Option<u64>) -> String {
    match unit {
        Unit::Percent | Unit::Points => fixed(v, if n.is_some_and(|n| n < 500) { 1 } else { 2 }),
        Unit::Count | Unit::Iterations if v.fract() == 0.0 => fixed(v, 0),
        // A tenth of a nat is far within any standard error that is reported.
        Unit::Nats => fixed(v, 1),
        Unit::Bytes => bytes(v),
        Unit::Count
        | Unit::Iterations
        | Unit::Ratio
        | Unit::Seconds
        | Unit::Milliseconds
        | Unit::Days
        | Unit::Epochs
        | Unit::ImagesPerSecond => significant(v, 3),
    }
}

fn with_unit(number: &str, of: Unit) -> String {
    let unit = unit(of);
    if unit.is_empty() || number == ABSENT { number.to_owned() } else { format!("{number} {unit}") }
}

/// Decimals that show steps of `step`.
fn decimals(step: f64) -> i32 {
    (0..12).find(|d| (step * 10f64.powi(*d) + 1e-6).floor() >= 1.0).unwrap_or(12)
}

fn places(decimals: i32) -> usize {
    usize::try_from(decimals).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(thousands(143_667_240), "143,667,240");
        assert_eq!(thousands(999), "999");
        assert_eq!(significant(96.4321, 3), "96.4");
        assert_eq!(significant(9.996, 3), "10.0");
        assert_eq!(significant(1234.5, 3), "1,230");
        assert_eq!(significant(0.012_345, 3), "0.0123");
        assert_eq!(fixed(-0.001, 2), "0.00");
        assert_eq!(fixed(-1.4, 1), "−1.4");
        assert_eq!(bytes(102_544_384.0), "97.8 MiB");
        assert_eq!(bytes(12.0), "12 bytes");
        assert_eq!(rate(1.234e11), "123 G");
    }

    #[test]
    fn decimals_follow_the_number_of_images() {
        assert_eq!(measured(21.692_307, Unit::Percent, Some(650)), "21.69 %");
        assert_eq!(measured(16.666_666, Unit::Percent, Some(60)), "16.7 %");
        assert_eq!(interval(Some(14.29), Some(19.98), Unit::Percent, Some(650)).as_deref(), Some("14.29 to 19.98 %"));
        assert_eq!(measured(224.96, Unit::Nats, Some(10_000)), "225.0 nats");
        assert_eq!(
            measured(0.0618, crate::tasks::shown_unit(results::tasks::attack::MEAN_DISTORTION, Unit::Ratio), Some(900)),
            "0.0618"
        );
        assert_eq!(bare("21.69 %", Unit::Percent), "21.69");
        assert_eq!(bare("144 M", Unit::Count), "144 M");
        assert_eq!(interval(Some(f64::NAN), Some(1.0), Unit::Percent, None), None);
    }

    #[test]
    fn published_numbers_keep_their_printed_digits() {
        assert_eq!(published(144e6, Unit::Count, Some(1e6)), "144 M");
        assert_eq!(published(19.6e9, Unit::Count, Some(1e8)), "19.6 G");
        assert_eq!(published(143_667_240.0, Unit::Count, Some(1.0)), "143,667,240");
        assert_eq!(published(7.3, Unit::Percent, Some(0.1)), "7.3 %");
        assert_eq!(published(10.07, Unit::Percent, Some(0.01)), "10.07 %");
        assert_eq!(published(7.0, Unit::Percent, Some(0.1)), "7.0 %");
        assert_eq!(spread(1.6, Unit::Nats, 1.0), "1.6 nats");
        assert_eq!(spread(2.0, Unit::Nats, 1.0), "2 nats");
        assert_eq!(spread(0.16, Unit::Percent, 0.01), "0.16 %");
        assert_eq!(spread(0.5, Unit::Percent, 0.1), "0.5 %");
        assert_eq!(published(-1.4, Unit::Points, Some(0.1)), "−1.4 points");
        assert_eq!(published(225.0, Unit::Nats, Some(1.0)), "225 nats");
        assert_eq!(published(f64::INFINITY, Unit::Percent, Some(0.1)), ABSENT);
    }

    proptest! {
        #[test]
        fn never_a_number_that_is_none(v in any::<f64>(), step in any::<f64>(), digits in 1..6i32) {
            for text in [
                significant(v, digits), fixed(v, digits), bytes(v), rate(v),
                measured(v, Unit::Percent, None), measured(v, Unit::Count, None), published(v, Unit::Count, Some(step)),
            ] {
                prop_assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
            }
        }

        #[test]
        fn significant_is_within_half_a_unit_of_the_last_digit(v in 1e-9f64..1e15) {
            let back: f64 = significant(v, 3).replace(',', "").parse().unwrap();
            prop_assert!((back - v).abs() <= v * 0.005_000_1, "{v} became {back}");
        }
    }
}
