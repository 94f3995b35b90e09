//! The layers in training: some pictures a step, and regions of each.
//!
//! Must not read a picture: its map comes from elsewhere.

use replications::count::Parameter;
use replications::graph::Graph;
use tch::{Device, Tensor};

use super::losses::{Learns, Looking, Regions, Settings};
use super::{Looked, Spread, is_last};
use crate::detection::Source;
use crate::error::Result;
use crate::streams::Stream;
use crate::train::{Batches, Model, OldAndNew, Trainer};

/// The layers in training, with the trunk where it is tuned.
pub struct Head<'a, 'e> {
    source: Source<'a, 'e>,
    pictures: &'a [Looked],
    looking: Looking<'a>,
    seed: u64,
    /// What the stream of regions is called.
    stream: String,
    measure_every: u64,
    descents: OldAndNew,
    order: Batches,
}

impl<'a, 'e> Head<'a, 'e> {
    /// Untrained layers; `known` gives the weights that they begin with where there are some. A trunk that is tuned is trained with
    /// them.
    ///
    /// # Errors
    /// A detector without regions, or memory that does not suffice.
    pub fn new(
        (seed, device): (u64, Device),
        (detector, learns, stride): (&Graph, Learns, usize),
        (source, pictures): (Source<'a, 'e>, &'a [Looked]),
        (settings, spread, measure_every): (Settings<'a>, &'a Spread, u64),
        known: impl Fn(&Parameter) -> Option<Vec<f32>>,
    ) -> Result<Head<'a, 'e>> {
        let name = &detector.name;
        let looking = Looking::new((seed, device), (detector, learns, stride), (settings, spread), known)?;
        let models: Vec<&Model> = source.model().into_iter().chain([&looking.model]).collect();
        let decays = [settings.weight_decay, settings.bias_decay];
        Ok(Head {
            descents: OldAndNew::new(&models, decays, |name| learns.moves(name), is_last)?,
            order: Batches::new(seed, name, pictures.len(), settings.pictures),
            stream: format!("regions of a step {name}"),
            source,
            pictures,
            looking,
            seed,
            measure_every,
        })
    }

    /// The trained layers.
    #[must_use]
    pub fn into_model(self) -> Model {
        self.looking.model
    }

    /// The regions of a step, picture by picture.
    fn batch(&mut self, step: u64) -> Result<Vec<Regions>> {
        let settings = self.looking.settings;
        let mut all = Vec::new();
        for (number, place) in (0..).zip(self.order.indices(step)) {
            let picture = &self.pictures[usize::try_from(*place).unwrap_or(0)];
            let mut stream = Stream::new(self.seed, &self.stream, step * settings.pictures as u64 + number);
            let mirrored = settings.mirror && stream.below(2) == 1;
            let (mut regions, truths) = (picture.with_truths(), picture.truths_in(mirrored));
            if mirrored {
                let width = f64::from(picture.image.size[0]);
                regions.iter_mut().for_each(|own| *own = own.mirrored(width));
            }
            // One scale a picture, at random, as in the author's code.
            let scale = settings.scales.get(stream.below(settings.scales.len() as u64) as usize);
            let map = self.source.of(picture, mirrored, scale.copied())?;
            all.extend(self.looking.pooled(&map, (&regions, &truths), &mut stream)?);
        }
        Ok(all)
    }
}

impl Trainer for Head<'_, '_> {
    fn step(&mut self, step: u64, total: u64) -> Result<()> {
        let regions = self.batch(step)?;
        match self.looking.loss(regions, step)? {
            Some(loss) => self.looking.descend(&mut self.descents, &loss, [step, total]),
            None => Ok(()),
        }
    }

    fn measure(&mut self, step: u64) -> Result<Vec<(String, f64)>> {
        self.looking.row(step, self.measure_every)
    }

    fn tensors(&self) -> Vec<(String, Tensor)> {
        let mut tensors = self.looking.tensors();
        tensors.extend(self.source.tensors());
        tensors.extend(self.descents.tensors());
        tensors
    }
}
