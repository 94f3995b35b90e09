//! Numbers in words, alike wherever they are printed.
//!
//! Must not know units that only one table has.

use std::collections::BTreeMap;

/// `50,000`.
#[must_use]
pub fn thousands(number: u64) -> String {
    grouped(&number.to_string())
}

/// Decimal digits with commas between thousands.
#[must_use]
pub fn grouped(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 record`, `3 records`.
#[must_use]
pub fn count(number: usize, one: &str, many: &str) -> String {
    format!("{} {}", thousands(number as u64), if number == 1 { one } else { many })
}

/// What was counted by reason: `2 .webp files, 1,000 hidden files`.
#[must_use]
pub fn by_reason(counts: &BTreeMap<String, u64>) -> String {
    let words: Vec<String> = counts.iter().map(|(reason, count)| format!("{} {reason}", thousands(*count))).collect();
    words.join(", ")
}

/// Bytes in binary units, to three digits: `97.8 MiB`.
#[must_use]
pub fn bytes(count: f64) -> String {
    const UNITS: [&str; 5] = ["bytes", "KiB", "MiB", "GiB", "TiB"];
    let (mut scaled, mut unit) = (count, 0);
    while scaled.abs() >= 999.5 && unit + 1 < UNITS.len() {
        scaled /= 1024.0;
        unit += 1;
    }
    let decimals = match scaled.abs() {
        _ if unit == 0 => 0,
        size if size < 9.995 => 2,
        size if size < 99.95 => 1,
        _ => 0,
    };
    format!("{scaled:.decimals$} {}", UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_they_are_printed() {
        let counts = BTreeMap::from([("hidden files".to_owned(), 1_000), (".webp files".to_owned(), 2)]);
        assert_eq!(by_reason(&counts), "2 .webp files, 1,000 hidden files");
        assert_eq!([count(1, "run", "runs"), count(2_000, "run", "runs")], ["1 run", "2,000 runs"]);
        assert_eq!((thousands(50_000).as_str(), thousands(999).as_str()), ("50,000", "999"));
        let all = [12.0, 102_544_384.0, 1.5 * 1024.0 * 1024.0 * 1024.0, 488_532_377.0, 1023.9 * 1024.0];
        assert_eq!(all.map(bytes), ["12 bytes", "97.8 MiB", "1.50 GiB", "466 MiB", "1.00 MiB"]);
    }
}
