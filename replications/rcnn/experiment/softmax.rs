//! A softmax over the classes and the background on the features, in place of the machines (appendix B): trained as the paper tunes
//! its networks, a quarter of a step's regions on objects; here the last layer alone.
//!
//! Must not change the features.

use engine::error::{Error, Result};
use engine::streams::Stream;
use engine::train::start::normal;
use engine::train::{Batches, Masks, Means, Mode, Model, Trainer, WeightsAndBiases};
use replications::build::Builder;
use replications::rcnn::recipe::Recipe;
use tch::{Device, Kind, Reduction, Tensor};

use super::regions::Regions;
use crate::detectors::machines::{Features as _, scaled};
use crate::detectors::shared::CLASSES;

/// The last layer, in the network and here.
const LAYER: &str = "fc8";
/// The standard deviation of the weights that it begins with, as in the authors' recipe.
pub(super) const DEVIATION: f64 = 0.01;

/// The layer in training.
pub(super) struct Classifier<'a, 'e> {
    regions: &'a Regions<'a, 'e>,
    recipe: &'a Recipe,
    /// Features are enlarged by this.
    scale: f64,
    seed: u64,
    measure_every: u64,
    pub(super) model: Model,
    descent: WeightsAndBiases,
    order: Batches,
    masks: Masks,
    /// Of the loss.
    means: Means<1>,
}

/// The classes and, last, the background.
pub(super) const ANSWERS: usize = CLASSES + 1;

impl<'a, 'e> Classifier<'a, 'e> {
    pub(super) fn new(
        (regions, recipe): (&'a Regions<'a, 'e>, &'a Recipe),
        (seed, device): (u64, Device),
        (scale, measure_every): (f64, u64),
        name: &str,
    ) -> Result<Classifier<'a, 'e>> {
        let mut net = Builder::new(name, [regions.columns(), 1, 1]);
        let x = net.flatten("flatten", net.input());
        let x = net.linear(LAYER, x, ANSWERS);
        let model = Model::new(net.finish(x), device, |parameter| normal(parameter, seed, DEVIATION))?;
        let own = &recipe.softmax;
        Ok(Classifier {
            regions,
            recipe,
            scale,
            seed,
            measure_every,
            descent: WeightsAndBiases::new(&[&model], [own.weight_decay, 0.0], |_| true)?,
            order: Batches::new(seed, name, regions.pictures(), own.pictures),
            masks: Masks::new(seed, name),
            means: Means::new(device)?,
            model,
        })
    }

    /// The features `[N, D, 1, 1]` and classes `[N]` of a step.
    fn batch(&mut self, step: u64) -> Result<(Tensor, Tensor)> {
        let own = &self.recipe.softmax;
        let places: Vec<i64> = self.order.indices(step).to_vec();
        let mut stream = Stream::new(self.seed, "regions of a step", step);
        let (mut rows, mut classes) = (Vec::new(), Vec::new());
        let columns = self.regions.columns();
        for (done, place) in places.iter().enumerate() {
            let place = usize::try_from(*place).unwrap_or(0);
            let picture = &self.regions.pictures[place];
            let features = scaled(self.regions, place, self.scale)?;
            // As many of a step's regions as fall to this picture.
            let part = |of: usize| of * (done + 1) / places.len() - of * done / places.len();
            let (mut foreground, all) = (part(own.foreground), part(own.foreground + own.background));
            let mut background = all - foreground;
            let order = stream.permutation(picture.regions.len());
            let class_of = |region: usize| match picture.nearest(region) {
                Some((object, overlap)) if overlap >= own.foreground_from => Some(object.class),
                _ => None,
            };
            let order: Vec<(usize, Option<u32>)> = order
                .into_iter()
                .filter_map(|region| usize::try_from(region).ok())
                .map(|region| (region, class_of(region)))
                .collect();
            // Where there are too few on objects, more others are taken.
            let found = order.iter().filter(|(_, class)| class.is_some()).count();
            let missing = foreground.saturating_sub(found);
            (foreground, background) = (foreground - missing, background + missing);
            for (region, class) in order {
                let left = if class.is_some() { &mut foreground } else { &mut background };
                if *left > 0 {
                    *left -= 1;
                    rows.extend_from_slice(&features[region * columns..][..columns]);
                    classes.push(class.map_or(ANSWERS as i64 - 1, i64::from));
                }
            }
        }
        let device = self.model.device();
        let columns = i64::try_from(columns).unwrap_or(1);
        let rows = Tensor::f_from_slice(&rows)?.f_view([-1, columns, 1, 1])?;
        Ok((rows.f_to_device(device)?, Tensor::f_from_slice(&classes)?.f_to_device(device)?))
    }

    /// How likely each class is of each region, `[N, classes]`, the background left out.
    pub(super) fn probabilities(&self, features: &[f32]) -> Result<Vec<f64>> {
        let _guard = tch::no_grad_guard();
        let columns = i64::try_from(self.regions.columns()).unwrap_or(1);
        let x = Tensor::f_from_slice(features)?.f_view([-1, columns, 1, 1])?.f_to_device(self.model.device())?;
        let said = self.model.forward(&x, Mode::Test)?.f_softmax(1, Kind::Float)?;
        let classes = said.f_narrow(1, 0, ANSWERS as i64 - 1)?.f_contiguous()?;
        Ok(Vec::<f64>::try_from(classes.f_to_kind(Kind::Double)?.f_to_device(Device::Cpu)?.f_view([-1])?)?)
    }
}

impl Trainer for Classifier<'_, '_> {
    fn step(&mut self, step: u64, total: u64) -> Result<()> {
        let (rows, classes) = self.batch(step)?;
        if classes.numel() == 0 {
            return Err(Error::Input("no picture that is trained on has regions".to_owned()));
        }
        let said = self.model.forward(&rows, Mode::Train(&self.masks.of(step)))?;
        let loss = said.f_cross_entropy_loss::<Tensor>(&classes, None, Reduction::Mean, -100, 0.0)?;
        let own = &self.recipe.softmax;
        let rate = own.learning_rate.at(step, total);
        self.descent.step(&loss, own.faster.map(|times| times * rate), own.momentum)?;
        self.means.add([&loss])
    }

    fn measure(&mut self, step: u64) -> Result<Vec<(String, f64)>> {
        let [loss] = self.means.row(step, self.measure_every)?;
        Ok(vec![("training loss [nats]".to_owned(), loss)])
    }

    fn tensors(&self) -> Vec<(String, Tensor)> {
        let mut tensors = self.model.tensors("");
        tensors.extend(self.descent.tensors());
        tensors.extend(self.means.tensors());
        tensors
    }
}
