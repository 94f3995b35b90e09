//! Generative adversarial nets on MNIST, by the authors' recipe (goodfeli/adversarial, `mnist.yaml` and
//! `parzen_ll.py`): training, the Parzen-window estimate of Table 1 beside three baselines, and the paper's pictures.
//!
//! Must not hold the recipe's numbers twice: they are here, and in words in `spec.yaml`.

mod pair;
mod parzen;
mod pictures;

pub use parzen::{Windows, choose};

use spec::event::Trained;
use spec::experiment::Parzen;
use spec::metric::{Metric, Unit};
use tch::{Kind, Tensor};

use crate::error::{Error, Result};
use crate::train::mnist::{Mnist, PIXELS};
use crate::train::{Course, Lab, Tested};
use pair::Pair;

/// The recipe trains on the first 50,000 images; the rest of the training set is for validation.
const TRAINING: usize = 50_000;
/// Updates of an epoch.
const EPOCH: u64 = 500;

/// Runs `gan-mnist`.
///
/// # Errors
/// Data that are not MNIST, a full disk, libtorch's refusal.
pub fn run<'a>(lab: &'a Lab<'a, '_>) -> Result<()> {
    lab.begin("load mnist")?;
    let data = lab.data("mnist")?;
    let mnist = Mnist::read(&data.folder)?;
    let flat = |split: &crate::train::mnist::Split| -> Result<Tensor> {
        Ok(split.floats(lab.device())?.f_view([-1, PIXELS as i64])?)
    };
    let images = flat(&mnist.train.part(0, TRAINING))?;
    let validation = flat(&mnist.train.part(TRAINING, mnist.train.len()))?;
    let test = flat(&mnist.test)?;
    let mut pair = Pair::new(lab, &images, &validation)?;
    let course = Course {
        name: "gan-mnist",
        title: "Adversarial nets on MNIST",
        steps: lab.stage().dose.steps,
        of: lab.stage().of_steps,
        measure_every: EPOCH,
        share: 1.0,
        fixed: true,
    };
    let trained = lab.train(&course, &mut pair)?;
    let protocol = lab.condition("parzen")?;
    let numbers = protocol
        .parzen
        .as_ref()
        .ok_or_else(|| Error::Input("the condition `parzen` does not say how many samples and widths".to_owned()))?;
    let score = Scoring { lab, numbers, root: &data.root, validation: &validation, test: &test };
    lab.begin("test gan-generator")?;
    let samples = pair.samples("test samples", i64::from(numbers.samples))?;
    score.score("gan-generator", &samples, Some(&trained))?;
    pictures::draw(lab, &pair, &samples, &images)?;
    score.baselines(&images)
}

/// Scores samples by the Parzen windows around them.
struct Scoring<'a, 'e> {
    lab: &'a Lab<'a, 'e>,
    numbers: &'a Parzen,
    root: &'a str,
    validation: &'a Tensor,
    test: &'a Tensor,
}

impl Scoring<'_, '_> {
    /// Chooses the width on validation images and writes each test image's log-likelihood.
    fn score(&self, name: &str, samples: &Tensor, trained: Option<&Trained>) -> Result<()> {
        let validation = self.validation.f_narrow(0, 0, i64::from(self.numbers.validation))?;
        let windows = Windows::new(samples)?;
        let width = choose(&windows, &validation, &widths(self.numbers))?;
        self.lab.emitter().value(&format!("parzen-width.{name}"), width, Some(Unit::Ratio))?;
        let values = windows.log_likelihoods(self.test, width)?;
        let tested = Tested {
            network: name,
            data: "mnist-test",
            root: self.root,
            protocol: "parzen",
            metric: Metric::LogLikelihood,
            part_of: None,
            trained,
        };
        self.lab.values(&tested, &values)
    }

    /// What the same estimate says of no model at all, so that its numbers mean something.
    fn baselines(&self, images: &Tensor) -> Result<()> {
        let count = i64::from(self.numbers.samples);
        let pixels = PIXELS as i64;
        self.lab.begin("test baselines")?;
        self.score("training-set-samples", &images.f_narrow(0, 0, count.min(images.size()[0]))?, None)?;
        let mean = images.f_mean_dim([0i64].as_slice(), true, Kind::Float)?;
        let centred = images.f_sub(&mean)?.f_to_kind(Kind::Double)?;
        let covariance = centred.f_t_copy()?.f_matmul(&centred)?.f_div_scalar(images.size()[0] as f64)?;
        // Pixels that are always black have no variance; so little more does not change the fit.
        let ridge = Tensor::f_eye(pixels, (Kind::Double, images.device()))?.f_mul_scalar(1e-6)?;
        let root = covariance.f_add(&ridge)?.f_linalg_cholesky(false)?;
        let normals = self.lab.stream("gaussian fit", 0).normals(usize::try_from(count * pixels).unwrap_or(0));
        let normals = Tensor::f_from_slice(&normals)?.f_view([count, pixels])?.f_to_device(images.device())?;
        let fit = normals.f_to_kind(Kind::Double)?.f_matmul(&root.f_t_copy()?)?.f_to_kind(Kind::Float)?.f_add(&mean)?;
        self.score("gaussian-fit", &fit, None)?;
        let mut noise = vec![0.0f32; usize::try_from(count * pixels).unwrap_or(0)];
        self.lab.stream("uniform noise", 0).fill(&mut noise, 0.5);
        let noise = Tensor::f_from_slice(&noise)?.f_add_scalar(0.5)?.f_view([count, pixels])?;
        self.score("uniform-noise", &noise.f_to_device(images.device())?, None)
    }
}

/// NumPy's `logspace`.
fn widths(numbers: &Parzen) -> Vec<f64> {
    let last = f64::from(numbers.widths.saturating_sub(1).max(1));
    let exponent = |index: u32| numbers.from + (numbers.to - numbers.from) * f64::from(index) / last;
    (0..numbers.widths).map(|index| libm::pow(10.0, exponent(index))).collect()
}
