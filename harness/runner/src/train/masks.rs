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
    Train(&'a Masks),
}

impl Mode<'_> {
    /// Whether it is trained.
    #[must_use]
    pub fn is_training(self) -> bool {
        matches!(self, Mode::Train(_))
    }
}

/// The masks of one step.
#[derive(Debug, Clone)]
pub struct Masks {
    seed: u64,
    purpose: String,
    step: u64,
}

impl Masks {
    /// Masks of the step `step` of what is called `purpose` (`gan discriminator`).
    #[must_use]
    pub fn new(seed: u64, purpose: &str, step: u64) -> Masks {
        Masks { seed, purpose: format!("dropout {purpose}"), step }
    }

    /// Zeros with probability `p` and 1 / (1 - p) else, in the shape of `like`.
    ///
    /// # Errors
    /// libtorch's refusal.
    pub fn mask(&self, layer: &str, p: f64, like: &Tensor) -> Result<Tensor> {
        let mut stream = Stream::new(self.seed, &format!("{} {layer}", self.purpose), self.step);
        let numbers = stream.mask(like.numel(), p);
        Ok(Tensor::f_from_slice(&numbers)?.f_reshape(like.size())?.f_to_device(like.device())?)
    }
}
