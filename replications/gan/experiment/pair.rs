//! Generator and discriminator, and one update of both.
//!
//! As in the authors' code both gradients come from one forward pass, with the same samples and masks, and both nets move
//! at once. Must not score.

use engine::error::Result;
use engine::train::{Batches, Context, Masks, Mode, Model, Sgd, Trainer};
use replications::gan::recipe::Recipe;
use tch::{Kind, Tensor};

use super::grids;
use super::parzen::{Windows, choose};

/// Samples and validation images for the curve; the width is the one that mostly wins.
const CURVE_SAMPLES: i64 = 2000;
const CURVE_IMAGES: i64 = 500;
const CURVE_WIDTHS: [f64; 3] = [0.166_810_053_720_005_87, 0.215_443_469_003_188_4, 0.278_255_940_220_712_5];

/// The two nets in training.
pub(super) struct Pair<'a, 'e> {
    context: &'a Context<'a, 'e>,
    recipe: &'a Recipe,
    generator: Model,
    discriminator: Model,
    generator_descent: Sgd,
    discriminator_descent: Sgd,
    batches: Batches,
    /// Of the discriminator on data and on samples.
    masks: [Masks; 2],
    images: &'a Tensor,
    validation: Tensor,
    /// The last step's losses, on the device.
    losses: Option<[Tensor; 2]>,
}

impl<'a, 'e> Pair<'a, 'e> {
    /// Both nets as they begin. `images` are the training images `[N, 784]`.
    pub(super) fn new(
        context: &'a Context<'a, 'e>,
        recipe: &'a Recipe,
        images: &'a Tensor,
        validation: &Tensor,
    ) -> Result<Pair<'a, 'e>> {
        let marginals = Vec::<f32>::try_from(
            images.f_mean_dim([0i64].as_slice(), false, Kind::Float)?.f_to_device(tch::Device::Cpu)?,
        )?;
        // pylearn2's init_sigmoid_bias_from_marginals.
        let bias = marginals.iter().map(|mean| mean.clamp(1e-7, 1.0 - 1e-7)).map(|mean| (mean / (1.0 - mean)).ln());
        let bias: Vec<f32> = bias.collect();
        let model = |id: &str, range: f32| {
            Model::new(context.graph(id)?, context.device(), |parameter| {
                let mut numbers = vec![0.0; usize::try_from(parameter.len()).unwrap_or(0)];
                if parameter.shape.len() > 1 {
                    context.stream(&format!("begin {id} {}", parameter.name), 0).fill(&mut numbers, range);
                } else if numbers.len() == bias.len() {
                    numbers.clone_from(&bias);
                }
                numbers
            })
        };
        let generator = model("gan-generator", recipe.initial_weights.generator)?;
        let discriminator = model("gan-discriminator", recipe.initial_weights.discriminator)?;
        Ok(Pair {
            generator_descent: Sgd::new(&generator.learned())?,
            discriminator_descent: Sgd::new(&discriminator.learned())?,
            generator,
            discriminator,
            batches: Batches::new(context.seed(), "gan", recipe.training_images, recipe.batch),
            masks: ["real", "fake"].map(|which| Masks::new(context.seed(), &format!("gan discriminator {which}"))),
            images,
            validation: validation.f_narrow(0, 1000, CURVE_IMAGES)?,
            losses: None,
            context,
            recipe,
        })
    }

    /// Noise as the generator reads it, `[count, 100, 1, 1]`, uniform within ±√3 (variance 1).
    pub(super) fn noise(&self, purpose: &str, index: u64, count: i64) -> Result<Tensor> {
        let dimensions = self.generator.graph().input[0] as i64;
        let mut numbers = vec![0.0; usize::try_from(count * dimensions).unwrap_or(0)];
        self.context.stream(purpose, index).fill(&mut numbers, 3.0f32.sqrt());
        Ok(Tensor::f_from_slice(&numbers)?.f_view([count, dimensions, 1, 1])?.f_to_device(self.context.device())?)
    }

    /// Samples `[N, 784]` for noise `[N, 100, 1, 1]`, without gradients.
    pub(super) fn generate(&self, noise: &Tensor) -> Result<Tensor> {
        tch::no_grad(|| self.generator.forward(noise, Mode::Test))
    }

