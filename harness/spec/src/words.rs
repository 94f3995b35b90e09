//! Numbers in words, alike wherever they are printed.
//!
//! Must not round.

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
