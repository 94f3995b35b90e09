//! Generative adversarial nets on MNIST, by the authors' recipe (goodfeli/adversarial, `mnist.yaml` and
//! `parzen_ll.py`): training, the Parzen-window estimate of Table 1 beside three baselines, and the paper's pictures.
//!
//! Must not hold the recipe's numbers: those are in `spec.yaml`.

mod grids;
mod pair;
mod parzen;
mod pictures;

pub use parzen::{Windows, choose};

use engine::error::{Error, Result};
use engine::input::idx::Labelled;
use engine::train::{Context, Schedule};
use replications::gan::recipe::{Parzen, Recipe};
use spec::event::Model;
use spec::metric::{Metric, Unit};
use tch::{Kind, Tensor};

use crate::mnist::{Mnist, PIXELS};
use pair::Pair;

/// Nats with three decimals: means over thousands of images are shown to tenths.
const DECIMALS: usize = 3;

/// Runs `gan-mnist`.
///
/// # Errors
/// Data that are not MNIST, a recipe that cannot be used, a full disk, libtorch's refusal.
pub fn run(context: &Context<'_, '_>) -> Result<()> {
    let recipe: Recipe = context.recipe()?;
    let numbers: Parzen = context
        .with(context.condition("parzen")?)?
        .ok_or_else(|| Error::Input("the condition `parzen` does not say how many samples and widths".to_owned()))?;
    context.begin("load mnist")?;
    let data = context.data("mnist")?;
    let mnist = Mnist::read(&data.folder)?;
    if mnist.train.len() <= recipe.training_images {
        return Err(Error::Input(format!("{} training images leave none for validation", recipe.training_images)));
    }
    let flat =
        |split: &Labelled| -> Result<Tensor> { Ok(split.floats(context.device())?.f_view([-1, PIXELS as i64])?) };
    let images = flat(&mnist.train.part(0, recipe.training_images))?;
    let validation = flat(&mnist.train.part(recipe.training_images, mnist.train.len()))?;
    let test = flat(&mnist.test)?;
    let mut pair = Pair::new(context, &recipe, &images, &validation)?;
    let schedule = Schedule {
        name: "gan-mnist",
        title: "Adversarial nets on MNIST",
        steps: context.stage().size.steps,
        of: context.stage().of_steps,
        measure_every: recipe.epoch(),
        share: 1.0,
        fixed: true,
    };
    let trained = context.train(&schedule, &mut pair)?;
    let score = Scoring { context, numbers: &numbers, root: &data.root, validation: &validation, test: &test };
    context.begin("test gan-generator")?;
    let samples = pair.samples("test samples", i64::from(numbers.samples))?;
    score.score("gan-generator", &samples, Model::Trained(trained))?;
    pictures::draw(context, &pair, &samples, &images)?;
    score.baselines(&images)
}

/// Scores samples by the Parzen windows around them.
struct Scoring<'a, 'e> {
    context: &'a Context<'a, 'e>,
    numbers: &'a Parzen,
    root: &'a str,
    validation: &'a Tensor,
    test: &'a Tensor,
}

impl Scoring<'_, '_> {
    /// Chooses the width on validation images and writes each test image's log-likelihood.
    fn score(&self, name: &str, samples: &Tensor, model: Model) -> Result<()> {
        let emitter = self.context.emitter();
        let validation = self.validation.f_narrow(0, 0, i64::from(self.numbers.validation))?;
        let windows = Windows::new(samples)?;
        let width = choose(&windows, &validation, &widths(self.numbers), emitter)?;
        emitter.value(&format!("parzen-width.{name}"), width, Some(Unit::Ratio))?;
        let values = windows.log_likelihoods(self.test, width, emitter)?;
        let tested = self.context.tested((name, model), ("mnist-test", self.root), "parzen");
        self.context.values(&tested, ("likelihood", Metric::named("log-likelihood")), &values, DECIMALS)
    }

    /// What the same estimate says of no model at all, so that its numbers mean something.
    fn baselines(&self, images: &Tensor) -> Result<()> {
        let count = i64::from(self.numbers.samples);
        let pixels = PIXELS as i64;
        self.context.begin("test baselines")?;
        self.score("training-set-samples", &images.f_narrow(0, 0, count.min(images.size()[0]))?, Model::Baseline)?;
        let mean = images.f_mean_dim([0i64].as_slice(), true, Kind::Float)?;
        let centred = images.f_sub(&mean)?.f_to_kind(Kind::Double)?;
        let covariance = centred.f_t_copy()?.f_matmul(&centred)?.f_div_scalar(images.size()[0] as f64)?;
        // Pixels that are always black have no variance; so little more does not change the fit.
        let ridge = Tensor::f_eye(pixels, (Kind::Double, images.device()))?.f_mul_scalar(1e-6)?;
        let root = covariance.f_add(&ridge)?.f_linalg_cholesky(false)?;
        let normals = self.context.stream("gaussian fit", 0).normals(usize::try_from(count * pixels).unwrap_or(0));
        let normals = Tensor::f_from_slice(&normals)?.f_view([count, pixels])?.f_to_device(images.device())?;
        let fit = normals.f_to_kind(Kind::Double)?.f_matmul(&root.f_t_copy()?)?.f_to_kind(Kind::Float)?.f_add(&mean)?;
        self.score("gaussian-fit", &fit, Model::Baseline)?;
        let mut noise = vec![0.0f32; usize::try_from(count * pixels).unwrap_or(0)];
        self.context.stream("uniform noise", 0).fill(&mut noise, 0.5);
        let noise = Tensor::f_from_slice(&noise)?.f_add_scalar(0.5)?.f_view([count, pixels])?;
        self.score("uniform-noise", &noise.f_to_device(images.device())?, Model::Baseline)
    }
}

/// NumPy's `logspace`.
fn widths(numbers: &Parzen) -> Vec<f64> {
    let last = f64::from(numbers.widths.saturating_sub(1).max(1));
    let exponent = |index: u32| numbers.from + (numbers.to - numbers.from) * f64::from(index) / last;
    (0..numbers.widths).map(|index| libm::pow(10.0, exponent(index))).collect()
}
