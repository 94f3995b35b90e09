//! Generator and discriminator, and one update of both.
//!
//! As in the authors' code both gradients come from one forward pass, with the same samples and masks, and both nets move
//! at once. The discriminator answers one logit an image, so that the gradient of any loss by a sample is that sample's
//! ∂logit/∂sample times a number: one backward pass through the discriminator serves both losses. Must not score.

use tch::{Kind, Tensor};

use super::{EPOCH, TRAINING, Windows, choose};
use crate::error::Result;
use crate::train::masks::Masks;
use crate::train::{Batches, Lab, Mode, Model, Sgd, Trainee};

/// Images a batch, and as many samples.
const BATCH: usize = 100;
/// Numbers that a sample is made from.
const NOISE: i64 = 100;
/// The first learning rate, its divisor each update, and the least.
const RATE: f64 = 0.1;
const DECAY: f64 = 1.000_004;
const LEAST_RATE: f64 = 1e-6;
/// A shorter training goes further with each update, by up to this factor. Pressed into 10,000 updates, the recipe's own
/// learning rate stood at -21 nats on the curve after 5,500 of them, twice the rate at 51, three times the rate behind twice.
const HASTE: f64 = 2.0;
/// Momentum rises from the one to the other between these epochs.
const MOMENTUM: [f64; 2] = [0.5, 0.7];
const RISE: [f64; 2] = [1.0, 250.0];
/// Weights begin uniformly within ± this.
const GENERATOR_RANGE: f32 = 0.05;
const DISCRIMINATOR_RANGE: f32 = 0.005;
/// Samples and validation images for the curve; the width is the one that mostly wins.
const CURVE_SAMPLES: i64 = 2000;
const CURVE_IMAGES: i64 = 500;
const CURVE_WIDTHS: [f64; 3] = [0.166_810_053_720_005_87, 0.215_443_469_003_188_4, 0.278_255_940_220_712_5];

/// The two nets in training.
pub(super) struct Pair<'a, 'e> {
    lab: &'a Lab<'a, 'e>,
    generator: Model,
    discriminator: Model,
    generator_descent: Sgd,
    discriminator_descent: Sgd,
    batches: Batches,
    images: &'a Tensor,
    validation: Tensor,
    /// The last step's losses, on the device.
    losses: Option<[Tensor; 2]>,
}

impl<'a, 'e> Pair<'a, 'e> {
    /// Both nets as they begin. `images` are the training images `[50000, 784]`.
    pub(super) fn new(lab: &'a Lab<'a, 'e>, images: &'a Tensor, validation: &Tensor) -> Result<Pair<'a, 'e>> {
        let marginals = Vec::<f32>::try_from(
            images.f_mean_dim([0i64].as_slice(), false, Kind::Float)?.f_to_device(tch::Device::Cpu)?,
        )?;
        // pylearn2's init_sigmoid_bias_from_marginals.
        let bias = marginals.iter().map(|mean| mean.clamp(1e-7, 1.0 - 1e-7)).map(|mean| (mean / (1.0 - mean)).ln());
        let bias: Vec<f32> = bias.collect();
        let model = |id: &str, range: f32| {
            Model::new(lab.graph(id)?, lab.device(), |parameter| {
                let mut numbers = vec![0.0; usize::try_from(parameter.len()).unwrap_or(0)];
                if parameter.shape.len() > 1 {
                    lab.stream(&format!("begin {id} {}", parameter.name), 0).fill(&mut numbers, range);
                } else if numbers.len() == bias.len() {
                    numbers.clone_from(&bias);
                }
                numbers
            })
        };
        let generator = model("gan-generator", GENERATOR_RANGE)?;
        let discriminator = model("gan-discriminator", DISCRIMINATOR_RANGE)?;
        Ok(Pair {
            generator_descent: Sgd::new(&generator.learned())?,
            discriminator_descent: Sgd::new(&discriminator.learned())?,
            generator,
            discriminator,
            batches: Batches::new(lab.seed(), "gan", TRAINING, lab.batch(BATCH)),
            images,
            validation: validation.f_narrow(0, 1000, CURVE_IMAGES)?,
            losses: None,
            lab,
        })
    }

