//! Fine-tuning (section 2.3): the whole network goes on learning on warped regions of all pictures, those on objects and others, with
//! a new last layer for the classes and the background.
//!
//! As the authors' `finetuning/voc_2007_trainval_finetune_prototxt` and Caffe's window data layer have it: each region of a step is
//! drawn from all pictures' and mirrored as often as not. Must not read features.

use base::boxes::Bounds;
use engine::detection::{nearest, proposed};
use engine::error::{Error, Result};
use engine::input::batch::Normalisation;
use engine::input::objects::Annotated;
use engine::input::{Divided, Opened};
use engine::streams::Stream;
use engine::train::start::normal;
use engine::train::{Context, Masks, Means, Mode, Model, OldAndNew, Schedule, Trainer, layer_of};
use engine::weights::Parameters;
use images::Crop;
use proposals::Settings;
use rayon::prelude::*;
use replications::rcnn::recipe::{Recipe, Subject};
use spec::event::Trained;
use tch::{Kind, Reduction, Tensor};

use super::softmax::{ANSWERS, DEVIATION};
use crate::detectors::shared::ROWS;
use crate::detectors::warp::{Warp, mean};

/// A network that was tuned.
pub(super) struct Tuned {
    pub(super) parameters: Parameters,
    /// The hash of all its numbers.
    pub(super) hash: String,
    pub(super) trained: Trained,
    /// The last layer: weights `[answers, D]` and biases `[answers]`.
    last: [Tensor; 2],
}

impl Tuned {
    /// How likely each class is by the network's own last layer, of features `[N, D]` that were made so many times longer; the
    /// background left out.
    pub(super) fn probabilities(&self, features: &[f32], scale: f64) -> Result<Vec<f64>> {
        let _guard = tch::no_grad_guard();
        let [weights, biases] = &self.last;
        let x = Tensor::f_from_slice(features)?.f_view([-1, weights.size2()?.1])?.f_to_device(weights.device())?;
        let said = x.f_div_scalar(scale)?.f_linear(weights, Some(biases))?.f_softmax(1, Kind::Float)?;
        let classes = said.f_narrow(1, 0, ANSWERS as i64 - 1)?.f_contiguous()?.f_to_device(tch::Device::Cpu)?;
        Ok(Vec::<f64>::try_from(classes.f_to_kind(Kind::Double)?.f_view([-1])?)?)
    }
}

/// A region that is learned from: its picture, where it is, and its answer.
#[derive(Debug, Clone, Copy)]
struct Window {
    picture: usize,
    bounds: Bounds,
    answer: i64,
}

/// The network in training.
struct Tuner<'a, 'e> {
    context: &'a Context<'a, 'e>,
    recipe: &'a Recipe,
    pictures: &'a [Annotated],
    /// On objects, and others.
    windows: [Vec<Window>; 2],
    warp: Warp,
    normalisation: Normalisation,
    measure_every: u64,
    model: Model,
    /// Of layers that have weights already, and of the new one.
    descents: OldAndNew,
    masks: Masks,
    /// Of the loss.
    means: Means<1>,
}

/// Tunes a subject's network on the pictures to train on.
pub(super) fn tune(
    context: &Context<'_, '_>,
    recipe: &Recipe,
    (subject, id): (&Subject, &str),
    data: &Divided,
) -> Result<Tuned> {
    let windows = windows(context, recipe, &data.train)?;
    if windows.iter().any(Vec::is_empty) {
        return Err(Error::Input("the pictures to train on have no regions on objects, or no others".to_owned()));
    }
    let (weights, parameters) = context.weights_named(&context.graph(&subject.trunk)?, &subject.weights)?;
    let (graph, seed) = (context.graph(id)?, context.seed());
    let side = u32::try_from(graph.input[1]).unwrap_or(0);
    let last = graph.nodes[graph.output.0].name.clone();
    let model = Model::new(graph, context.device(), |parameter| {
        parameters.numbers_of(parameter).unwrap_or_else(|| normal(parameter, seed, DEVIATION))
    })?;
    let decays = [recipe.softmax.weight_decay, 0.0];
    let is_last = |name: &str| layer_of(name) == Some(last.as_str());
    let measure_every = (context.stage().size.steps / ROWS).max(1);
    let mut tuner = Tuner {
        context,
        recipe,
        pictures: &data.train,
        windows,
        warp: Warp { side, context: recipe.context, beyond: mean(&weights.input) },
        normalisation: Normalisation::new(&weights.input),
        measure_every,
        descents: OldAndNew::new(&[&model], decays, |_| true, is_last)?,
        masks: Masks::new(seed, id),
        means: Means::new(context.device())?,
        model,
    };
    let (steps, of) = (context.stage().size.steps, recipe.tuning_rate.of);
    let name = format!("{id}-tuned");
    let schedule = Schedule { name: &name, title: &name, steps, of, measure_every, share: 1.0, fixed: false };
    let trained = context.train(&schedule, &mut tuner)?;
    let numbers = tuner.model.numbers()?;
    let bytes: Vec<u8> =
        numbers.tensors.values().flat_map(|tensor| &tensor.data).flat_map(|number| number.to_le_bytes()).collect();
    let of_last = |part: &str| -> Result<Tensor> { Ok(tuner.model.parameter(&format!("{last}.{part}"))?.detach()) };
    let last = [of_last("weight")?, of_last("bias")?];
    Ok(Tuned { parameters: numbers, hash: base::hash::sha256(&bytes), trained, last })
}

