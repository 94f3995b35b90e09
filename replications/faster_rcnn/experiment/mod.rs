//! Faster R-CNN on a trunk that stays as it is: anchors learn to propose regions, and the layers behind RoI pooling learn from what
//! is proposed; beside them the same layers on selective search's proposals, and both trained jointly.
//!
//! ```text
//! pictures ──trunk──► maps ──anchors──► proposals ──RoI pooling──► classes, boxes ──suppression──► detections
//! ```
//! With a trunk that is not trained, steps 3 and 4 of the paper's four would be steps 1 and 2 once more. Must not choose the trunk,
//! rates, steps or numbers of proposals: `spec.yaml` does.

mod joint;
mod proposals;
mod proposer;
mod recall;
mod timing;

use base::boxes::Bounds;
use engine::detection::head::{Learns, Looked, Reader, Settings, Spread};
use engine::error::Result;
use engine::train::{Context, Model, Schedule};
use replications::fast_rcnn::network::STRIDE;
use replications::faster_rcnn::recipe::{Ablation, Chosen, Recipe};
use replications::graph::Graph;
use replications::schedule::Stairs;
use spec::event::Trained;

use crate::detectors::on_maps::{OnMaps, Opening, Training};
use crate::detectors::pictures;
use crate::detectors::shared::{CLASSES, ROWS, one_after_the_other};
use joint::Joint;
use proposals::Proposals;
use proposer::Proposer;

/// Trains and tests the detectors that are asked for.
///
/// # Errors
/// Pictures or weights that cannot be used, a recipe that cannot be used, a full disk, libtorch's refusal.
pub fn run(context: &Context<'_, '_>) -> Result<()> {
    let recipe: Recipe = context.recipe()?;
    let subject = &recipe.subject;
    if !subject.detectors().any(|id| context.wants(id)) {
        return Err(context.nothing_wanted());
    }
    let on = OnMaps::open(
        context,
        Opening {
            trunk: (&subject.trunk, &subject.weights),
            detector: (&subject.own, &subject.layer),
            sides: recipe.sides,
            searched: recipe.searched,
            difficult: recipe.difficult,
        },
    )?;
    Detectors { recipe: &recipe, on: &on }.run()
}

/// What all of them share.
struct Detectors<'a, 'e> {
    recipe: &'a Recipe,
    /// With selective search's proposals.
    on: &'a OnMaps<'a, 'e>,
}

impl Detectors<'_, '_> {
    fn run(&self) -> Result<()> {
        let (subject, recipe, context) = (&self.recipe.subject, self.recipe, self.on.context);
        let own = context.wants(&subject.own);
        let tested = subject.tested.iter().any(|variant| context.wants(&variant.id));
        let searches = tested || subject.search.as_ref().is_some_and(|id| context.wants(id));
        let joint = subject.joint.as_ref().filter(|id| context.wants(id));
        let ablations: Vec<&Ablation> = subject.ablations.iter().filter(|one| context.wants(&one.id)).collect();
        // The trainings share the time that there is.
        let many = |count: usize, weight: f64| count as f64 * weight;
        let whole = many(usize::from(own || searches), 1.0)
            + many(usize::from(own) + usize::from(searches), recipe.second_share)
            + many(usize::from(joint.is_some()), recipe.joint.share)
            + many(ablations.len(), 1.0 + recipe.second_share);
        if own || searches {
            self.alternating([own, searches], 1.0 / whole)?;
        }
        if let Some(id) = joint {
            self.jointly(id, recipe.joint.share / whole)?;
        }
        for ablation in ablations {
            self.ablation(ablation, 1.0 / whole)?;
        }
        Ok(())
    }

