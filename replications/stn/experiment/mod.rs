//! Distorted MNIST (Table 1): for one distortion, trains each network from nothing, tests it on the 10,000 distorted
//! test digits, and draws what its transformer looks at.
//!
//! Must not choose networks, batches, rates or steps: the spec's doses do.

mod classifier;
mod distort;
mod figure;
mod sets;

use spec::metric::Metric;
use tch::{Device, Tensor};

use crate::error::{Error, Result};
use crate::train::mnist::{Mnist, Split};
use crate::train::{Course, Lab, Tested};
use classifier::Classifier;
pub(crate) use distort::{Distortion, Maker};

/// The curve has so many rows.
const ROWS: u64 = 20;

/// How a network is trained.
#[derive(Debug, Clone, Copy)]
struct Recipe {
    /// Pictures of a step.
    batch: usize,
    /// The first third's rate.
    rate: f64,
    momentum: f64,
    /// The localisation network's rate, as a share of the others'.
    transformer: f64,
    /// The largest norm of the localisation network's gradient; 0: no limit. A transformer that once looks beside the
    /// digit sees nothing, and has no gradient to come back by.
    clip: f64,
    /// Whether the rate falls evenly to zero instead: in a short training a transformer that is a tenth as fast after a
    /// third of it does not come far.
    evenly: bool,
    measure_every: u64,
}

impl Recipe {
    /// The dose's numbers; where it has none, the paper's.
    fn of(lab: &Lab<'_, '_>) -> Recipe {
        let steps = lab.stage().dose.steps;
        Recipe {
            batch: lab.batch(256),
            rate: lab.setting("rate", 0.01),
            momentum: lab.setting("momentum", 0.0),
            transformer: lab.setting("transformer rate", 1.0),
            clip: lab.setting("transformer gradient", 0.0),
            evenly: lab.setting("rate falls evenly", 0.0) > 0.0,
            measure_every: (steps / ROWS).max(1),
        }
    }

    /// The learning rate: a tenth after each third of the steps, or falling evenly.
    fn rate_at(&self, step: u64, total: u64) -> f64 {
        if self.evenly {
            return self.rate * (1.0 - step as f64 / total.max(1) as f64);
        }
        let third = (3 * step / total.max(1)).min(2);
        self.rate * [1.0, 0.1, 0.01][usize::try_from(third).unwrap_or(2)]
    }
}

/// The digits and the distorted test set.
struct Data {
    distortion: Distortion,
    maker: Maker,
    /// The undistorted training digits.
    digits: Split,
    /// The training digits' classes, `[60000]`.
    classes: Tensor,
    /// Bytes, `[10000, 1, side, side]`.
    test: Tensor,
    /// `[10000]`.
    test_classes: Tensor,
    /// The SHA-256 of the test set.
    root: String,
}

impl Data {
    /// Reads MNIST and makes the test set, which must be what the spec pins.
    fn new(lab: &Lab<'_, '_>, distortion: Distortion) -> Result<Data> {
        let Mnist { train, test } = Mnist::read(&lab.data("mnist")?.folder)?;
        let maker = Maker::new(distortion);
        let pixels = sets::test_pixels(&maker, distortion, &test);
        let root = lab.pinned(&test_id(distortion), &pixels, &test.labels)?;
        Ok(Data {
            distortion,
            maker,
            classes: train.classes(lab.device())?,
            digits: train,
            test: sets::on_device(&pixels, distortion.side(), lab.device())?,
            test_classes: test.classes(lab.device())?,
            root,
        })
    }

    /// The distorted training digits of an epoch: bytes, `[60000, 1, side, side]`.
    fn training(&self, seed: u64, epoch: u64, device: Device) -> Result<Tensor> {
        let pixels = sets::training_pixels(&self.maker, self.distortion, &self.digits, seed, epoch);
        sets::on_device(&pixels, self.distortion.side(), device)
    }
}

/// What claims and outcomes call the test set.
fn test_id(distortion: Distortion) -> String {
    format!("mnist-{}-test", distortion.name())
}

/// Runs `stn-r`, `stn-rts`, `stn-p`, `stn-e` or `stn-clutter`.
pub(crate) fn run<'a>(lab: &'a Lab<'a, '_>) -> Result<()> {
    let stage = lab.stage();
    let distortion = stage.id.strip_prefix("stn-").and_then(Distortion::named).ok_or_else(|| {
        Error::Input(format!("`{}` is none of stn-r, stn-rts, stn-p, stn-e and stn-clutter", stage.id))
    })?;
    lab.begin("make distorted digits")?;
    let data = Data::new(lab, distortion)?;
    let recipe = Recipe::of(lab);
    for network in &stage.dose.networks {
        let mut classifier = Classifier::new(lab, network, &data, recipe)?;
        let course = Course {
            name: network,
            title: network,
            steps: stage.dose.steps,
            of: stage.of_steps,
            measure_every: recipe.measure_every,
            share: 1.0 / stage.dose.networks.len() as f64,
            // Batch and rates are the dose's.
            fixed: false,
        };
        let trained = lab.train(&course, &mut classifier)?;
        lab.begin(&format!("test {network}"))?;
        let tested = Tested {
            network,
            data: &test_id(distortion),
            root: &data.root,
            protocol: "clean",
            metric: Metric::TestError,
            part_of: None,
            trained: Some(&trained),
        };
        lab.answers(&tested, &classifier.answers(data.test.size()[0])?)?;
        figure::draw(lab, &classifier.model, &data)?;
    }
    Ok(())
}
