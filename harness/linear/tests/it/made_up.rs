//! Features by the formula of `tests/golden/made_up.py`, and its goldens.

use linear::Rows;
use serde_json::Value;

/// Knuth's linear congruential generator: 24 bits of it are a number in [-1, 1).
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 40) as f64 - 8_388_608.0) / 8_388_608.0
    }
}

/// Features `[rows, columns]`, with `shift` added in every third column.
pub(crate) fn features(seed: u64, rows: usize, columns: usize, shift: f32) -> Vec<f32> {
    let mut numbers = Numbers(seed);
    let shifts = move |at: usize| if (at % columns).is_multiple_of(3) { shift } else { 0.0 };
    (0..rows * columns).map(|at| numbers.next() as f32 + shifts(at)).collect()
}

/// The rows of features that are in order.
pub(crate) fn rows(values: &[f32], columns: usize) -> Rows<'_> {
    Rows::new("made up", values, columns).unwrap()
}

/// A golden file.
pub(crate) fn golden(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

pub(crate) fn number(value: &Value, key: &str) -> f64 {
    value[key].as_f64().unwrap_or_else(|| panic!("no number {key} in {value}"))
}

pub(crate) fn count(value: &Value, key: &str) -> usize {
    usize::try_from(value[key].as_u64().unwrap()).unwrap()
}

pub(crate) fn list(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
}

/// Whether both are as near as `tolerance` times the larger of 1 and the second.
pub(crate) fn near(found: f64, expected: f64, tolerance: f64) -> bool {
    (found - expected).abs() <= tolerance * expected.abs().max(1.0)
}
