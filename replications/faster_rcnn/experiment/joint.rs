//! Approximate joint training (section 3.2, ii): in every step anchors learn on some pictures, and the layers behind pooling from
//! what the anchors propose there in that step, as if proposals were fixed.
//!
//! As rbgirshick/py-faster-rcnn @781a917 has it (models/pascal_voc/ZF/faster_rcnn_end2end, lib/fast_rcnn/config.py). A trunk that is
//! tuned learns from both at once. Must not test.

use base::boxes::Bounds;
use engine::detection::Source;
use engine::detection::head::{Learns, Looked, Looking, Settings, Spread, is_last};
use engine::error::Result;
use engine::train::{Batches, Model, OldAndNew, Trainer};
use replications::count::Parameter;
use replications::fast_rcnn::network::STRIDE;
use replications::faster_rcnn::recipe::Recipe;
use replications::graph::Graph;
use tch::{Device, Tensor};

use super::proposals::{chosen_of, shapes};
use super::proposer::{Proposing, pictures_of};

/// Both parts of the detector in training.
pub(super) struct Joint<'a, 'e> {
    source: Source<'a, 'e>,
    pictures: &'a [Looked],
    proposing: Proposing<'a>,
    looking: Looking<'a>,
    recipe: &'a Recipe,
    seed: u64,
    /// What the stream of anchors is called.
    stream: String,
    measure_every: u64,
    descents: OldAndNew,
    order: Batches,
}

impl<'a, 'e> Joint<'a, 'e> {
    /// Untrained layers of a detector; `known` gives the weights that those behind pooling begin with where there are some.
    pub(super) fn new(
        (seed, device): (u64, Device),
        (detector, recipe): (&Graph, &'a Recipe),
        (source, pictures): (Source<'a, 'e>, &'a [Looked]),
        (settings, spread, measure_every): (Settings<'a>, &'a Spread, u64),
        known: impl Fn(&Parameter) -> Option<Vec<f32>>,
    ) -> Result<Joint<'a, 'e>> {
        let (begin, name) = ((seed, device), &detector.name);
        let proposing = Proposing::new(begin, (detector, name), recipe)?;
        let looking = Looking::new(begin, (detector, Learns::Both, STRIDE), (settings, spread), known)?;
        let models: Vec<&Model> = source.model().into_iter().chain([&proposing.model, &looking.model]).collect();
        let is_new = |name: &str| is_last(name) || proposing.model.parameter(name).is_ok();
        Ok(Joint {
            descents: OldAndNew::new(&models, [recipe.weight_decay; 2], |_| true, is_new)?,
            order: Batches::new(seed, name, pictures.len(), recipe.joint.pictures),
            source,
            pictures,
            proposing,
            looking,
            recipe,
            seed,
            stream: format!("anchors of a step {name}"),
            measure_every,
        })
    }

    /// The trained layers: those that propose, and those behind pooling.
    pub(super) fn into_models(self) -> [Model; 2] {
        [self.proposing.model, self.looking.model]
    }
}

impl Trainer for Joint<'_, '_> {
    fn step(&mut self, step: u64, total: u64) -> Result<()> {
        let shapes = shapes(&self.recipe.anchors);
        let (mut seen, mut regions) = (Vec::new(), Vec::new());
        for (picture, mut stream) in pictures_of(&mut self.order, self.pictures, (&self.stream, self.seed, step)) {
            let one = self.proposing.see(self.source, (picture, &mut stream), step)?;
            let said: Vec<Tensor> = one.said.iter().map(Tensor::detach).collect();
            let chosen = &self.recipe.joint.learned_from;
            let proposed = chosen_of(&said, (&shapes, &one.map), chosen, &mut stream)?;
            // The objects' own boxes are learned from too.
            let all: Vec<Bounds> = one.truths.iter().map(|object| object.bounds).chain(proposed).collect();
            regions.extend(self.looking.pooled(&one.map, (&all, &one.truths), &mut stream)?);
            seen.push(one);
        }
        // Where one part has nothing to learn, on pictures that no anchor fits into, no gradient would reach its layers.
        let (Some(proposing), Some(looking)) = (self.proposing.loss(&seen)?, self.looking.loss(regions, step)?) else {
            return Ok(());
        };
        let loss = proposing.f_add(&looking)?;
        self.looking.descend(&mut self.descents, &loss, [step, total])
    }

    fn measure(&mut self, step: u64) -> Result<Vec<(String, f64)>> {
        let mut row = self.proposing.row(step, self.measure_every)?;
        row.extend(self.looking.row(step, self.measure_every)?);
        Ok(row)
    }

    fn tensors(&self) -> Vec<(String, Tensor)> {
        let of = |part: &str, own: Vec<(String, Tensor)>| {
            own.into_iter().map(|(name, tensor)| (format!("{part}/{name}"), tensor)).collect::<Vec<_>>()
        };
        let mut all = of("proposing", self.proposing.tensors());
        all.extend(of("looking", self.looking.tensors()));
        all.extend(self.source.tensors());
        all.extend(self.descents.tensors());
        all
    }
}