    /// Noise `[count, 100, 1, 1]`, uniform within ±√3 (variance 1).
    pub(super) fn noise(&self, purpose: &str, index: u64, count: i64) -> Result<Tensor> {
        let mut numbers = vec![0.0; usize::try_from(count * NOISE).unwrap_or(0)];
        self.lab.stream(purpose, index).fill(&mut numbers, 3.0f32.sqrt());
        Ok(Tensor::f_from_slice(&numbers)?.f_view([count, NOISE, 1, 1])?.f_to_device(self.lab.device())?)
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
        (self.lab.stage().of_steps as f64 / total.max(1) as f64).max(1.0)
    }

    fn rate(place: f64) -> f64 {
        (RATE * (-place * DECAY.ln()).exp()).max(LEAST_RATE)
    }

    fn momentum(place: f64) -> f64 {
        let epochs = (place / EPOCH as f64).floor();
        let share = ((epochs - RISE[0]) / (RISE[1] - RISE[0])).clamp(0.0, 1.0);
        MOMENTUM[0] + share * (MOMENTUM[1] - MOMENTUM[0])
    }
}

impl Trainee for Pair<'_, '_> {
    fn step(&mut self, step: u64, total: u64) -> Result<()> {
        let places = self.batches.places(step, self.lab.device())?;
        let real = self.images.f_index_select(0, &places)?;
        let count = real.size()[0];
        let fake = self.generator.forward(&self.noise("gan noise", step, count)?, Mode::Test)?;
        let masks =
            ["real", "fake"].map(|which| Masks::new(self.lab.seed(), &format!("gan discriminator {which}"), step));
        let seen = self.discriminator.forward(&real, Mode::Train(&masks[0]))?;
        let judged = self.discriminator.forward(&fake, Mode::Train(&masks[1]))?;
        // ½ (-log D(x) - log(1 - D(G(z)))); softplus(-y) = -log sigmoid(y).
        let on_real = seen.f_neg()?.f_softplus()?.f_mean(Kind::Float)?;
        let on_fake = judged.f_softplus()?.f_mean(Kind::Float)?;
        let loss = on_real.f_add(&on_fake)?.f_mul_scalar(0.5)?;
        let mut wanted = self.discriminator.learned();
        wanted.push(&fake);
        let mut gradients = Tensor::f_run_backward(&[&loss], &wanted, false, false)?;
        let by_fake = gradients.pop().unwrap_or_default();
        // The generator's loss is -log D(G(z)). By the logit it has the slope σ - 1 where the discriminator's has ½ σ.
        let ratio = tch::no_grad(|| -> Result<Tensor> { Ok(judged.f_neg()?.f_exp()?.f_mul_scalar(-2.0)?) })?;
        let surrogate = fake.f_mul(&by_fake.f_mul(&ratio)?)?.f_sum(Kind::Float)?;
        let for_generator = Tensor::f_run_backward(&[&surrogate], &self.generator.learned(), false, false)?;
        let place = self.place(step, total);
        let rate = Self::rate(place) * self.pressed(total).min(HASTE);
        let momentum = Self::momentum(place);
        self.discriminator_descent.step(&gradients, rate, momentum)?;
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
        let width = choose(&windows, &self.validation, &CURVE_WIDTHS)?;
        let likelihoods = windows.log_likelihoods(&self.validation, width)?;
        let mean = likelihoods.iter().sum::<f64>() / likelihoods.len().max(1) as f64;
        values.push(("log-likelihood of validation images [nats]".to_owned(), mean));
        super::pictures::over_training(self.lab, self, step)?;
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