    /// Proposals first, and then the layers behind pooling: on these, and on selective search's. `unit`: the share of the budget that
    /// the training of anchors has.
    fn alternating(&self, [own, searches]: [bool; 2], unit: f64) -> Result<()> {
        let (subject, context) = (&self.recipe.subject, self.on.context);
        let name = format!("{}-proposals", subject.own);
        let (model, first) = self.train_proposals((&self.on.graph, &name), self.recipe, unit)?;
        let proposals = Proposals::new(&model, &self.recipe.anchors)?;
        let test = self.proposed(&proposals, &self.on.test, ("pictures to test", &self.recipe.looked_into))?;
        recall::draw(context, &self.on.data.test, [("selective search", &self.on.test), ("the network's", &test)])?;
        let unit = unit * self.recipe.second_share;
        if own {
            let (reader, second) = self.on_proposals(&subject.own, &proposals, unit)?;
            context.begin(&format!("test {}", subject.own))?;
            let found = self.on.found(&reader, &test, &self.recipe.kept)?;
            self.on.tell((&subject.own, &one_after_the_other(&first, &second)), &found)?;
            pictures::of_tested(context, &subject.own, &self.on.data.test, &found)?;
            let photographs = self.on.photographs(0)?;
            let chosen = ("free photographs", &self.recipe.looked_into);
            let photographs = self.proposed(&proposals, &photographs, chosen)?;
            self.on.draw_photographs(&subject.own, &reader, photographs, &self.recipe.kept)?;
            timing::measure(context, (&self.on.maps, &proposals, &reader), self.recipe, &self.on.data.test)?;
        }
        if searches {
            self.on_search((&proposals, &first), unit)?;
        }
        Ok(())
    }

    /// The layers behind pooling, trained on selective search's proposals, tested on these and on some of the network's.
    fn on_search(&self, (proposals, first): (&Proposals, &Trained), share: f64) -> Result<()> {
        let (subject, context) = (&self.recipe.subject, self.on.context);
        let unnamed = format!("{}-search", subject.own);
        let id = subject.search.as_ref().unwrap_or(&unnamed);
        let (reader, trained) = self.train_regions(id, &self.on.train, share)?;
        if context.wants(id) {
            context.begin(&format!("test {id}"))?;
            self.on.tell((id, &trained), &self.on.found(&reader, &self.on.test, &self.recipe.kept)?)?;
        }
        for variant in subject.tested.iter().filter(|variant| context.wants(&variant.id)) {
            let test = self.proposed(proposals, &self.on.test, (&variant.id, &variant.proposals))?;
            context.begin(&format!("test {}", variant.id))?;
            let found = self.on.found(&reader, &test, &self.recipe.kept)?;
            self.on.tell((&variant.id, &one_after_the_other(first, &trained)), &found)?;
        }
        Ok(())
    }

    /// Anchors and the layers behind pooling at the same time.
    fn jointly(&self, id: &str, share: f64) -> Result<()> {
        let (context, own) = (self.on.context, &self.recipe.joint);
        let stage = context.stage();
        let steps = ((stage.size.steps as f64 * own.share).round() as u64).max(1);
        let measure_every = (steps / ROWS).max(1);
        let spread = Spread::fixed(CLASSES, own.deviations);
        let settings = self.settings(&own.learning_rate, own.sampling);
        let mut joint = Joint::new(self.on, self.recipe, (settings, &spread), (id, measure_every))?;
        let of = own.learning_rate.of;
        let schedule = Schedule { name: id, title: id, steps, of, measure_every, share, fixed: false };
        let trained = context.train(&schedule, &mut joint)?;
        let proposals = Proposals::new(joint.proposing(), &self.recipe.anchors)?;
        let reader = Reader::new(joint.looking(), &spread, STRIDE)?;
        let test = self.proposed(&proposals, &self.on.test, (id, &self.recipe.looked_into))?;
        context.begin(&format!("test {id}"))?;
        self.on.tell((id, &trained), &self.on.found(&reader, &test, &self.recipe.kept)?)
    }

