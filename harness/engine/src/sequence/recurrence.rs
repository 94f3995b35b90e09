//! A plain recurrence with rectifiers: h(t) = max(0, x(t) + W h(t-1)).
//!
//! Must not apply weights to its inputs: all steps' are multiplied at once, before.

use tch::{Kind, Tensor};

use super::Packed;
use crate::error::Result;

/// The states `[rows, H]` of sequences whose inputs are `[rows, H]`, packed, with weights `[H, H]`; before the first step the state is
/// zero.
///
/// # Errors
/// Shapes that do not fit, or libtorch's refusal.
pub fn recurrence(packed: &Packed, inputs: &Tensor, weights: &Tensor) -> Result<Tensor> {
    let across = weights.f_t_copy()?;
    let mut states: Vec<Tensor> = Vec::with_capacity(packed.sizes().len());
    let mut row = 0;
    for size in packed.sizes() {
        let size = crate::ops::int(*size);
        let own = inputs.f_narrow(0, row, size)?;
        let sum = match states.last() {
            Some(before) => own.f_addmm(&before.f_narrow(0, 0, size)?, &across)?,
            None => own,
        };
        states.push(sum.f_relu()?);
        row += size;
    }
    if states.is_empty() {
        let (_, width) = inputs.size2()?;
        return Ok(Tensor::f_zeros([0, width], (Kind::Float, inputs.device()))?);
    }
    Ok(Tensor::f_cat(&states, 0)?)
}

#[cfg(test)]
mod tests {
    use tch::Device;

    use super::*;
    use crate::sequence::tests::wave;

    #[test]
    fn sequences_run_as_if_each_were_alone() {
        let lengths = [2, 4, 0, 3];
        let packed = Packed::of(&lengths);
        let inputs = wave(&[9, 3], 0.2).set_requires_grad(true);
        let weights = wave(&[3, 3], 0.9).set_requires_grad(true);
        let states = recurrence(&packed, &inputs, &weights).unwrap();
        let places: Vec<(usize, usize)> = packed.places().collect();
        let mut alone = Vec::new();
        for sequence in 0..lengths.len() {
            let mut state = Tensor::zeros([1, 3], (Kind::Float, Device::Cpu));
            for (row, _) in places.iter().enumerate().filter(|(_, (own, _))| *own == sequence) {
                state = (inputs.narrow(0, row as i64, 1) + state.matmul(&weights.tr())).relu();
                alone.push((row, state.shallow_clone()));
            }
        }
        alone.sort_by_key(|(row, _)| *row);
        let alone = Tensor::cat(&alone.into_iter().map(|(_, state)| state).collect::<Vec<_>>(), 0);
        let factors = wave(&[9, 3], 1.7);
        let gradients =
            |of: &Tensor| Tensor::run_backward(&[(of * &factors).sum(Kind::Float)], &[&inputs, &weights], true, false);
        assert!(states.allclose(&alone, 1e-6, 1e-6, false));
        for (one, other) in gradients(&states).iter().zip(gradients(&alone)) {
            assert!(one.allclose(&other, 1e-5, 1e-6, false));
        }
        let none = recurrence(&Packed::of(&[0, 0]), &wave(&[0, 3], 0.0), &weights).unwrap();
        assert_eq!(none.size(), [0, 3]);
    }
}
