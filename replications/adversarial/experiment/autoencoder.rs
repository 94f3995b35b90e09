//! The sparse autoencoder below AE400-10's softmax (Szegedy et al. 2013, section 4.2: one layer of 400 sigmoid units, "not
//! fine-tuned").
//!
//! The paper gives no more. The cost is that of Ng's lecture notes on sparse autoencoders (CS294A, 2011): half the squared
//! error, a penalty β KL(ρ ‖ mean activation) for each unit, and weight decay. Must not classify.

use engine::error::Result;
use engine::train::{Batches, Context, Sgd, Trainer};
use replications::adversarial::recipe::{self, Recipe};
use tch::{Kind, Tensor};

use super::digits::Digits;
use crate::mnist::PIXELS;

/// Encoder and decoder.
#[derive(Debug)]
pub(super) struct Autoencoder<'a, 'e> {
    context: &'a Context<'a, 'e>,
    recipe: recipe::Autoencoder,
    images: &'a Tensor,
    batches: Batches,
    /// Encoder's weight `[units, 784]` and bias, decoder's weight `[784, units]` and bias.
    tensors: [Tensor; 4],
    weights: Sgd,
    biases: Sgd,
    cost: Option<Tensor>,
}

const NAMES: [&str; 4] = ["encoder.weight", "encoder.bias", "decoder.weight", "decoder.bias"];

impl<'a, 'e> Autoencoder<'a, 'e> {
    /// As it begins.
    pub(super) fn new(context: &'a Context<'a, 'e>, train: &'a Digits, recipe: &Recipe) -> Result<Autoencoder<'a, 'e>> {
        let recipe::Autoencoder { units, weight_decay, .. } = recipe.autoencoder;
        let range = (6.0 / (PIXELS + units + 1) as f32).sqrt();
        let tensor = |name: &str, shape: &[usize], range: f32| -> Result<Tensor> {
            let mut numbers = vec![0.0; shape.iter().product()];
            context.stream(&format!("begin autoencoder {name}"), 0).fill(&mut numbers, range);
            let shape: Vec<i64> = shape.iter().map(|side| *side as i64).collect();
            let tensor = Tensor::f_from_slice(&numbers)?.f_view(shape.as_slice())?.f_to_device(context.device())?;
            Ok(tensor.f_set_requires_grad(true)?)
        };
        let tensors = [
            tensor(NAMES[0], &[units, PIXELS], range)?,
            tensor(NAMES[1], &[units], 0.0)?,
            tensor(NAMES[2], &[PIXELS, units], range)?,
            tensor(NAMES[3], &[PIXELS], 0.0)?,
        ];
        Ok(Autoencoder {
            context,
            recipe: recipe.autoencoder,
            images: &train.images,
            batches: Batches::new(context.seed(), "autoencoder", train.len(), recipe.batch),
            weights: Sgd::new(&[&tensors[0], &tensors[2]])?.decay(weight_decay),
            biases: Sgd::new(&[&tensors[1], &tensors[3]])?,
            tensors,
            cost: None,
        })
    }

    /// The encoder's weight and bias.
    pub(super) fn encoder(&self) -> [&Tensor; 2] {
        [&self.tensors[0], &self.tensors[1]]
    }
}

impl Trainer for Autoencoder<'_, '_> {
    fn step(&mut self, step: u64, total: u64) -> Result<()> {
        let recipe::Autoencoder { learning_rate, momentum, sparsity, sparsity_weight, .. } = self.recipe;
        let indices = self.batches.on_device(step, self.context.device())?;
        let x = self.images.f_index_select(0, &indices)?.f_flatten(1, -1)?;
        let [w, b, v, c] = &self.tensors;
        let code = x.f_linear(w, Some(b))?.f_sigmoid()?;
        let seen = code.f_linear(v, Some(c))?.f_sigmoid()?;
        let error = seen.f_sub(&x)?.f_square()?.f_sum(Kind::Float)?.f_mul_scalar(0.5 / x.size()[0] as f64)?;
        let active = code.f_mean_dim([0i64].as_slice(), false, Kind::Float)?.f_clamp(1e-6, 1.0 - 1e-6)?;
        let idle = active.f_neg()?.f_add_scalar(1.0)?;
        let entropy = active.f_log()?.f_mul_scalar(sparsity)?.f_add(&idle.f_log()?.f_mul_scalar(1.0 - sparsity)?)?;
        let cost = error.f_sub(&entropy.f_sum(Kind::Float)?.f_mul_scalar(sparsity_weight)?)?;
        let gradients = Tensor::f_run_backward(&[&cost], &[w, v, b, c], false, false)?;
        let rate = learning_rate * (1.0 - step as f64 / total.max(1) as f64);
        self.weights.step(&gradients[..2], rate, momentum)?;
        self.biases.step(&gradients[2..], rate, momentum)?;
        self.cost = Some(error.detach());
        Ok(())
    }

    fn measure(&mut self, _: u64) -> Result<Vec<(String, f64)>> {
        let Some(cost) = &self.cost else { return Ok(Vec::new()) };
        Ok(vec![("half squared error of the last batch [an image]".to_owned(), cost.f_double_value(&[])?)])
    }

    fn tensors(&self) -> Vec<(String, Tensor)> {
        let named = NAMES.iter().zip(&self.tensors);
        let mut all: Vec<(String, Tensor)> =
            named.map(|(name, tensor)| ((*name).to_owned(), tensor.shallow_clone())).collect();
        all.extend(self.weights.tensors("weights"));
        all.extend(self.biases.tensors("biases"));
        all
    }
}
