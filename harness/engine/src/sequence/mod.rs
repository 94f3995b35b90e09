//! Sequences of different lengths, and what runs over them: recurrences whose every step reads only the sequences that are not at their
//! end.
//!
//! Must not know words.

pub mod forward;
pub mod lstm;
pub mod packed;
pub mod recurrence;

pub use forward::{Read, States};
pub use lstm::Lstm;
pub use packed::Packed;
pub use recurrence::recurrence;

#[cfg(test)]
pub(crate) mod tests {
    use tch::Tensor;

    /// Numbers of order one, all different.
    pub(crate) fn wave(shape: &[i64], s: f64) -> Tensor {
        let count: i64 = shape.iter().product();
        let all: Vec<f32> = (0..count).map(|k| libm::sin(0.37 * k as f64 + s) as f32).collect();
        Tensor::from_slice(&all).view(shape)
    }
}
