//! Distorted MNIST (Table 1): for one distortion, trains each network from nothing, tests it on the 10,000 distorted
//! test digits, and draws what its transformer looks at.
//!
//! Must not choose networks, batches, rates or steps: the spec does.

mod classifier;
mod distort;
mod figure;
mod sets;

use engine::error::{Error, Result};
use engine::input::idx::Labelled;
use engine::train::{Context, Schedule};
use replications::stn::recipe::Recipe;
use spec::event::Model;
use spec::metric::Metric;
use tch::{Device, Tensor};

use crate::mnist::Mnist;
use classifier::Classifier;

pub(crate) use distort::{Distortion, Maker};

/// The curve has so many rows.
const ROWS: u64 = 20;

/// The digits and the distorted test set.
struct Data {
    distortion: Distortion,
    maker: Maker,
    /// The undistorted training digits.
    digits: Labelled,
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
    fn new(context: &Context<'_, '_>, distortion: Distortion) -> Result<Data> {
        let Mnist { train, test } = Mnist::read(&context.data("mnist")?.folder)?;
        let maker = Maker::new(distortion);
        let pixels = sets::test_pixels(&maker, distortion, &test);
        let root = context.pinned(&test_id(distortion), &pixels, &test.labels)?;
        Ok(Data {
            distortion,
            maker,
            classes: train.classes(context.device())?,
            digits: train,
            test: sets::on_device(&pixels, distortion.side(), context.device())?,
            test_classes: test.classes(context.device())?,
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
///
/// # Errors
/// Data that are not MNIST, a test set that is not the pinned one, a recipe that cannot be used, a full disk.
pub fn run(context: &Context<'_, '_>) -> Result<()> {
    let stage = context.stage();
    let distortion = stage.id.strip_prefix("stn-").and_then(Distortion::named).ok_or_else(|| {
        Error::Input(format!("`{}` is none of stn-r, stn-rts, stn-p, stn-e and stn-clutter", stage.id))
    })?;
    let recipe: Recipe = context.recipe()?;
    context.begin("make distorted digits")?;
    let data = Data::new(context, distortion)?;
    let measure_every = (stage.size.steps / ROWS).max(1);
    for network in &stage.size.networks {
        let mut classifier = Classifier::new(context, network, &data, (&recipe, measure_every))?;
        let schedule = Schedule {
            name: network,
            title: network,
            steps: stage.size.steps,
            of: stage.of_steps,
            measure_every,
            share: 1.0 / stage.size.networks.len() as f64,
            // Batch and rates are the size's.
            fixed: false,
        };
        let trained = context.train(&schedule, &mut classifier)?;
        context.begin(&format!("test {network}"))?;
        let (test_id, root) = (test_id(distortion), data.root.as_str());
        let tested = context.tested((network, Model::Trained(trained)), (&test_id, root), "clean");
        let answers = classifier.answers(data.test.size()[0])?;
        context.classified(&tested, &[Metric::TEST_ERROR], None, &answers)?;
        figure::draw(context, &classifier.model, &data)?;
    }
    Ok(())
}
