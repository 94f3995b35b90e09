//! A trained network with what is needed to test and attack it.
//!
//! Must not train.

use engine::emit::Emitter;
use engine::error::Result;
use engine::train::{Mode, Model};
use spec::event::Trained;
use tch::{Kind, Tensor};

use super::head::Head;

/// Images that go through a network at once.
pub(super) const CHUNK: i64 = 1000;

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

    /// Probabilities `[N, 10]` of the digits, without gradients, a chunk of images at a time; `emitter` hears that
    /// the work goes on.
    pub(super) fn probabilities(&self, images: &Tensor, emitter: &Emitter<'_>) -> Result<Tensor> {
        probabilities(&self.model, self.head, images, emitter)
    }
}

/// As [`Subject::probabilities`].
pub(super) fn probabilities(model: &Model, head: Head, images: &Tensor, emitter: &Emitter<'_>) -> Result<Tensor> {
    tch::no_grad(|| {
        let mut chunks = Vec::new();
        for x in images.f_split(CHUNK, 0)? {
            emitter.alive()?;
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
