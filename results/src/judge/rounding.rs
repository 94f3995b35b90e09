//! What a printed number says: every value that rounds to it.

use spec::claim::Claim;

/// Half a step of the last printed digit. The slack is for binary fractions only: 7.35 has none.
pub(crate) fn half_digit(claim: &Claim) -> f64 {
    claim.step / 2.0 * (1.0 + 1e-9) + claim.value.abs() * 1e-12
}

/// Whether `value` rounds to the published number at its last printed digit.
pub(crate) fn rounds_to(value: f64, claim: &Claim) -> bool {
    (value - claim.value).abs() <= half_digit(claim)
}

/// Of all values that the printed number stands for, the one nearest to `value`.
pub(crate) fn nearest(value: f64, claim: &Claim) -> f64 {
    let half = half_digit(claim);
    value.clamp(claim.value - half, claim.value + half)
}
