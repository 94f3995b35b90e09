//! One network in training: cross-entropy, plain stochastic gradient descent, a rate divided by 10 at each third.
//!
//! Must not know which network it trains.

use engine::error::{Error, Result};
use engine::outcomes::Answer;
use engine::train::{Batches, Context, Masks, Means, Mode, Model, Sgd, Trainer};
use engine::weights::random;
use replications::count::Parameter;
use replications::graph::{Graph, Op};
use replications::stn::recipe::Recipe;
use tch::{Kind, Reduction, Tensor};

use super::Data;
use super::sets;

/// Pictures of a forward pass in testing.
const TEST_BATCH: i64 = 500;
/// The curve's test error is over the first so many test pictures.
pub(super) const WATCHED: i64 = 2_000;

/// The localisation network's layers have names that begin so.
const LOCALISATION: &str = "loc/";

/// A network, its optimiser and where it is in the data.
pub(super) struct Classifier<'a, 'e> {
    context: &'a Context<'a, 'e>,
    data: &'a Data,
    recipe: &'a Recipe,
    measure_every: u64,
    seed: u64,
    pub(super) model: Model,
    /// For the classifier and for what predicts the transformation, which may have a lower rate.
    sgd: [Sgd; 2],
    batches: Batches,
    masks: Masks,
    /// The epoch whose distorted digits are kept.
    epoch: Option<(u64, Tensor)>,
    /// Of the loss.
    means: Means<1>,
}