    /// The detector with other anchors, or with boxes that weigh otherwise.
    fn ablation(&self, ablation: &Ablation, unit: f64) -> Result<()> {
        let mut recipe = self.recipe.clone();
        recipe.anchors = ablation.anchors.clone().unwrap_or(recipe.anchors);
        recipe.proposing.balance = ablation.balance.unwrap_or(recipe.proposing.balance);
        let (context, id) = (self.on.context, &ablation.id);
        let graph = context.graph(id)?;
        let (model, first) = self.train_proposals((&graph, &format!("{id}-proposals")), &recipe, unit)?;
        let proposals = Proposals::new(&model, &recipe.anchors)?;
        let (reader, second) = self.on_proposals(id, &proposals, unit * recipe.second_share)?;
        let test = self.proposed(&proposals, &self.on.test, (id, &recipe.looked_into))?;
        context.begin(&format!("test {id}"))?;
        let found = self.on.found(&reader, &test, &recipe.kept)?;
        self.on.tell((id, &one_after_the_other(&first, &second)), &found)
    }

    fn train_proposals(&self, (graph, name): (&Graph, &str), recipe: &Recipe, share: f64) -> Result<(Model, Trained)> {
        let (context, stage) = (self.on.context, self.on.context.stage());
        let steps = stage.size.steps;
        let measure_every = (steps / ROWS).max(1);
        let mut proposer = Proposer::new(self.on, (graph, name), (recipe, &recipe.proposing_rate), (1, measure_every))?;
        let schedule = Schedule { name, title: name, steps, of: stage.of_steps, measure_every, share, fixed: false };
        let trained = context.train(&schedule, &mut proposer)?;
        Ok((proposer.model, trained))
    }

    /// The same pictures with the network's proposals in place of selective search's.
    fn proposed(
        &self,
        proposals: &Proposals,
        pictures: &[Looked],
        (what, chosen): (&str, &Chosen),
    ) -> Result<Vec<Looked>> {
        let context = self.on.context;
        context.begin(&format!("propose regions by the network: {what}"))?;
        let mut all = Vec::with_capacity(pictures.len());
        for (index, picture) in pictures.iter().enumerate() {
            let map = self.on.maps.of(&picture.image, &picture.sha256, false)?;
            let mut stream = context.stream("proposals without scores", index as u64);
            let regions: Vec<Bounds> = proposals.on(&map, chosen, &mut stream)?;
            all.push(Looked { regions, ..picture.clone() });
            context.emitter().progress(index + 1, pictures.len(), "pictures")?;
        }
        Ok(all)
    }

    /// The layers behind pooling, trained on the network's proposals.
    fn on_proposals(&self, id: &str, proposals: &Proposals, share: f64) -> Result<(Reader, Trained)> {
        let train = self.proposed(proposals, &self.on.train, ("pictures to train on", &self.recipe.learned_from))?;
        self.train_regions(id, &train, share)
    }

    fn train_regions(&self, id: &str, pictures: &[Looked], share: f64) -> Result<(Reader, Trained)> {
        let (stage, recipe) = (self.on.context.stage(), self.recipe);
        let spread = Spread::of(pictures, CLASSES, &recipe.sampling, recipe.mirror);
        let steps = (stage.size.steps as f64 * recipe.second_share).round() as u64;
        let steps = [steps, recipe.learning_rate.of];
        let training = Training { id, learns: Learns::Both, from: (pictures, &spread), steps, share };
        let settings = self.settings(&recipe.learning_rate, recipe.sampling);
        let (model, trained) = self.on.train(training, settings, |one| self.on.of_trunk(one))?;
        Ok((Reader::new(&model, &spread, STRIDE)?, trained))
    }

    fn settings<'b>(&self, learning_rate: &'b Stairs, sampling: replications::detectors::Sampling) -> Settings<'b> {
        let recipe = self.recipe;
        Settings {
            pictures: recipe.pictures,
            sampling,
            learning_rate,
            momentum: recipe.momentum,
            weight_decay: recipe.weight_decay,
            bias_decay: recipe.weight_decay,
            mirror: recipe.mirror,
            sigma: 1.0,
        }
    }
}
