//! CIFAR-10 (section 4.2): trains each network from nothing and tests it on the 10,000 test images.
//!
//! Must not choose networks, batches, rates or steps: the spec does.

mod classifier;
mod data;

use engine::error::Result;
use engine::outcomes::Answer;
use engine::train::{Context, Schedule};
use replications::resnet::recipe::Recipe;
use spec::event::Model;
use spec::metric::Metric;

use classifier::Classifier;
use data::Data;

/// The curve has so many rows.
const ROWS: u64 = 50;
/// What claims call the protocol: the image as it is.
const PROTOCOL: &str = "whole-32";

/// Runs `resnet-cifar10`, `plain-cifar10` or `resnet1202-cifar10`.
///
/// # Errors
/// Data that are not CIFAR-10, a recipe that cannot be used, a full disk.
pub fn run(context: &Context<'_, '_>) -> Result<()> {
    let stage = context.stage();
    let recipe: Recipe = context.recipe()?;
    context.begin("read cifar10")?;
    let data = Data::new(context, &recipe)?;
    let measure_every = (stage.size.steps / ROWS).max(1);
    let works = stage.size.networks.iter().map(|id| Ok(context.graph(id)?.multiply_adds()?));
    let works = works.collect::<Result<Vec<u64>>>()?;
    let together: u64 = works.iter().sum();
    for (network, work) in stage.size.networks.iter().zip(works) {
        let mut classifier = Classifier::new(context, network, &data, (&recipe, measure_every))?;
        let schedule = Schedule {
            name: network,
            title: network,
            steps: stage.size.steps,
            of: stage.of_steps,
            measure_every,
            share: work as f64 / together.max(1) as f64,
            // The stairs are at the same shares of any length; what else a size changes is its own.
            fixed: stage.size.recipe.is_empty(),
        };
        let trained = context.train(&schedule, &mut classifier)?;
        context.begin(&format!("test {network}"))?;
        let tested = |data, root| context.tested((network, Model::Trained(trained.clone())), (data, root), PROTOCOL);
        let answers: Vec<Answer> = classifier.answers(&data.test, data.test.len())?;
        let files = data.test_files.as_deref();
        context.classified(&tested("cifar10-test", &data.test_root), &[Metric::TEST_ERROR], files, &answers)?;
        if context.wants_training_error(network) {
            let answers: Vec<Answer> = classifier.answers(&data.train, data.train.len())?;
            let tested = tested("cifar10-train", &data.train_root);
            context.classified(&tested, &[Metric::TRAINING_ERROR], None, &answers)?;
        }
    }
    Ok(())
}
