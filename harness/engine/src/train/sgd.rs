//! Stochastic gradient descent with momentum, as pylearn2 and Caffe write it: v = m v - lr (g + decay p), p = p + v.
//!
//! Must not choose rates: they come with each step, so that schedules are the experiment's.

use tch::Tensor;

use crate::error::Result;

/// One optimiser: the parameters it moves and their velocities.
#[derive(Debug)]
pub struct Sgd {
    parameters: Vec<Tensor>,
    velocities: Vec<Tensor>,
    /// The largest norm of the weights into one unit (rows of a matrix), if there is a limit.
    max_norm: Option<f64>,
    decay: f64,
}

impl Sgd {
    /// Moves these parameters; velocities begin at zero.
    ///
    /// # Errors
    /// Memory that does not suffice.
    pub fn new(parameters: &[&Tensor]) -> Result<Sgd> {
        let velocities = parameters.iter().map(|tensor| Ok(tensor.detach().f_zeros_like()?));
        Ok(Sgd {
            velocities: velocities.collect::<Result<_>>()?,
            parameters: parameters.iter().map(|tensor| tensor.detach()).collect(),
            max_norm: None,
            decay: 0.0,
        })
    }

    /// Adds `decay` times the parameter to its gradient.
    #[must_use]
    pub fn decay(mut self, decay: f64) -> Sgd {
        self.decay = decay;
        self
    }

    /// After each step the weights into one unit are scaled down to this norm, where they are longer.
    #[must_use]
    pub fn max_norm(mut self, norm: f64) -> Sgd {
        self.max_norm = Some(norm);
        self
    }

    /// One step. `gradients` are in the order of the parameters; `rate` is the learning rate.
    ///
    /// # Errors
    /// libtorch's refusal.
    pub fn step(&mut self, gradients: &[Tensor], rate: f64, momentum: f64) -> Result<()> {
        let step = torch_shim::Step { rate, momentum, decay: self.decay, max_norm: self.max_norm };
        Ok(torch_shim::sgd_step(&mut self.parameters, gradients, &mut self.velocities, step)?)
    }

    /// The velocities, named after `prefix` and their index, for a checkpoint.
    pub fn tensors(&self, prefix: &str) -> Vec<(String, Tensor)> {
        let named = self.velocities.iter().enumerate();
        named.map(|(index, tensor)| (format!("{prefix}.velocity.{index:03}"), tensor.shallow_clone())).collect()
    }
}
