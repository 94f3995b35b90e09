//! The parameters of the step that did best on the images that choices are made on.
//!
//! Must not measure.

use engine::error::Result;
use engine::train::Model;
use tch::Tensor;

/// A copy of a model's parameters with what they came to.
pub(super) struct Best {
    /// What they came to, `[1]`; the more the better.
    value: Tensor,
    /// In the model's order.
    parameters: Vec<(String, Tensor)>,
}

/// Before the first look.
const NOTHING: f32 = -1e30;

impl Best {
    /// The parameters as they begin.
    pub(super) fn of(model: &Model) -> Result<Best> {
        let copy = |(name, tensor): &(String, Tensor)| {
            let mut copy = tensor.detach().f_zeros_like()?;
            copy.f_copy_(&tensor.detach())?;
            Ok((name.clone(), copy))
        };
        let parameters = model.parameters().iter().map(copy).collect::<Result<_>>()?;
        Ok(Best { value: Tensor::f_from_slice(&[NOTHING])?, parameters })
    }

    /// Takes the parameters as they are where they came to more than those that are kept.
    pub(super) fn look(&mut self, model: &Model, value: f64) -> Result<()> {
        if value as f32 > self.value.f_double_value(&[0])? as f32 {
            let _guard = tch::no_grad_guard();
            self.value = Tensor::f_from_slice(&[value as f32])?;
            for ((_, kept), (_, own)) in self.parameters.iter_mut().zip(model.parameters()) {
                kept.f_copy_(&own.detach())?;
            }
        }
        Ok(())
    }

    /// Gives the kept parameters back to the model, if there was a look.
    pub(super) fn give_back(&self, model: &Model) -> Result<()> {
        if self.value.f_double_value(&[0])? as f32 > NOTHING {
            let _guard = tch::no_grad_guard();
            for ((_, kept), (_, own)) in self.parameters.iter().zip(model.parameters()) {
                own.detach().f_copy_(kept)?;
            }
        }
        Ok(())
    }

    /// For a checkpoint.
    pub(super) fn tensors(&self) -> Vec<(String, Tensor)> {
        let own = self.parameters.iter().map(|(name, tensor)| (format!("best.{name}"), tensor.shallow_clone()));
        own.chain([("best".to_owned(), self.value.shallow_clone())]).collect()
    }
}

/// Weights that begin evenly spread between minus `bound` and this, from the stream `uniform <name>`; biases at zero.
pub(super) fn uniform(parameter: &replications::count::Parameter, seed: u64, bound: f64) -> Vec<f32> {
    let mut numbers = vec![0.0; parameter.shape.iter().product()];
    if parameter.shape.len() > 1 {
        let mut stream = engine::streams::Stream::new(seed, &format!("uniform {}", parameter.name), 0);
        stream.fill(&mut numbers, bound as f32);
    }
    numbers
}
