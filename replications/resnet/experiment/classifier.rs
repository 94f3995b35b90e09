//! One network in training: cross-entropy, gradient descent with momentum and weight decay, stairs of the learning rate.
//!
//! Must not know which network it trains.

use engine::error::Result;
use engine::outcomes::Answer;
use engine::train::start::he_normal;
use engine::train::{Batches, Context, Masks, Means, Mode, Model, PadAndCrop, Sgd, Shown, Trainer, WarmUp};
use replications::count::Parameter;
use replications::resnet::recipe::Recipe;
use tch::{Kind, Reduction, Tensor};

use super::data::Data;
use crate::cifar::Labelled;

/// Pictures of a forward pass in testing.
const TEST_BATCH: usize = 500;
/// The curve's test error is over the first so many test pictures.
const WATCHED: usize = 2_000;

/// A network, its optimiser and where it is in the data.
pub(super) struct Classifier<'a, 'e> {
    context: &'a Context<'a, 'e>,
    data: &'a Data,
    recipe: &'a Recipe,
    measure_every: u64,
    model: Model,
    sgd: Sgd,
    batches: Batches,
    crops: PadAndCrop,
    masks: Masks,
    warm_up: WarmUp,
    /// Of the loss and of the mistakes.
    means: Means<2>,
}

impl<'a, 'e> Classifier<'a, 'e> {
    /// The network `id`, untrained.
    pub(super) fn new(
        context: &'a Context<'a, 'e>,
        id: &str,
        data: &'a Data,
        (recipe, measure_every): (&'a Recipe, u64),
    ) -> Result<Classifier<'a, 'e>> {
        let seed = context.seed();
        let begin = |parameter: &Parameter| he_normal(parameter, seed);
        let model = Model::new(context.graph(id)?, context.device(), begin)?.computing_in(context.compute());
        let sgd = Sgd::new(&model.learned())?.decay(recipe.weight_decay);
        let low = &recipe.low_start;
        let begins_low = low.networks.iter().any(|network| network == id);
        let warm_up = begins_low.then(|| (low.over_steps, low.until_error / 100.0));
        Ok(Classifier {
            context,
            data,
            recipe,
            measure_every,
            sgd,
            batches: Batches::new(seed, "cifar10", data.train.len(), recipe.batch),
            crops: PadAndCrop::new(seed, "cifar10", recipe.padding),
            masks: Masks::new(seed, id),
            warm_up: WarmUp::new(warm_up, context.device())?,
            means: Means::new(context.device())?,
            model,
        })
    }

    /// The answers to the first `count` images of a set, as they are.
    pub(super) fn answers(&self, set: &Labelled, count: usize) -> Result<Vec<Answer>> {
        let mut answers = Vec::new();
        for from in (0..count).step_by(TEST_BATCH) {
            self.context.emitter().alive()?;
            let shown: Vec<_> = (from..(from + TEST_BATCH).min(count)).map(|index| (index, Shown::plain(0))).collect();
            let (x, classes) = self.data.batch(set, &shown, 0, self.model.device())?;
            let logits = tch::no_grad(|| self.model.forward(&x, Mode::Test))?;
            answers.extend(Answer::all(&logits.f_softmax(1, Kind::Float)?, &classes)?);
        }
        Ok(answers)
    }

    /// The images of a step, `[batch, 3, 32, 32]`, and their classes, `[batch]`.
    fn batch(&mut self, step: u64) -> Result<(Tensor, Tensor)> {
        let epoch = step / self.batches.per_epoch();
        let place = |index: &i64| usize::try_from(*index).unwrap_or(0);
        let crops = &self.crops;
        let shown = self.batches.indices(step).iter().map(place).map(|index| (index, crops.shown(epoch, index as u64)));
        let shown: Vec<_> = shown.collect();
        self.data.batch(&self.data.train, &shown, self.recipe.padding, self.model.device())
    }
}

impl Trainer for Classifier<'_, '_> {
    fn step(&mut self, step: u64, total: u64) -> Result<()> {
        let (x, classes) = self.batch(step)?;
        let logits = self.model.forward(&x, Mode::Train(&self.masks.of(step)))?;
        let loss = logits.f_cross_entropy_loss::<Tensor>(&classes, None, Reduction::Mean, -100, 0.0)?;
        let gradients = Tensor::f_run_backward(&[&loss], &self.model.learned(), false, false)?;
        let rate = match self.warm_up.is_over()? {
            true => self.recipe.learning_rate.at(step, total),
            false => self.recipe.low_start.learning_rate,
        };
        self.sgd.step(&gradients, rate, self.recipe.momentum)?;
        tch::no_grad(|| {
            let given = logits.f_argmax(1, false)?;
            let wrong = given.f_ne_tensor(&classes)?.f_sum(Kind::Float)?.f_view([1])?;
            self.warm_up.saw(step, &wrong, classes.size()[0])?;
            self.means.add([&loss, &wrong])
        })
    }

    fn measure(&mut self, step: u64) -> Result<Vec<(String, f64)>> {
        let [loss, wrong] = self.means.row(step, self.measure_every)?;
        let training = 100.0 * wrong / self.recipe.batch as f64;
        let answers = self.answers(&self.data.test, WATCHED.min(self.data.test.len()))?;
        let test = Answer::percent_wrong(&answers);
        Ok(vec![
            ("training loss [nats]".to_owned(), loss),
            ("training error [percent]".to_owned(), training),
            ("test error [percent]".to_owned(), test),
        ])
    }

    fn tensors(&self) -> Vec<(String, Tensor)> {
        let mut tensors = self.model.tensors("");
        tensors.extend(self.sgd.tensors("sgd"));
        tensors.extend(self.warm_up.tensors());
        tensors.extend(self.means.tensors());
        tensors
    }
}
