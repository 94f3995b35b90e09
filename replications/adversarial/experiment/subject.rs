//! A trained network with what is needed to test and attack it.
//!
//! Must not train.

use spec::event::Trained;
use tch::{Kind, Tensor};

use super::attack::CHUNK;
use super::head::Head;
use crate::error::Result;
use crate::train::{Mode, Model};

/// One network.
#[derive(Debug)]
pub(super) struct Subject {
    /// Its id in the spec.
    pub(super) id: String,
    /// The network itself.
    pub(super) model: Model,
    /// What its outputs mean.
    pub(super) head: Head,
    /// How it was trained.
    pub(super) trained: Trained,
}

impl Subject {
    /// Outputs for images `[N, 1, 28, 28]`, differentiable by them.
    pub(super) fn outputs(&self, images: &Tensor) -> Result<Tensor> {
        self.model.forward(images, Mode::Test)
    }

    /// Probabilities `[N, 10]` of the digits, without gradients, a chunk of images at a time.
    pub(super) fn probabilities(&self, images: &Tensor) -> Result<Tensor> {
        probabilities(&self.model, self.head, images)
    }
}

/// As [`Subject::probabilities`].
pub(super) fn probabilities(model: &Model, head: Head, images: &Tensor) -> Result<Tensor> {
    tch::no_grad(|| {
        let mut chunks = Vec::new();
        for x in images.f_split(CHUNK, 0)? {
            chunks.push(head.probabilities(&model.forward(&x, Mode::Test)?)?);
        }
        Ok(Tensor::f_cat(&chunks, 0)?)
    })
}

/// The share of answers that are wrong, in percent.
pub(super) fn error(probabilities: &Tensor, classes: &Tensor) -> Result<f64> {
    let wrong = probabilities.f_argmax(1, false)?.f_ne_tensor(classes)?;
    Ok(100.0 * wrong.f_to_kind(Kind::Double)?.f_mean(Kind::Double)?.f_double_value(&[])?)
}
