//! A long short-term memory (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000), as libtorch computes it over
//! packed sequences.
//!
//! Must not hold weights of its own.

use tch::{Kind, Tensor};

use super::Packed;
use crate::error::Result;

/// Its weights, gates in the order input, forget, cell, output.
#[derive(Debug)]
pub struct Lstm<'a> {
    /// Of inputs, `[4 H, D]`.
    pub of_inputs: &'a Tensor,
    /// Of states, `[4 H, H]`.
    pub of_states: &'a Tensor,
    /// Biases, `[4 H]`.
    pub biases: &'a Tensor,
}

impl Lstm<'_> {
    /// The states `[rows, H]` of sequences whose inputs are `[rows, D]`, packed; before the first step state and cell are zero.
    ///
    /// # Errors
    /// Shapes that do not fit, or libtorch's refusal.
    pub fn run(&self, packed: &Packed, inputs: &Tensor) -> Result<Tensor> {
        let (_, width) = self.of_states.size2()?;
        let sizes: Vec<i64> = packed.sizes().iter().map(|size| crate::ops::int(*size)).collect();
        let Some(most) = sizes.first().copied() else {
            return Ok(Tensor::f_zeros([0, width], (Kind::Float, inputs.device()))?);
        };
        let zeros = || Tensor::f_zeros([1, most, width], (Kind::Float, inputs.device()));
        let (state, cell) = (zeros()?, zeros()?);
        // libtorch has a second bias, which adds nothing to the first.
        let none = self.biases.f_zeros_like()?.f_detach()?;
        let weights = [self.of_inputs, self.of_states, self.biases, &none];
        let sizes = Tensor::f_from_slice(&sizes)?;
        let (states, _, _) =
            Tensor::f_lstm_data(inputs, &sizes, &[&state, &cell], &weights, true, 1, 0.0, true, false)?;
        Ok(states)
    }

    /// One step: inputs `[N, D]`, state and cell `[N, H]` before it; gives both after it.
    ///
    /// # Errors
    /// As [`Lstm::run`].
    pub fn step(&self, inputs: &Tensor, [state, cell]: [&Tensor; 2]) -> Result<[Tensor; 2]> {
        let none = self.biases.f_zeros_like()?;
        let (state, cell) =
            inputs.f_lstm_cell(&[state, cell], self.of_inputs, self.of_states, Some(self.biases), Some(&none))?;
        Ok([state, cell])
    }
}

#[cfg(test)]
mod tests {
    use tch::Device;

    use super::*;
    use crate::sequence::tests::wave;

    /// The equations of Gers et al. 2000, one sequence after the other.
    #[test]
    fn sequences_run_as_the_equations_say_and_step_by_step() {
        let lengths = [3, 1, 2];
        let packed = Packed::of(&lengths);
        let inputs = wave(&[6, 2], 0.2);
        let (of_inputs, of_states, biases) = (wave(&[12, 2], 0.5), wave(&[12, 3], 0.9), wave(&[12], 1.3));
        let lstm = Lstm { of_inputs: &of_inputs, of_states: &of_states, biases: &biases };
        let states = lstm.run(&packed, &inputs).unwrap();
        let places: Vec<(usize, usize)> = packed.places().collect();
        for sequence in 0..lengths.len() {
            let zeros = || Tensor::zeros([1, 3], (Kind::Float, Device::Cpu));
            let (mut state, mut cell) = (zeros(), zeros());
            let (mut stepped, mut kept) = (zeros(), zeros());
            for (row, _) in places.iter().enumerate().filter(|(_, (own, _))| *own == sequence) {
                let x = inputs.narrow(0, row as i64, 1);
                let gates = x.matmul(&of_inputs.tr()) + state.matmul(&of_states.tr()) + &biases;
                let gate = |place: i64| gates.narrow(1, 3 * place, 3);
                cell = gate(1).sigmoid() * cell + gate(0).sigmoid() * gate(2).tanh();
                state = gate(3).sigmoid() * cell.tanh();
                [stepped, kept] = lstm.step(&x, [&stepped, &kept]).unwrap();
                let own = states.narrow(0, row as i64, 1);
                assert!(own.allclose(&state, 1e-5, 1e-6, false) && stepped.allclose(&state, 1e-5, 1e-6, false));
            }
            assert!(kept.allclose(&cell, 1e-5, 1e-6, false));
        }
        assert_eq!(lstm.run(&Packed::of(&[]), &wave(&[0, 2], 0.0)).unwrap().size(), [0, 3]);
    }
}
