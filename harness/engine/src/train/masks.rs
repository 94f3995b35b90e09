//! Dropout masks from named streams: the step and the layer's name say every mask.
//!
//! Must not use libtorch's generator, whose state could not be gone back to.

use tch::Tensor;

use crate::error::Result;
use crate::streams::Stream;

/// Whether a network is trained or tested.
#[derive(Debug, Clone, Copy)]
pub enum Mode<'a> {
    /// Dropout does nothing.
    Test,
    /// Dropout with these masks.
    Train(&'a StepMasks<'a>),
}

impl Mode<'_> {
    /// Whether it is trained.
    #[must_use]
    pub fn is_training(self) -> bool {
        matches!(self, Mode::Train(_))
    }
}

/// The masks of a whole training. A network can be trained only by those of one step ([`Masks::of`]), so that nothing is
/// trained by the same masks at each step.
#[derive(Debug, Clone)]
pub struct Masks {
    seed: u64,
    purpose: String,
}

impl Masks {
    /// Masks of what is called `purpose`, such as a network's id.
    #[must_use]
    pub fn new(seed: u64, purpose: &str) -> Masks {
        Masks { seed, purpose: format!("dropout {purpose}") }
    }

    /// The masks of a step.
    #[must_use]
    pub fn of(&self, step: u64) -> StepMasks<'_> {
        StepMasks { masks: self, step }
    }
}

/// The masks of one step.
#[derive(Debug, Clone, Copy)]
pub struct StepMasks<'a> {
    masks: &'a Masks,
    step: u64,
}

impl StepMasks<'_> {
    /// Zeros with probability `p` and 1 / (1 - p) else, in the shape of `like`.
    ///
    /// # Errors
    /// libtorch's refusal.
    pub fn mask(&self, layer: &str, p: f64, like: &Tensor) -> Result<Tensor> {
        let Masks { seed, purpose } = self.masks;
        let mut stream = Stream::new(*seed, &format!("{purpose} {layer}"), self.step);
        let numbers = stream.mask(like.numel(), p);
        Ok(Tensor::f_from_slice(&numbers)?.f_reshape(like.size())?.f_to_device(like.device())?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_step_and_layer_has_masks_of_its_own() {
        let masks = Masks::new(1, "a network");
        let like = Tensor::zeros([64], (tch::Kind::Float, tch::Device::Cpu));
        let mask = |step, layer| masks.of(step).mask(layer, 0.5, &like).unwrap();
        assert!(mask(3, "h0").equal(&mask(3, "h0")));
        assert!(!mask(3, "h0").equal(&mask(4, "h0")) && !mask(3, "h0").equal(&mask(3, "h1")));
    }
}