    /// Samples `[count, 784]` from the stream of that name.
    pub(super) fn samples(&self, purpose: &str, count: i64) -> Result<Tensor> {
        self.generate(&self.noise(purpose, 0, count)?)
    }

    /// The update of the whole recipe that stands where `step` stands in a shorter training: both schedules are
    /// pressed together, so that the learning rate falls as far as it does in the whole.
    fn place(&self, step: u64, total: u64) -> f64 {
        step as f64 * self.pressed(total)
    }

    /// How many of the whole recipe's updates stand behind one of a training of `total`; 1 for the whole.
    fn pressed(&self, total: u64) -> f64 {
        (self.context.stage().of_steps as f64 / total.max(1) as f64).max(1.0)
    }

    fn rate(&self, place: f64) -> f64 {
        let Recipe { learning_rate, learning_rate_divisor, least_learning_rate, .. } = self.recipe;
        (learning_rate * (-place * learning_rate_divisor.ln()).exp()).max(*least_learning_rate)
    }
}

/// Below this logit of a sample ½ σ is so small that the generator's gradient cannot be had from the discriminator's.
const LEAST_LOGIT: f64 = -40.0;

/// The gradients by what is learned, of the discriminator (of `loss`) and of the generator (of -log D(G(z))). `judged` are
/// the logits of the samples `fake`.
///
/// The discriminator answers one logit a sample, so that the gradient of any loss by a sample is that sample's
/// ∂logit/∂sample times a number: one backward pass through the discriminator serves both losses, unless a logit is so low
/// that this number vanishes. On a GPU looking at the logits waits for them: once a step, beside two backward passes.
fn gradients(
    loss: &Tensor,
    judged: &Tensor,
    fake: &Tensor,
    discriminator: &[&Tensor],
    generator: &[&Tensor],
) -> Result<[Vec<Tensor>; 2]> {
    if judged.f_min()?.f_double_value(&[])? < LEAST_LOGIT {
        let own = Tensor::f_run_backward(&[loss], discriminator, true, false)?;
        // softplus(-y) = -log sigmoid(y), and does not overflow.
        let generators = judged.f_neg()?.f_softplus()?.f_mean(Kind::Float)?;
        return Ok([own, Tensor::f_run_backward(&[&generators], generator, false, false)?]);
    }
    let mut wanted = discriminator.to_vec();
    wanted.push(fake);
    let mut own = Tensor::f_run_backward(&[loss], &wanted, false, false)?;
    let by_fake = own.pop().unwrap_or_default();
    // By the logit y the generator's loss has the slope σ - 1 where the discriminator's has ½ σ: -2 e^-y of it.
    let ratio = tch::no_grad(|| -> Result<Tensor> { Ok(judged.f_neg()?.f_exp()?.f_mul_scalar(-2.0)?) })?;
    let surrogate = fake.f_mul(&by_fake.f_mul(&ratio)?)?.f_sum(Kind::Float)?;
    Ok([own, Tensor::f_run_backward(&[&surrogate], generator, false, false)?])
}

impl Trainer for Pair<'_, '_> {
    fn step(&mut self, step: u64, total: u64) -> Result<()> {
        let indices = self.batches.on_device(step, self.context.device())?;
        let real = self.images.f_index_select(0, &indices)?;
        let count = real.size()[0];
        let fake = self.generator.forward(&self.noise("gan noise", step, count)?, Mode::Test)?;
        let [on_data, on_samples] = &self.masks;
        let seen = self.discriminator.forward(&real, Mode::Train(&on_data.of(step)))?;
        let judged = self.discriminator.forward(&fake, Mode::Train(&on_samples.of(step)))?;
        // ½ (-log D(x) - log(1 - D(G(z)))); softplus(-y) = -log sigmoid(y).
        let on_real = seen.f_neg()?.f_softplus()?.f_mean(Kind::Float)?;
        let on_fake = judged.f_softplus()?.f_mean(Kind::Float)?;
        let loss = on_real.f_add(&on_fake)?.f_mul_scalar(0.5)?;
        let [for_discriminator, for_generator] =
            gradients(&loss, &judged, &fake, &self.discriminator.learned(), &self.generator.learned())?;
        let place = self.place(step, total);
        let rate = self.rate(place) * self.pressed(total).min(self.recipe.compressed_rate_factor);
        let momentum = self.recipe.momentum.at((place / self.recipe.epoch() as f64).floor());
        self.discriminator_descent.step(&for_discriminator, rate, momentum)?;
        self.generator_descent.step(&for_generator, rate, momentum)?;
        let generator_loss = tch::no_grad(|| judged.f_neg()?.f_softplus()?.f_mean(Kind::Float))?;
        self.losses = Some([loss.detach(), generator_loss]);
        Ok(())
    }

