//! Stochastic gradient descent at two rates, as Caffe's networks have it: one for weights, one for biases, each with its own decay.
//!
//! Must not choose rates: they come with each step.

use tch::Tensor;

use super::{Model, Sgd};
use crate::error::Result;

/// What biases are called: `<layer>.bias`.
const BIAS: &str = ".bias";

/// The optimiser of the weights of one or several models and of their biases.
#[derive(Debug)]
pub struct WeightsAndBiases {
    /// The learned tensors of each, in the models' order.
    learned: [Vec<Tensor>; 2],
    sgd: [Sgd; 2],
}

impl WeightsAndBiases {
    /// Moves those of some models' learned parameters that are `chosen` by name; `decays`: of weights, and of biases.
    ///
    /// # Errors
    /// Memory that does not suffice.
    pub fn new(models: &[&Model], decays: [f64; 2], chosen: impl Fn(&str) -> bool) -> Result<WeightsAndBiases> {
        let learned = [false, true].map(|biases| {
            let all = models
                .iter()
                .flat_map(|model| model.parameters())
                .filter(|(name, tensor)| tensor.requires_grad() && name.ends_with(BIAS) == biases && chosen(name));
            all.map(|(_, tensor)| tensor.shallow_clone()).collect::<Vec<Tensor>>()
        });
        let sgd =
            |own: &[Tensor], decay| -> Result<Sgd> { Ok(Sgd::new(&own.iter().collect::<Vec<_>>())?.decay(decay)) };
        let [weights, biases] = &learned;
        Ok(WeightsAndBiases { sgd: [sgd(weights, decays[0])?, sgd(biases, decays[1])?], learned })
    }

    /// One step down a loss `[]`; `rates`: of weights, and of biases.
    ///
    /// # Errors
    /// libtorch's refusal.
    pub fn step(&mut self, loss: &Tensor, rates: [f64; 2], momentum: f64) -> Result<()> {
        WeightsAndBiases::step_all([(self, rates)], loss, momentum)
    }

    /// One step of several, each with rates of its own, down one loss.
    ///
    /// # Errors
    /// libtorch's refusal.
    pub(super) fn step_all<const N: usize>(
        parts: [(&mut WeightsAndBiases, [f64; 2]); N],
        loss: &Tensor,
        momentum: f64,
    ) -> Result<()> {
        let by: Vec<&Tensor> = parts.iter().flat_map(|(own, _)| own.learned.iter().flatten()).collect();
        let gradients = Tensor::f_run_backward(&[loss], &by, false, false)?;
        let mut left = gradients.as_slice();
        for (own, rates) in parts {
            for ((sgd, learned), rate) in own.sgd.iter_mut().zip(&own.learned).zip(rates) {
                let (these, others) = left.split_at(learned.len());
                sgd.step(these, rate, momentum)?;
                left = others;
            }
        }
        Ok(())
    }

    /// The velocities, for a checkpoint.
    pub fn tensors(&self) -> Vec<(String, Tensor)> {
        let [weights, biases] = &self.sgd;
        weights.tensors("weights").into_iter().chain(biases.tensors("biases")).collect()
    }
}

#[cfg(test)]
mod tests {
    use replications::build::Builder;
    use tch::{Device, Kind};

    use super::*;
    use crate::train::Mode;

    #[test]
    fn each_has_its_rate_and_decay_and_what_is_not_chosen_stays() {
        let mut net = Builder::new("two layers", [2, 1, 1]);
        let x = net.flatten("flatten", net.input());
        let x = net.linear("stays", x, 2);
        let x = net.linear("moves", x, 1);
        let ones = |shape: &[usize]| vec![1.0; shape.iter().product()];
        let model = Model::new(net.finish(x), Device::Cpu, |parameter| ones(&parameter.shape)).unwrap();
        let mut descent = WeightsAndBiases::new(&[&model], [0.1, 0.0], |name| name.starts_with("moves")).unwrap();
        let x = Tensor::from_slice(&[1.0_f32, 2.0]).view([1, 2, 1, 1]);
        for _ in 0..2 {
            let loss = model.forward(&x, Mode::Test).unwrap().sum(Kind::Float);
            descent.step(&loss, [0.1, 0.2], 0.5).unwrap();
        }
        let numbers = |name: &str| Vec::<f32>::try_from(model.parameter(name).unwrap().detach().view([-1])).unwrap();
        let close = |found: Vec<f32>, wanted: &[f64]| {
            assert_eq!(found.len(), wanted.len());
            for (found, wanted) in found.iter().zip(wanted) {
                assert!((f64::from(*found) - wanted).abs() < 1e-6, "{found} is not {wanted}");
            }
        };
        // A weight's gradient is 1 + 2 + 1 = 4, a bias's 1: v = -.1 (4 + .1 w), then half of it and as much again.
        let first = -0.1 * 4.1;
        let second = 0.5 * first - 0.1 * (4.0 + 0.1 * (1.0 + first));
        close(numbers("moves.weight"), &[1.0 + first + second; 2]);
        close(numbers("moves.bias"), &[1.0 - 0.2 - 0.3]);
        close(numbers("stays.weight"), &[1.0; 4]);
        assert_eq!(
            descent.tensors().into_iter().map(|(name, _)| name).collect::<Vec<_>>(),
            ["weights.velocity.000", "biases.velocity.000"]
        );
    }
}
