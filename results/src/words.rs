//! Numbers as the reasons print them.
//!
//! Must not decide anything.

pub(crate) use base::words::thousands;
use spec::claim::Claim;
use spec::metric::Unit;

/// A number with that many decimals, and commas between thousands.
pub(crate) fn decimal(number: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", number.abs());
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), thousands);
    let sign = if number < 0.0 { "-" } else { "" };
    format!("{sign}{whole}{rest}")
}

/// The published number with the digits that are printed, and its unit.
pub(crate) fn published(claim: &Claim) -> String {
    let decimals = decimals_of_step(claim.step);
    quantity(claim.value, decimals, claim.unit)
}

/// A published number as short as it can be written without loss, and its unit. Shares keep one decimal, as papers
/// print them: `39.0 %`.
pub(crate) fn shortest(value: f64, unit: Unit) -> String {
    let least = usize::from(matches!(unit, Unit::Percent | Unit::Points));
    let decimals = (least..9).find(|decimals| format!("{value:.decimals$}").parse() == Ok(value));
    quantity(value, decimals.unwrap_or(9), unit)
}

/// How many decimals a number printed in steps of `step` has.
pub(crate) fn decimals_of_step(step: f64) -> usize {
    (0..9)
        .find(|decimals| {
            let scaled = step * 10_f64.powi(*decimals);
            scaled >= 1.0 - 1e-9 && (scaled - scaled.round()).abs() < 1e-6
        })
        .map_or(9, |decimals| decimals as usize)
}

/// `73.00 to 76.15 %`: the unit once is enough.
pub(crate) fn span(low: f64, high: f64, decimals: usize, unit: Unit) -> String {
    let [low, high] = [low, high].map(|end| quantity(end, decimals, unit));
    let bare = low.split_once(' ').map_or(low.as_str(), |(number, _)| number);
    format!("{bare} to {high}")
}

/// The p-value of a test: `p = 0.042`, `p = 2e-24`, `p < 1e-300`.
#[must_use]
pub fn p_value(p: f64) -> String {
    match p {
        p if p < 1e-300 => "p < 1e-300".to_owned(),
        p if p < 0.001 => format!("p = {p:.0e}"),
        p if p < 0.1 => format!("p = {p:.3}"),
        p => format!("p = {p:.2}"),
    }
}

/// `7.40 %`, `138,357,544`, `12.0 ms`.
pub(crate) fn quantity(value: f64, decimals: usize, unit: Unit) -> String {
    let number = decimal(value, decimals);
    match unit {
        Unit::Percent => format!("{number} %"),
        Unit::Count | Unit::Ratio => number,
        Unit::Milliseconds => format!("{number} ms"),
        Unit::Seconds => format!("{number} s"),
        Unit::Bytes => base::words::bytes(value),
        Unit::Points | Unit::Nats | Unit::Days | Unit::Epochs | Unit::Iterations | Unit::ImagesPerSecond => {
            format!("{number} {unit}")
        }
    }
}

/// Floating-point operations a second, in the unit that fits: `4.29 TFLOP/s`.
pub(crate) fn flops(rate: f64) -> String {
    if rate >= 1e12 { format!("{:.2} TFLOP/s", rate / 1e12) } else { format!("{:.1} GFLOP/s", rate / 1e9) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_printed() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(1_281_167), "1,281,167");
        assert_eq!(decimal(-1234.567, 2), "-1,234.57");
        assert_eq!(decimals_of_step(1e6), 0);
        assert_eq!(decimals_of_step(0.1), 1);
        assert_eq!(decimals_of_step(0.01), 2);
        assert_eq!(decimals_of_step(0.5), 1);
        assert_eq!(quantity(7.4, 1, Unit::Percent), "7.4 %");
        assert_eq!(quantity(3.0 * 1024.0 * 1024.0, 0, Unit::Bytes), "3.00 MiB");
        assert_eq!(flops(4.29e12), "4.29 TFLOP/s");
        assert_eq!(span(-180.5, 182.125, 1, Unit::Nats), "-180.5 to 182.1 nats");
        assert_eq!(span(0.06, 0.0625, 4, Unit::Ratio), "0.0600 to 0.0625");
        assert_eq!(
            [1.0, 0.04166, 0.0009, 2.3e-24, 0.0].map(p_value).join(", "),
            "p = 1.00, p = 0.042, p = 9e-4, p = 2e-24, p < 1e-300"
        );
    }
}