    fn measure(&mut self, step: u64) -> Result<Vec<(String, f64)>> {
        let mut values = Vec::new();
        if let Some([discriminator, generator]) = &self.losses {
            values.push(("loss of the discriminator [nats a sample]".to_owned(), discriminator.f_double_value(&[])?));
            values.push(("loss of the generator [nats a sample]".to_owned(), generator.f_double_value(&[])?));
        }
        let samples = self.samples("curve samples", CURVE_SAMPLES)?;
        let windows = Windows::new(&samples)?;
        let width = choose(&windows, &self.validation, &CURVE_WIDTHS, self.context.emitter())?;
        let likelihoods = windows.log_likelihoods(&self.validation, width, self.context.emitter())?;
        let mean = likelihoods.iter().sum::<f64>() / likelihoods.len().max(1) as f64;
        values.push(("log-likelihood of validation images [nats]".to_owned(), mean));
        if grids::SHOWN.contains(&step) {
            let samples = self.samples("picture samples", grids::ROWS * grids::COLUMNS as i64)?;
            grids::over_training(self.context, &samples, step, self.recipe.epoch())?;
        }
        Ok(values)
    }

    fn tensors(&self) -> Vec<(String, Tensor)> {
        let mut all = self.generator.tensors("generator.");
        all.extend(self.discriminator.tensors("discriminator."));
        all.extend(self.generator_descent.tensors("generator"));
        all.extend(self.discriminator_descent.tensors("discriminator"));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A generator of one weight a pixel and a linear discriminator whose bias is `bias`.
    fn both(bias: f32) -> [Vec<Tensor>; 2] {
        let weight = Tensor::from_slice(&[0.5f32, -1.0, 2.0]).set_requires_grad(true);
        let noise = Tensor::from_slice(&[1.0f32, 2.0, -1.0, 0.5, 0.25, 3.0]).view([2, 3]);
        let fake = &noise * &weight;
        let direction = Tensor::from_slice(&[0.3f32, 0.1, -0.2]).view([1, 3]).set_requires_grad(true);
        let judged = fake.linear(&direction, Some(&Tensor::from_slice(&[bias])));
        let loss = judged.softplus().mean(Kind::Float) * 0.5;
        gradients(&loss, &judged, &fake, &[&direction], &[&weight]).unwrap()
    }

    fn numbers(tensor: &Tensor) -> Vec<f32> {
        Vec::<f32>::try_from(tensor.reshape([-1])).unwrap()
    }

    #[test]
    fn a_sample_that_is_surely_judged_a_fake_moves_the_generator_most() {
        // ∂(-y)/∂weight, meaned over two samples: what the slope σ - 1 is where σ vanishes.
        let wanted = [-0.3 * 0.75, -0.1 * 1.125, 0.2];
        for bias in [-200.0, -60.0, -39.0] {
            let [own, generators] = both(bias);
            assert!(numbers(&own[0]).iter().all(|number| number.is_finite()), "{bias}");
            for (found, wanted) in numbers(&generators[0]).iter().zip(wanted) {
                assert!((found - wanted).abs() < 1e-4, "{bias}: {:?}", numbers(&generators[0]));
            }
        }
    }

    #[test]
    fn one_backward_pass_gives_what_two_give() {
        let [_, once] = both(0.0);
        // The same by its own loss.
        let weight = Tensor::from_slice(&[0.5f32, -1.0, 2.0]).set_requires_grad(true);
        let noise = Tensor::from_slice(&[1.0f32, 2.0, -1.0, 0.5, 0.25, 3.0]).view([2, 3]);
        let judged = (&noise * &weight).matmul(&Tensor::from_slice(&[0.3f32, 0.1, -0.2]).view([3, 1]));
        let own = Tensor::run_backward(&[(-judged).softplus().mean(Kind::Float)], &[&weight], false, false);
        for (a, b) in numbers(&once[0]).iter().zip(numbers(&own[0])) {
            assert!((a - b).abs() < 1e-5, "{a} {b}");
        }
    }
}
