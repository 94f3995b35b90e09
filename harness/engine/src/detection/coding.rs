//! Boxes as numbers to be learned: how far and how much larger a box is than the one that it is told from (Girshick et al. 2014,
//! appendix C), and the loss over them.
//!
//! Must not normalise: the caller knows the means and deviations of its classes.

use base::boxes::Bounds;
use tch::{Kind, Reduction, Tensor};

use crate::error::Result;

/// The shift of the centre in sides of `from`, across and down, and the logarithms of the sides' ratios.
#[must_use]
pub fn encode(from: &Bounds, to: &Bounds) -> [f64; 4] {
    let ([x, y], [width, height]) = (from.centre(), from.size());
    let ([to_x, to_y], [to_width, to_height]) = (to.centre(), to.size());
    [(to_x - x) / width, (to_y - y) / height, libm::log(to_width / width), libm::log(to_height / height)]
}

/// The box that those numbers tell from `from`: the way back of [`encode`]. The authors' later code (py-faster-rcnn) takes the last
/// pixel for an edge on the way back, so that its boxes are a pixel larger; here both ways are of one kind.
#[must_use]
pub fn decode(from: &Bounds, [x, y, width, height]: [f64; 4]) -> Bounds {
    let (centre, size) = (from.centre(), from.size());
    let centre = [centre[0] + x * size[0], centre[1] + y * size[1]];
    Bounds::around(centre, [size[0] * libm::exp(width), size[1] * libm::exp(height)])
}

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
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_box_comes_back(
            from in (-50.0_f64..50.0, -50.0_f64..50.0, 1.0_f64..80.0, 1.0_f64..80.0),
            to in (-50.0_f64..50.0, -50.0_f64..50.0, 1.0_f64..80.0, 1.0_f64..80.0),
        ) {
            let bounds = |(x, y, width, height): (f64, f64, f64, f64)| Bounds::around([x, y], [width, height]);
            let (from, to) = (bounds(from), bounds(to));
            for (found, wanted) in decode(&from, encode(&from, &to)).edges().into_iter().zip(to.edges()) {
                prop_assert!((found - wanted).abs() < 1e-9);
            }
            prop_assert!(encode(&from, &from).iter().all(|number| number.abs() < 1e-12));
        }
    }

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
