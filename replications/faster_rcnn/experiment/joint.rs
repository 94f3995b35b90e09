//! Approximate joint training (section 3.2, ii): in every step anchors learn on some pictures, and the layers behind pooling from
//! what the anchors propose there in that step, as if proposals were fixed.
//!
//! As rbgirshick/py-faster-rcnn @781a917 has it (models/pascal_voc/ZF/faster_rcnn_end2end, lib/fast_rcnn/config.py). The trunk that
//! both would share stays as it is, so that what is joint are the pictures and the proposals. Must not test.

use base::boxes::Bounds;
use engine::detection::head::{Head, Learns, Settings, Spread};
use engine::error::Result;
use engine::train::{Model, Trainer};
use replications::fast_rcnn::network::STRIDE;
use replications::faster_rcnn::recipe::Recipe;
use replications::graph::Graph;
use tch::Tensor;

use super::proposals::{chosen_of, shapes};
use super::proposer::Proposer;
use crate::detectors::on_maps::OnMaps;

/// Both parts of the detector in training.
pub(super) struct Joint<'a, 'e> {
    proposer: Proposer<'a, 'e>,
    head: Head<'a, 'e>,
    recipe: &'a Recipe,
}

impl<'a, 'e> Joint<'a, 'e> {
    pub(super) fn new(
        on: &'a OnMaps<'a, 'e>,
        recipe: &'a Recipe,
        (settings, spread): (Settings<'a>, &'a Spread),
        (id, measure_every): (&str, u64),
    ) -> Result<Joint<'a, 'e>> {
        let own = &recipe.joint;
        let graph = Graph { name: id.to_owned(), ..on.graph.clone() };
        let of = (recipe, &own.learning_rate);
        let proposer = Proposer::new(on, (&graph, id), of, (own.pictures, measure_every))?;
        let begin = (on.context.seed(), on.context.device());
        let with = (settings, spread, measure_every);
        let pictures = (&on.maps, on.train.as_slice());
        let head = Head::new(begin, (&graph, Learns::Both, STRIDE), pictures, with, |one| on.of_trunk(one))?;
        Ok(Joint { proposer, head, recipe })
    }

    /// The layers that propose.
    pub(super) fn proposing(&self) -> &Model {
        &self.proposer.model
    }

    /// The layers behind pooling.
    pub(super) fn looking(&self) -> &Model {
        &self.head.model
    }
}

impl Trainer for Joint<'_, '_> {
    fn step(&mut self, step: u64, total: u64) -> Result<()> {
        let shapes = shapes(&self.recipe.anchors);
        let (mut seen, mut regions) = (Vec::new(), Vec::new());
        for (picture, mut stream) in self.proposer.pictures(step) {
            let one = self.proposer.see(picture, &mut stream, step)?;
            let said: Vec<Tensor> = one.said.iter().map(Tensor::detach).collect();
            let chosen = &self.recipe.joint.learned_from;
            let proposed = chosen_of(&said, (&shapes, &one.map), chosen, &mut stream)?;
            // The objects' own boxes are learned from too.
            let all: Vec<Bounds> = one.truths.iter().map(|object| object.bounds).chain(proposed).collect();
            regions.extend(self.head.pooled(&one.map, (&all, &one.truths), &mut stream)?);
            seen.push(one);
        }
        self.proposer.descend(&seen, (step, total))?;
        self.head.descend(regions, (step, total))
    }

    fn measure(&mut self, step: u64) -> Result<Vec<(String, f64)>> {
        let mut row = self.proposer.measure(step)?;
        row.extend(self.head.measure(step)?);
        Ok(row)
    }

    fn tensors(&self) -> Vec<(String, Tensor)> {
        let of = |part: &str, own: Vec<(String, Tensor)>| {
            own.into_iter().map(|(name, tensor)| (format!("{part}/{name}"), tensor)).collect::<Vec<_>>()
        };
        let mut all = of("proposing", self.proposer.tensors());
        all.extend(of("looking", self.head.tensors()));
        all
    }
}
