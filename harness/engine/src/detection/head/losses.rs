//! What the layers behind RoI pooling learn of some regions: the multi-task loss.
//!
//! Must not choose pictures or go down the loss.

use base::boxes::Bounds;
use replications::count::Parameter;
use replications::detectors::Sampling;
use replications::graph::Graph;
use replications::schedule::Stairs;
use tch::{Device, Kind, Reduction, Tensor};

use super::{BOXES, CLASSES, NUMBERS, Spread, behind_pooling};
use crate::detection::drawn::{Drawn, drawn};
use crate::detection::maps::{Map, Scale};
use crate::detection::smooth_l1;
use crate::error::{Error, Result};
use crate::input::objects::Object;
use crate::roi::roi_pool;
use crate::streams::Stream;
use crate::train::start::{he_normal, normal};
use crate::train::{Masks, Means, Mode, Model, OldAndNew, layer_of};

/// The standard deviations of the weights that both begin with, as in the authors' prototxts.
const BEGIN: [(&str, f64); 2] = [(CLASSES, 0.01), (BOXES, 0.001)];

/// What is learned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Learns {
    /// Classes and boxes together: the multi-task loss.
    Both,
    /// Classes alone.
    Classes,
    /// Boxes alone, all layers but theirs staying as they are.
    Boxes,
}

impl Learns {
    /// Whether the parameter of that name is learned.
    pub(super) fn moves(self, name: &str) -> bool {
        let of_boxes = layer_of(name) == Some(BOXES);
        match self {
            Learns::Both => true,
            Learns::Classes => !of_boxes,
            Learns::Boxes => of_boxes,
        }
    }
}

/// How it is learned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings<'a> {
    /// Pictures a step.
    pub pictures: usize,
    /// Regions of each.
    pub sampling: Sampling,
    /// The learning rate of weights; biases have twice as much, as in the authors' prototxts.
    pub learning_rate: &'a Stairs,
    /// The layers for classes and boxes, which the trunk's classifier does not have, learn so many times faster than the others.
    pub faster: f64,
    /// Momentum.
    pub momentum: f64,
    /// Weight decay …
    pub weight_decay: f64,
    /// … and that of biases: Fast R-CNN's prototxts have none, Faster R-CNN's the same.
    pub bias_decay: f64,
    /// Whether mirror images are learned from too.
    pub mirror: bool,
    /// The scales that pictures are learned from at; none: the source's own.
    pub scales: &'a [Scale],
    /// Where the loss over boxes becomes a line.
    pub sigma: f64,
}

/// Pooled regions of a picture.
pub struct Regions {
    /// `[R, C, bins, bins]`.
    pooled: Tensor,
    /// What each is to say.
    told: Vec<Drawn>,
}

/// The layers, and what they learn.
pub struct Looking<'a> {
    pub(super) settings: Settings<'a>,
    spread: &'a Spread,
    learns: Learns,
    /// Parts along a side, and what takes pixels to places of the map.
    pooling: (i64, f64),
    /// The layers.
    pub model: Model,
    masks: Masks,
    /// Of the losses over classes and over boxes.
    means: Means<2>,
}

