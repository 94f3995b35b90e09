//! A classifier in training: one step, what the curve shows, what a checkpoint keeps.
//!
//! Must not choose numbers: the recipe does.

use engine::error::{Error, Result};
use engine::train::masks::StepMasks;
use engine::train::{Batches, Context, Masks, Mode, Model, Sgd, Trainer};
use replications::adversarial::attack::AttackKind;
use replications::adversarial::recipe::{InitialWeights, Recipe, Sees, Training};
use replications::count::Parameter;
use tch::{Kind, Tensor};

use super::attack::{along_sign, noise};
use super::digits::Digits;
use super::head::{Head, Over};
use super::subject::{error, probabilities};

/// One network in training.
#[derive(Debug)]
pub(super) struct Learner<'a, 'e> {
    context: &'a Context<'a, 'e>,
    id: &'a str,
    model: Model,
    head: Head,
    recipe: &'a Recipe,
    training: &'a Training,
    masks: Masks,
    /// Updates of the whole recipe, and of an epoch.
    whole: u64,
    epoch: u64,
    /// What moves: parameters by their index in the model, each with its own descent, since decay differs by layer.
    descents: Vec<(usize, Sgd)>,
    batches: Batches,
    train: &'a Digits,
    test: &'a Digits,
    /// The last batch's cost, on the device.
    cost: Option<Tensor>,
}

impl<'a, 'e> Learner<'a, 'e> {
    /// The network as it begins. `whole` is the whole recipe's number of updates, `epoch` an epoch's.
    pub(super) fn new(
        context: &'a Context<'a, 'e>,
        id: &'a str,
        (recipe, training): (&'a Recipe, &'a Training),
        [whole, epoch]: [u64; 2],
        [train, test]: [&'a Digits; 2],
    ) -> Result<Learner<'a, 'e>> {
        let means =
            if training.initial_weights == InitialWeights::ClassMeans { class_means(train)? } else { Vec::new() };
        let model = Model::new(context.graph(id)?, context.device(), |parameter| {
            begin(context, id, (recipe, training), &means, parameter)
        })?;
        let mut learner = Learner {
            context,
            id,
            model,
            head: Head::of(id),
            recipe,
            training,
            masks: Masks::new(context.seed(), id),
            whole,
            epoch,
            descents: Vec::new(),
            batches: Batches::new(context.seed(), id, train.len(), recipe.batch),
            train,
            test,
            cost: None,
        };
        learner.descend("")?;
        Ok(learner)
    }

    /// Keeps a layer as another training left it: its parameters are set to these and do not move.
    pub(super) fn freeze(&mut self, layer: &str, parameters: &[(&str, &Tensor)]) -> Result<()> {
        for (name, value) in parameters {
            let mut own = self.model.parameter(&format!("{layer}.{name}"))?.detach();
            own.f_copy_(value)?;
        }
        self.descend(&format!("{layer}."))
    }

    /// The descents of all parameters but those whose names begin with `frozen`.
    fn descend(&mut self, frozen: &str) -> Result<()> {
        self.descents.clear();
        let parameters = self.model.parameters();
        let matrices = parameters.iter().filter(|(name, _)| name.ends_with(".weight")).count();
        let mut layer = 0;
        for (index, (name, tensor)) in parameters.iter().enumerate() {
            let mut descent = Sgd::new(&[tensor])?;
            if name.ends_with(".weight") {
                layer += 1;
                let lambda = self.training.weight_decay.get(matrices - layer).copied().unwrap_or(0.0);
                descent = descent.decay(lambda);
                if let Some(norm) = self.training.max_norm {
                    descent = descent.max_norm(norm);
                }
            }
            if frozen.is_empty() || !name.starts_with(frozen) {
                self.descents.push((index, descent));
            }
        }
        Ok(())
    }

    /// The trained network.
    pub(super) fn into_model(self) -> Model {
        self.model
    }

    /// The cost of a batch and its gradients by what moves, and by the batch where that is wanted.
    fn gradients(
        &self,
        x: &Tensor,
        classes: &Tensor,
        masks: &StepMasks<'_>,
        by_batch: bool,
    ) -> Result<(Tensor, Vec<Tensor>)> {
        let cost = self.head.cost(&self.model.forward(x, Mode::Train(masks))?, classes, Over::Mean)?;
        let mut wanted: Vec<&Tensor> =
            self.descents.iter().map(|(index, _)| &self.model.parameters()[*index].1).collect();
        if by_batch {
            wanted.push(x);
        }
        let gradients = Tensor::f_run_backward(&[&cost], &wanted, false, false)?;
        Ok((cost.detach(), gradients))
    }
}

impl Trainer for Learner<'_, '_> {
    fn step(&mut self, step: u64, total: u64) -> Result<()> {
        let indices = self.batches.on_device(step, self.context.device())?;
        let x = self.train.images.f_index_select(0, &indices)?;
        let classes = self.train.classes.f_index_select(0, &indices)?;
        let masks = self.masks.of(step);
        let epsilon = self.recipe.epsilon;
        let disturb = |kind| {
            let stream = self.context.stream(&format!("training noise {}", self.id), step);
            Ok::<Tensor, Error>(x.f_add(&noise(kind, &x, epsilon, stream)?)?)
        };
        let (cost, gradients) = match self.training.sees {
            Sees::Clean => self.gradients(&x, &classes, &masks, false)?,
            Sees::SignNoise => self.gradients(&disturb(AttackKind::SignNoise)?, &classes, &masks, false)?,
            Sees::UniformNoise => self.gradients(&disturb(AttackKind::UniformNoise)?, &classes, &masks, false)?,
            Sees::Adversarial => {
                let x = x.f_set_requires_grad(true)?;
                let (clean, mut gradients) = self.gradients(&x, &classes, &masks, true)?;
                let by_image = gradients.pop().unwrap_or_default();
                let worse = along_sign(&x.detach(), &by_image, epsilon)?;
                // The same masks: both terms are of one function J.
                let (adversarial, others) = self.gradients(&worse, &classes, &masks, false)?;
                for (gradient, other) in gradients.iter_mut().zip(&others) {
                    *gradient = gradient.f_add(other)?.f_mul_scalar(0.5)?;
                }
                (clean.f_add(&adversarial)?.f_mul_scalar(0.5)?, gradients)
            }
        };
        let (rate, momentum) = self.training.pace(step, total, self.whole, self.epoch);
        for ((index, descent), gradient) in self.descents.iter_mut().zip(&gradients) {
            let (name, parameter) = &self.model.parameters()[*index];
            let is_scale = name.ends_with(".scale");
            let rate = if is_scale { rate * self.recipe.rbf.scale_rate } else { rate };
            descent.step(std::slice::from_ref(gradient), rate, momentum)?;
            if is_scale {
                // A negative β would be no bump.
                let _ = parameter.detach().f_clamp_min_(0.0)?;
            }
        }
        self.cost = Some(cost);
        Ok(())
    }

