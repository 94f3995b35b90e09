//! The loss over boxes that are learned as numbers ([`base::boxes::Bounds::encode`]).
//!
//! Must not normalise: the caller knows the means and deviations of its classes.

use tch::{Kind, Reduction, Tensor};

use crate::error::Result;

/// Smooth L1 (Girshick 2015, equation 3; with σ as in Ren et al.'s code): (σd)²/2 where |d| is below 1/σ², else |d| - 1/(2σ²);
/// number by number, of tensors of one shape.
///
/// # Errors
/// libtorch's refusal.
pub fn smooth_l1(said: &Tensor, wanted: &Tensor, sigma: f64) -> Result<Tensor> {
    Ok(said.f_to_kind(Kind::Float)?.f_smooth_l1_loss(wanted, Reduction::None, 1.0 / (sigma * sigma))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loss_is_a_parabola_and_then_a_line() {
        let said = Tensor::from_slice(&[0.0_f32, 0.05, 1.0 / 9.0, 1.0, -2.0]);
        let loss = smooth_l1(&said, &said.zeros_like(), 3.0).unwrap();
        let wanted = [0.0, 4.5 * 0.05 * 0.05, 1.0 / 18.0, 1.0 - 1.0 / 18.0, 2.0 - 1.0 / 18.0];
        for (place, wanted) in (0..).zip(wanted) {
            assert!((loss.double_value(&[place]) - wanted).abs() < 1e-6);
        }
    }
}