impl<'a, 'e> Classifier<'a, 'e> {
    /// The network `id`, untrained: He's uniform weights, zero biases, and a transformer that changes nothing.
    pub(super) fn new(
        context: &'a Context<'a, 'e>,
        id: &str,
        data: &'a Data,
        (recipe, measure_every): (&'a Recipe, u64),
    ) -> Result<Classifier<'a, 'e>> {
        let graph = context.graph(id)?;
        let (side, [_, height, width]) = (data.distortion.side(), graph.input);
        if [height, width] != [side, side] {
            return Err(Error::Input(format!(
                "network `{id}` reads {height}×{width}, the distorted digits are {side}×{side}; give it to another experiment"
            )));
        }
        let mut numbers = random::parameters(&graph.parameters(), context.seed());
        let identities = identities(&graph);
        let model = Model::new(graph, context.device(), |parameter: &Parameter| {
            let drawn = numbers.tensors.remove(&parameter.name).map(|tensor| tensor.data).unwrap_or_default();
            match identities.iter().find(|(layer, _)| parameter.name.strip_prefix(layer.as_str()).is_some_and(is_part))
            {
                Some((_, identity)) if parameter.name.ends_with(".bias") => identity.clone(),
                Some(_) => vec![0.0; drawn.len()],
                None => drawn,
            }
        })?;
        let [classifier, transformer] = parts(&model);
        let sgd = [Sgd::new(&classifier)?, Sgd::new(&transformer)?];
        let batches =
            Batches::new(context.seed(), &format!("stn {}", data.distortion.name()), data.digits.len(), recipe.batch);
        let masks = Masks::new(context.seed(), id);
        Ok(Classifier {
            context,
            data,
            recipe,
            measure_every,
            seed: context.seed(),
            model,
            sgd,
            batches,
            masks,
            epoch: None,
            means: Means::new(context.device())?,
        })
    }

    /// The answers to the first `count` test pictures.
    pub(super) fn answers(&self, count: i64) -> Result<Vec<Answer>> {
        let mut answers = Vec::new();
        for from in (0..count).step_by(usize::try_from(TEST_BATCH).unwrap_or(1)) {
            self.context.emitter().alive()?;
            let size = TEST_BATCH.min(count - from);
            let x = sets::floats(&self.data.test.f_narrow(0, from, size)?)?;
            let logits = tch::no_grad(|| self.model.forward(&x, Mode::Test))?;
            let classes = self.data.test_classes.f_narrow(0, from, size)?;
            answers.extend(Answer::all(&logits.f_softmax(1, Kind::Float)?, &classes)?);
        }
        Ok(answers)
    }

    /// The pictures of a step, `[batch, 1, side, side]`, and their classes.
    fn batch(&mut self, step: u64) -> Result<(Tensor, Tensor)> {
        let epoch = step / self.batches.per_epoch();
        let indices = self.batches.on_device(step, self.model.device())?;
        if self.epoch.as_ref().is_none_or(|(kept, _)| *kept != epoch) {
            self.epoch = None;
            self.epoch = Some((epoch, self.data.training(self.seed, epoch, self.model.device())?));
        }
        let pixels = self.epoch.as_ref().map_or(&self.data.test, |(_, pixels)| pixels);
        let x = sets::floats(&pixels.f_index_select(0, &indices)?)?;
        Ok((x, self.data.classes.f_index_select(0, &indices)?))
    }
}

/// Scales gradients down to a norm that they may have together, where theirs is larger; without a look at the numbers, so
/// that a GPU need not be waited for.
fn clip(gradients: &mut [Tensor], most: f64) -> Result<()> {
    let norms = gradients.iter().map(|gradient| Ok(gradient.f_norm()?)).collect::<Result<Vec<_>>>()?;
    let norm = Tensor::f_stack(&norms, 0)?.f_norm()?;
    let scale = norm.f_add_scalar(1e-6)?.f_reciprocal()?.f_mul_scalar(most)?.f_clamp_max(1.0)?;
    for gradient in gradients {
        *gradient = gradient.f_mul(&scale)?;
    }
    Ok(())
}

/// What is learned: of the classifier, and of the network that predicts the transformation.
fn parts(model: &Model) -> [Vec<&Tensor>; 2] {
    let learned = model.parameters().iter().filter(|(_, tensor)| tensor.requires_grad());
    let (transformer, classifier): (Vec<_>, Vec<_>) = learned.partition(|(name, _)| name.starts_with(LOCALISATION));
    [classifier, transformer].map(|part| part.into_iter().map(|(_, tensor)| tensor).collect())
}

/// Whether what follows a layer's name is one of its parameters.
fn is_part(rest: &str) -> bool {
    rest.starts_with('.')
}

/// The layers that predict a transformation, and the numbers that change nothing.
fn identities(graph: &Graph) -> Vec<(String, Vec<f32>)> {
    let transforms = graph.nodes.iter().filter_map(|node| match &node.op {
        Op::Transform(transform) => Some((graph.nodes[node.inputs[1].0].name.clone(), transform.identity())),
        _ => None,
    });
    transforms.collect()
}

impl Trainer for Classifier<'_, '_> {
    fn step(&mut self, step: u64, total: u64) -> Result<()> {
        let (x, classes) = self.batch(step)?;
        let logits = self.model.forward(&x, Mode::Train(&self.masks.of(step)))?;
        let loss = logits.f_cross_entropy_loss::<Tensor>(&classes, None, Reduction::Mean, -100, 0.0)?;
        let [mut parameters, transformer] = parts(&self.model);
        let own = parameters.len();
        parameters.extend(transformer);
        let mut gradients = Tensor::f_run_backward(&[&loss], &parameters, false, false)?;
        if let Some(most) = self.recipe.localisation_gradient.filter(|_| own < gradients.len()) {
            clip(&mut gradients[own..], most)?;
        }
        let rate = self.recipe.rate_at(step, total);
        let [classifier, transformer] = &mut self.sgd;
        classifier.step(&gradients[..own], rate, self.recipe.momentum)?;
        transformer.step(&gradients[own..], rate * self.recipe.localisation_rate, self.recipe.momentum)?;
        self.means.add([&loss])
    }

    fn measure(&mut self, step: u64) -> Result<Vec<(String, f64)>> {
        let [loss] = self.means.row(step, self.measure_every)?;
        let answers = self.answers(WATCHED.min(self.data.test.size()[0]))?;
        let error = Answer::percent_wrong(&answers);
        Ok(vec![("training loss [nats]".to_owned(), loss), ("test error [percent]".to_owned(), error)])
    }

    fn tensors(&self) -> Vec<(String, Tensor)> {
        let mut tensors = self.model.tensors("");
        tensors.extend(self.sgd[0].tensors("classifier"));
        tensors.extend(self.sgd[1].tensors("transformer"));
        tensors.extend(self.means.tensors());
        tensors
    }
}