    fn measure(&mut self, _: u64) -> Result<Vec<(String, f64)>> {
        let mut values = Vec::new();
        if let Some(cost) = &self.cost {
            values.push(("cost of the last batch [nats]".to_owned(), cost.f_double_value(&[])?));
        }
        let found = error(
            &probabilities(&self.model, self.head, &self.test.images, self.context.emitter())?,
            &self.test.classes,
        )?;
        values.push(("test error [percent]".to_owned(), found));
        Ok(values)
    }

    fn tensors(&self) -> Vec<(String, Tensor)> {
        let mut all = self.model.tensors("");
        for (index, descent) in &self.descents {
            all.extend(descent.tensors(&self.model.parameters()[*index].0));
        }
        all
    }
}

/// A parameter's first numbers.
fn begin(
    context: &Context<'_, '_>,
    id: &str,
    (recipe, training): (&Recipe, &Training),
    means: &[f32],
    parameter: &Parameter,
) -> Vec<f32> {
    if !means.is_empty() {
        let is_scale = parameter.name.ends_with(".scale");
        return if is_scale { vec![recipe.rbf.scale; means.len()] } else { means.to_vec() };
    }
    let mut numbers = vec![0.0; usize::try_from(parameter.len()).unwrap_or(0)];
    if let [outputs, inputs] = parameter.shape[..] {
        let range = match training.initial_weights {
            InitialWeights::Within(range) => range,
            // Set above.
            InitialWeights::ClassMeans => 0.0,
            InitialWeights::Sigmoids => 4.0 * (6.0 / (inputs + outputs) as f32).sqrt(),
        };
        context.stream(&format!("begin {id} {}", parameter.name), 0).fill(&mut numbers, range);
    }
    numbers
}

/// Each class's mean image, one after the other: where radial basis functions begin.
fn class_means(train: &Digits) -> Result<Vec<f32>> {
    let chosen = train.classes.f_one_hot(10)?.f_to_kind(Kind::Float)?;
    let sums = chosen.f_t_copy()?.f_matmul(&train.images.f_flatten(1, -1)?)?;
    let counts = chosen.f_sum_dim_intlist([0i64].as_slice(), false, Kind::Float)?.f_view([10, 1])?;
    Ok(Vec::<f32>::try_from(sums.f_div(&counts)?.f_view([-1])?.f_to_device(tch::Device::Cpu)?)?)
}