impl<'a> Looking<'a> {
    /// Untrained layers; `known` gives the weights that they begin with where there are some.
    ///
    /// # Errors
    /// A detector without regions, or memory that does not suffice.
    pub fn new(
        (seed, device): (u64, Device),
        (detector, learns, stride): (&Graph, Learns, usize),
        (settings, spread): (Settings<'a>, &'a Spread),
        known: impl Fn(&Parameter) -> Option<Vec<f32>>,
    ) -> Result<Looking<'a>> {
        let graph = behind_pooling(detector)?;
        let bins = graph.input[1];
        let model = Model::new(graph, device, |parameter| known(parameter).unwrap_or_else(|| begin(parameter, seed)))?;
        Ok(Looking {
            settings,
            spread,
            learns,
            pooling: (crate::ops::int(bins), 1.0 / stride as f64),
            masks: Masks::new(seed, &detector.name),
            means: Means::new(device)?,
            model,
        })
    }

    /// Some regions of a picture, or of its mirror image, pooled from its map, and what each is to say: drawn from those given, which
    /// are in the picture's pixels as its objects are. None where there is nothing to learn from.
    ///
    /// # Errors
    /// libtorch's refusal.
    pub fn pooled(
        &self,
        map: &Map,
        (regions, truths): (&[Bounds], &[Object]),
        stream: &mut Stream,
    ) -> Result<Option<Regions>> {
        let told = drawn(regions, truths, &self.settings.sampling, stream);
        if told.is_empty() {
            return Ok(None);
        }
        let boxes: Vec<Bounds> = told.iter().map(|one| one.bounds).collect();
        let regions = map.regions(&boxes, 0)?.f_to_device(self.model.device())?;
        let (bins, scale) = self.pooling;
        Ok(Some(Regions { pooled: roi_pool(&map.values, &regions, scale, bins)?, told }))
    }

    /// The loss over a step's regions of some pictures, `[]`; None where there are none: pictures without a region near enough to an
    /// object teach nothing.
    ///
    /// # Errors
    /// libtorch's refusal.
    pub fn loss(&mut self, regions: Vec<Regions>, step: u64) -> Result<Option<Tensor>> {
        let (pooled, told): (Vec<Tensor>, Vec<Vec<Drawn>>) =
            regions.into_iter().map(|one| (one.pooled, one.told)).unzip();
        let told = told.concat();
        if told.is_empty() {
            return Ok(None);
        }
        let pooled = Tensor::f_cat(&pooled, 0)?;
        let said = self.model.forward_all(&pooled, Mode::Train(&self.masks.of(step)))?;
        let [classes, boxes] = losses(&said, &told, self.spread, self.settings.sigma)?;
        self.means.add([&classes, &boxes])?;
        Ok(Some(match self.learns {
            Learns::Both => classes.f_add(&boxes)?,
            Learns::Classes => classes,
            Learns::Boxes => boxes,
        }))
    }

    /// One step down a loss `[]`, the new layers as many times faster as is said.
    ///
    /// # Errors
    /// libtorch's refusal.
    pub fn descend(&self, descents: &mut OldAndNew, loss: &Tensor, [step, total]: [u64; 2]) -> Result<()> {
        let rate = self.settings.learning_rate.at(step, total);
        // Biases learn twice as fast, as in the authors' prototxts.
        let rates = [rate, rate * self.settings.faster].map(|rate| [rate, 2.0 * rate]);
        descents.step(loss, rates, self.settings.momentum)
    }

    /// The mean losses at the curve's row after `step` steps, of which there is one every `every` steps.
    ///
    /// # Errors
    /// libtorch's refusal.
    pub fn row(&mut self, step: u64, every: u64) -> Result<Vec<(String, f64)>> {
        let [classes, boxes] = self.means.row(step, every)?;
        let mut row = Vec::new();
        if self.learns != Learns::Boxes {
            row.push(("training loss over classes [nats]".to_owned(), classes));
        }
        if self.learns != Learns::Classes {
            row.push(("training loss over boxes [smooth L1]".to_owned(), boxes));
        }
        Ok(row)
    }

    /// What a checkpoint keeps.
    pub fn tensors(&self) -> Vec<(String, Tensor)> {
        let mut tensors = self.model.tensors("");
        tensors.extend(self.means.tensors());
        tensors
    }
}

/// The losses over classes and over boxes (Girshick 2015, equation 1), each in the mean over regions: of what is `said`, scores
/// `[R, classes]` and numbers `[R, classes · 4]`, the background first, about regions that are to say what they were `told`.
///
/// # Errors
/// libtorch's refusal.
pub fn losses(said: &[Tensor], told: &[Drawn], spread: &Spread, sigma: f64) -> Result<[Tensor; 2]> {
    let [scores, numbers] = said else {
        return Err(Error::Other(format!("{} answers, not scores and numbers", said.len())));
    };
    let device = scores.device();
    let index = |numbers: Vec<i64>| -> Result<Tensor> { Ok(Tensor::f_from_slice(&numbers)?.f_to_device(device)?) };
    let class_of = |one: &Drawn| one.object.map_or(0, |(class, _)| i64::from(class) + 1);
    let classes = index(told.iter().map(class_of).collect())?;
    let over_classes = scores.f_cross_entropy_loss::<Tensor>(&classes, None, Reduction::Mean, -100, 0.0)?;
    let (mut rows, mut wanted) = (Vec::new(), Vec::new());
    for (row, one) in told.iter().enumerate() {
        if let Some((class, numbers)) = one.object {
            rows.push((row as i64, i64::from(class) + 1));
            wanted.extend(spread.forth(class as usize + 1, numbers).map(|number| number as f32));
        }
    }
    if rows.is_empty() {
        return Ok([over_classes, numbers.f_sum(Kind::Float)?.f_mul_scalar(0.0)?]);
    }
    let each = numbers.f_view([told.len() as i64, -1, NUMBERS as i64])?;
    let [places, classes] =
        [index(rows.iter().map(|(row, _)| *row).collect())?, index(rows.iter().map(|(_, class)| *class).collect())?];
    let own = each.f_index(&[Some(places), Some(classes)])?;
    let wanted = Tensor::f_from_slice(&wanted)?.f_view([-1, NUMBERS as i64])?.f_to_device(device)?;
    let sum = smooth_l1(&own, &wanted, sigma)?.f_sum(Kind::Float)?;
    Ok([over_classes, sum.f_div_scalar(told.len() as f64)?])
}

/// The first numbers of a parameter that nothing is known of.
fn begin(parameter: &Parameter, seed: u64) -> Vec<f32> {
    let last = BEGIN.iter().find(|(layer, _)| Some(*layer) == layer_of(&parameter.name));
    match last {
        Some((_, deviation)) => normal(parameter, seed, *deviation),
        None => he_normal(parameter, seed),
    }
}