/// All pictures' regions, those on objects and others.
fn windows(context: &Context<'_, '_>, recipe: &Recipe, images: &[Annotated]) -> Result<[Vec<Window>; 2]> {
    context.begin("propose regions to tune the network on")?;
    let mut all: [Vec<Window>; 2] = Default::default();
    for (picture, image) in images.iter().enumerate() {
        let truths = image.learned_from(recipe.difficult);
        let boxes: Vec<Bounds> = truths.iter().map(|object| object.bounds).collect();
        let found = proposed(&context.cache(), &Opened::of(image)?, &Settings::fast(), context.seed())?;
        let regions: Vec<Bounds> =
            boxes.iter().copied().chain(found.into_iter().take(recipe.train_proposals)).collect();
        for (bounds, nearest) in regions.iter().zip(nearest(&regions, &boxes)) {
            let object = truths.get(nearest.truth).filter(|_| nearest.overlap >= recipe.softmax.foreground_from);
            let answer = object.map_or(ANSWERS as i64 - 1, |object| i64::from(object.class));
            all[usize::from(object.is_none())].push(Window { picture, bounds: *bounds, answer });
        }
        context.emitter().progress(picture + 1, images.len(), "pictures")?;
    }
    Ok(all)
}

impl Tuner<'_, '_> {
    /// The warped regions `[N, 3, S, S]` of a step and their answers `[N]`.
    fn batch(&self, step: u64) -> Result<(Tensor, Tensor)> {
        let mut stream = Stream::new(self.context.seed(), "windows of a step", step);
        let own = &self.recipe.softmax;
        let mut drawn: Vec<(Window, bool)> = Vec::with_capacity(own.foreground + own.background);
        for (windows, count) in self.windows.iter().zip([own.foreground, own.background]) {
            for _ in 0..count {
                let place = usize::try_from(stream.below(windows.len() as u64)).unwrap_or(0);
                drawn.push((windows[place], stream.below(2) == 1));
            }
        }
        let (pictures, warp) = (self.pictures, self.warp);
        let crop = |(window, mirrored): &(Window, bool)| -> Result<Crop> {
            let opened = Opened::of(&pictures[window.picture])?;
            let crop = warp.region(&opened.picture, &window.bounds);
            let mut crop = crop.map_err(|error| Error::Input(error.to_string()))?;
            if *mirrored {
                crop.pixels = images::mirror(&crop.pixels, crop.width);
            }
            Ok(crop)
        };
        let crops = drawn.par_iter().map(crop).collect::<Result<Vec<Crop>>>()?;
        let answers: Vec<i64> = drawn.iter().map(|(window, _)| window.answer).collect();
        let device = self.model.device();
        Ok((self.normalisation.batch_on(&crops, device)?, Tensor::f_from_slice(&answers)?.f_to_device(device)?))
    }
}

impl Trainer for Tuner<'_, '_> {
    fn step(&mut self, step: u64, total: u64) -> Result<()> {
        let (x, answers) = self.batch(step)?;
        let said = self.model.forward(&x, Mode::Train(&self.masks.of(step)))?;
        let loss = said.f_cross_entropy_loss::<Tensor>(&answers, None, Reduction::Mean, -100, 0.0)?;
        let (rate, own) = (self.recipe.tuning_rate.at(step, total), &self.recipe.softmax);
        // Biases of layers that have weights already learn twice as fast.
        let rates = [[rate, 2.0 * rate], own.faster.map(|times| times * rate)];
        self.descents.step(&loss, rates, own.momentum)?;
        self.means.add([&loss])
    }

    fn measure(&mut self, step: u64) -> Result<Vec<(String, f64)>> {
        let [loss] = self.means.row(step, self.measure_every)?;
        Ok(vec![("training loss [nats]".to_owned(), loss)])
    }

    fn tensors(&self) -> Vec<(String, Tensor)> {
        let mut tensors = self.model.tensors("");
        tensors.extend(self.descents.tensors());
        tensors.extend(self.means.tensors());
        tensors
    }
}
