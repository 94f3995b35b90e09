//! The steps of alternating training (section 3.2): anchors, the layers behind pooling on what these propose, and, where the trunk is
//! tuned, both once more on the trunk that the second step left, which then stays as it is.
//!
//! As the authors' code has it, the third step's layers begin anew and the fourth's as the second left them. Must not test.

use engine::detection::head::{Learns, Looked, Reader, Settings, Spread};
use engine::detection::maps::Maps;
use engine::error::Result;
use engine::train::{Model, Schedule};
use replications::count::Parameter;
use replications::detectors::Sampling;
use replications::fast_rcnn::network::STRIDE;
use replications::faster_rcnn::recipe::Recipe;
use replications::graph::Graph;
use replications::schedule::Stairs;
use spec::event::Trained;

use super::proposals::Proposals;
use super::proposer::Proposer;
use crate::detectors::on_maps::{Detector, OnMaps, Training};
use crate::detectors::shared::{CLASSES, ROWS, one_after_the_other};

/// Trained layers that propose.
pub(super) struct Proposing<'a, 'e> {
    pub(super) layers: Proposals,
    /// Their own trunk, where it was tuned.
    pub(super) own: Option<Maps<'a, 'e>>,
    pub(super) trained: Trained,
}

/// Trained layers behind pooling.
pub(super) struct Looking<'a, 'e> {
    pub(super) reader: Reader,
    model: Model,
    /// Their own trunk, where it was tuned.
    pub(super) own: Option<Maps<'a, 'e>>,
    pub(super) trained: Trained,
}

/// Both, on one trunk: the latter's.
pub(super) struct Shared<'a, 'e> {
    pub(super) proposing: Proposals,
    pub(super) looking: Looking<'a, 'e>,
    /// All steps.
    pub(super) trained: Trained,
}

/// How a step is trained.
pub(super) struct Steps<'b, 'a, 'e> {
    pub(super) on: &'b OnMaps<'a, 'e>,
    pub(super) recipe: &'b Recipe,
    /// The share of the budget that a training of anchors has.
    pub(super) unit: f64,
}

impl<'a, 'e> Steps<'_, 'a, 'e> {
    /// Anchors alone; `maps`: of a trunk that stays as another step left it.
    pub(super) fn anchors(
        &self,
        (graph, name): (&Graph, &str),
        maps: Option<&Maps<'a, 'e>>,
    ) -> Result<Proposing<'a, 'e>> {
        let (context, stage, recipe) = (self.on.context, self.on.context.stage(), self.recipe);
        let steps = stage.size.steps;
        let measure_every = (steps / ROWS).max(1);
        let trunk = if maps.is_none() { self.on.trunk()? } else { None };
        let from = (self.on.source(trunk.as_ref(), maps), self.on.train.as_slice());
        let begin = (context.seed(), context.device());
        let mut proposer = Proposer::new(begin, (graph, name), from, (recipe, measure_every))?;
        let schedule =
            Schedule { name, title: name, steps, of: stage.of_steps, measure_every, share: self.unit, fixed: false };
        let trained = context.train(&schedule, &mut proposer)?;
        let layers = Proposals::new(&proposer.into_model(), &recipe.anchors)?;
        Ok(Proposing { layers, own: self.on.tuned(trunk.as_ref())?, trained })
    }

    /// The layers behind pooling, on those regions of the pictures; `maps` as in [`Steps::anchors`].
    pub(super) fn regions(
        &self,
        (id, pictures): (&str, &[Looked]),
        maps: Option<&Maps<'a, 'e>>,
        known: impl Fn(&Parameter) -> Option<Vec<f32>>,
    ) -> Result<Looking<'a, 'e>> {
        let (stage, recipe) = (self.on.context.stage(), self.recipe);
        let spread = Spread::of(pictures, CLASSES, &recipe.sampling, recipe.mirror);
        let steps = (stage.size.steps as f64 * recipe.second_share).round() as u64;
        let training = Training {
            id,
            learns: Learns::Both,
            from: (pictures, &spread),
            steps: [steps, recipe.learning_rate.of],
            share: recipe.second_share * self.unit,
        };
        let settings = settings(recipe, &recipe.learning_rate, recipe.sampling);
        let Detector { model, own, trained } = self.on.train(training, settings, maps, known)?;
        Ok(Looking { reader: Reader::new(&model, &spread, STRIDE)?, model, own, trained })
    }

    /// All steps after the first. `unshared` sees what the first two come to where the trunk is tuned: each has a trunk of its own;
    /// where it says no, the others are left out.
    pub(super) fn after(
        &self,
        (graph, id): (&Graph, &str),
        first: Proposing<'a, 'e>,
        unshared: impl FnOnce(&Proposing<'a, 'e>, &Looking<'a, 'e>, &Trained) -> Result<bool>,
    ) -> Result<Option<Shared<'a, 'e>>> {
        let begin = |one: &Parameter| self.on.of_trunk(one);
        let train = self.proposed(&first.layers, first.own.as_ref())?;
        if first.own.is_none() {
            let looking = self.regions((id, &train), None, begin)?;
            let trained = one_after_the_other(&first.trained, &looking.trained);
            return Ok(Some(Shared { proposing: first.layers, looking, trained }));
        }
        let second = self.regions((&format!("{id}-unshared"), &train), None, begin)?;
        let both = one_after_the_other(&first.trained, &second.trained);
        if !unshared(&first, &second, &both)? {
            return Ok(None);
        }
        drop(first);
        let third = self.anchors((graph, &format!("{id}-shared-proposals")), second.own.as_ref())?;
        let train = self.proposed(&third.layers, second.own.as_ref())?;
        let known = second.model.numbers()?;
        let fourth = self.regions((id, &train), second.own.as_ref(), |one| known.numbers_of(one))?;
        let trained = one_after_the_other(&both, &one_after_the_other(&third.trained, &fourth.trained));
        Ok(Some(Shared { proposing: third.layers, looking: Looking { own: second.own, ..fourth }, trained }))
    }

    /// The pictures to train on with proposals of the network.
    fn proposed(&self, layers: &Proposals, maps: Option<&Maps<'a, 'e>>) -> Result<Vec<Looked>> {
        layers.on_all((self.on, maps), &self.on.train, ("pictures to train on", &self.recipe.learned_from))
    }
}

/// How the layers behind pooling are trained.
pub(super) fn settings<'b>(recipe: &Recipe, learning_rate: &'b Stairs, sampling: Sampling) -> Settings<'b> {
    Settings {
        pictures: recipe.pictures,
        sampling,
        learning_rate,
        faster: recipe.faster,
        momentum: recipe.momentum,
        weight_decay: recipe.weight_decay,
        bias_decay: recipe.weight_decay,
        mirror: recipe.mirror,
        scales: &[],
        sigma: 1.0,
    }
}
