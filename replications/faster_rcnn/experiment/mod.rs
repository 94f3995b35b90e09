//! Faster R-CNN on a trunk that stays as it is or is tuned: anchors learn to propose regions, and the layers behind RoI pooling learn
//! from what is proposed; beside them the same layers on selective search's proposals, and both trained jointly.
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
mod steps;
mod timing;

use engine::detection::Found;
use engine::detection::head::{Looked, Reader, Spread};
use engine::detection::maps::Maps;
use engine::error::Result;
use engine::train::{Context, Schedule};
use replications::count::Parameter;
use replications::fast_rcnn::network::STRIDE;
use replications::faster_rcnn::recipe::{Ablation, Chosen, Recipe, Subject, Variant};
use replications::graph::Graph;
use spec::event::Trained;

use crate::detectors::on_maps::{OnMaps, Opening};
use crate::detectors::pictures;
use crate::detectors::shared::{CLASSES, ROWS, one_after_the_other};
use joint::Joint;
use proposals::Proposals;
use steps::{Proposing, Steps, settings};

/// Trains and tests the detectors that are asked for.
///
/// # Errors
/// Pictures or weights that cannot be used, a recipe that cannot be used, a full disk, libtorch's refusal.
pub fn run(context: &Context<'_, '_>) -> Result<()> {
    let recipe: Recipe = context.recipe()?;
    let subject = &recipe.subject;
    let [learned, tested] = recipe.searched;
    if !subject.detectors().any(|id| context.wants(id)) {
        return Err(context.nothing_wanted());
    }
    let on = OnMaps::open(
        context,
        Opening {
            trunk: (&subject.trunk, &subject.weights),
            detector: (&subject.own, &subject.layer),
            sides: recipe.sides,
            pyramid: None,
            searched: [if searches(context, subject) { learned } else { 0 }, tested],
            difficult: recipe.difficult,
            tuned_from: subject.tuned_from.as_deref(),
        },
    )?;
    Detectors { recipe: &recipe, on: &on }.run()
}

/// The tests of proposals that are asked for.
fn variants<'a>(context: &'a Context<'_, '_>, subject: &'a Subject) -> impl Iterator<Item = &'a Variant> {
    subject.tested.iter().filter(|variant| context.wants(&variant.id))
}

/// Whether layers are trained on selective search's proposals.
fn searches(context: &Context<'_, '_>, subject: &Subject) -> bool {
    subject.search.as_ref().is_some_and(|id| context.wants(id)) || variants(context, subject).next().is_some()
}

/// What all of them share.
struct Detectors<'a, 'e> {
    recipe: &'a Recipe,
    /// With selective search's proposals.
    on: &'a OnMaps<'a, 'e>,
}

/// A detector that is tested: the layers that propose with the maps that they read, and those behind pooling with theirs; None: those of
/// the trunk as it was loaded.
#[derive(Clone, Copy)]
struct Tested<'b, 'a, 'e> {
    id: &'b str,
    proposing: (&'b Proposals, Option<&'b Maps<'a, 'e>>),
    chosen: &'b Chosen,
    looking: (&'b Reader, Option<&'b Maps<'a, 'e>>),
    trained: &'b Trained,
}

impl<'a, 'e> Detectors<'a, 'e> {
    fn run(&self) -> Result<()> {
        let (subject, recipe, context) = (&self.recipe.subject, self.recipe, self.on.context);
        let wants = |id: &Option<String>| id.as_ref().is_some_and(|id| context.wants(id));
        let own = context.wants(&subject.own) || wants(&subject.unshared);
        let proposes = own || variants(context, subject).next().is_some();
        let searches = searches(context, subject);
        let joint = subject.joint.as_ref().filter(|id| context.wants(id));
        let ablations: Vec<&Ablation> = subject.ablations.iter().filter(|one| context.wants(&one.id)).collect();
        // The trainings share the time that there is; one of anchors has a unit.
        let many = |count: usize, weight: f64| count as f64 * weight;
        let rounds = if subject.tuned_from.is_some() { 2.0 } else { 1.0 };
        let whole = many(usize::from(proposes), 1.0)
            + many(usize::from(searches), recipe.second_share)
            + many(usize::from(own), recipe.second_share)
            + many(usize::from(context.wants(&subject.own)), (rounds - 1.0) * (1.0 + recipe.second_share))
            + many(usize::from(joint.is_some()), recipe.joint.share)
            + many(ablations.len(), rounds * (1.0 + recipe.second_share));
        let unit = 1.0 / whole;
        let steps = Steps { on: self.on, recipe, unit };
        let first = match proposes {
            true => Some(steps.anchors((&self.on.graph, &format!("{}-proposals", subject.own)), None)?),
            false => None,
        };
        if searches {
            self.on_search(&steps, first.as_ref())?;
        }
        if let Some(first) = first.filter(|_| own) {
            self.alternating(&steps, first)?;
        }
        if let Some(id) = joint {
            self.jointly(id, recipe.joint.share * unit)?;
        }
        for ablation in ablations {
            self.ablation(ablation, unit)?;
        }
        Ok(())
    }

    /// The paper's detector: the layers behind pooling on the network's own proposals.
    fn alternating(&self, steps: &Steps<'_, 'a, 'e>, first: Proposing<'a, 'e>) -> Result<()> {
        let (subject, recipe, context) = (&self.recipe.subject, self.recipe, self.on.context);
        let graph = (&self.on.graph, subject.own.as_str());
        let shared = steps.after(graph, first, |proposing, looking, trained| {
            if let Some(id) = subject.unshared.as_ref().filter(|id| context.wants(id)) {
                let proposing = (&proposing.layers, proposing.own.as_ref());
                let looking = (&looking.reader, looking.own.as_ref());
                let _ = self.test(Tested { id, proposing, chosen: &recipe.looked_into, looking, trained })?;
            }
            Ok(context.wants(&subject.own))
        })?;
        let Some(shared) = shared else { return Ok(()) };
        let maps = shared.looking.own.as_ref();
        let (proposing, looking) = ((&shared.proposing, maps), (&shared.looking.reader, maps));
        let (id, chosen) = (subject.own.as_str(), &recipe.looked_into);
        let (test, found) = self.test(Tested { id, proposing, chosen, looking, trained: &shared.trained })?;
        recall::draw(context, &self.on.data.test, [("selective search", &self.on.test), ("the network's", &test)])?;
        pictures::of_tested(context, id, &self.on.data.test, &found)?;
        let photographs = self.on.photographs(0)?;
        let photographs = shared.proposing.on_all((self.on, maps), &photographs, ("free photographs", chosen))?;
        self.on.draw_photographs(id, looking, photographs, &recipe.kept)?;
        let parts = (maps.unwrap_or(&self.on.maps), &shared.proposing, &shared.looking.reader);
        timing::measure(context, parts, recipe, &self.on.data.test)
    }

    /// The layers behind pooling, trained on selective search's proposals, tested on these and on some of the network's.
    fn on_search(&self, steps: &Steps<'_, 'a, 'e>, first: Option<&Proposing<'a, 'e>>) -> Result<()> {
        let (subject, context) = (&self.recipe.subject, self.on.context);
        let unnamed = format!("{}-search", subject.own);
        let id = subject.search.as_ref().unwrap_or(&unnamed);
        let looking = steps.regions((id, &self.on.train), None, |one| self.on.of_trunk(one))?;
        let reader = (&looking.reader, looking.own.as_ref());
        if context.wants(id) {
            context.begin(&format!("test {id}"))?;
            let found = self.on.found(reader, &self.on.test, (&self.recipe.kept, true))?;
            self.on.tell((id, &looking.trained), &found)?;
        }
        let Some(first) = first else { return Ok(()) };
        let trained = &one_after_the_other(&first.trained, &looking.trained);
        let proposing = (&first.layers, first.own.as_ref());
        for variant in variants(context, subject) {
            let (id, chosen) = (variant.id.as_str(), &variant.proposals);
            let _ = self.test(Tested { id, proposing, chosen, looking: reader, trained })?;
        }
        Ok(())
    }

    /// Anchors and the layers behind pooling at the same time.
    fn jointly(&self, id: &str, share: f64) -> Result<()> {
        let (context, own, recipe) = (self.on.context, &self.recipe.joint, self.recipe);
        let steps = ((context.stage().size.steps as f64 * own.share).round() as u64).max(1);
        let measure_every = (steps / ROWS).max(1);
        let spread = Spread::fixed(CLASSES, own.deviations);
        let trunk = self.on.trunk()?;
        let from = (self.on.source(trunk.as_ref(), None), self.on.train.as_slice());
        let graph = Graph { name: id.to_owned(), ..self.on.graph.clone() };
        let begin = (context.seed(), context.device());
        let with = (settings(recipe, &own.learning_rate, own.sampling), &spread, measure_every);
        let known = |one: &Parameter| self.on.of_trunk(one);
        let mut joint = Joint::new(begin, (&graph, recipe), from, with, known)?;
        let of = own.learning_rate.of;
        let schedule = Schedule { name: id, title: id, steps, of, measure_every, share, fixed: false };
        let trained = &context.train(&schedule, &mut joint)?;
        let [proposing, looking] = joint.into_models();
        let (layers, reader) = (Proposals::new(&proposing, &recipe.anchors)?, Reader::new(&looking, &spread, STRIDE)?);
        let maps = self.on.tuned(trunk.as_ref())?;
        let (proposing, looking) = ((&layers, maps.as_ref()), (&reader, maps.as_ref()));
        self.test(Tested { id, proposing, chosen: &recipe.looked_into, looking, trained }).map(drop)
    }

    /// The detector with other anchors, or with boxes that weigh otherwise.
    fn ablation(&self, ablation: &Ablation, unit: f64) -> Result<()> {
        let mut recipe = self.recipe.clone();
        recipe.anchors = ablation.anchors.clone().unwrap_or(recipe.anchors);
        recipe.proposing.balance = ablation.balance.unwrap_or(recipe.proposing.balance);
        let id = ablation.id.as_str();
        let graph = self.on.context.graph(id)?;
        let steps = Steps { on: self.on, recipe: &recipe, unit };
        let first = steps.anchors((&graph, &format!("{id}-proposals")), None)?;
        let Some(shared) = steps.after((&graph, id), first, |_, _, _| Ok(true))? else { return Ok(()) };
        let maps = shared.looking.own.as_ref();
        let (proposing, looking) = ((&shared.proposing, maps), (&shared.looking.reader, maps));
        let (chosen, trained) = (&recipe.looked_into, &shared.trained);
        self.test(Tested { id, proposing, chosen, looking, trained }).map(drop)
    }

    /// Tests a detector on its proposals and tells what it found; gives both.
    fn test(&self, tested: Tested<'_, 'a, 'e>) -> Result<(Vec<Looked>, Vec<Vec<Found>>)> {
        let Tested { id, proposing: (layers, maps), chosen, looking, trained } = tested;
        let test = layers.on_all((self.on, maps), &self.on.test, (id, chosen))?;
        self.on.context.begin(&format!("test {id}"))?;
        let found = self.on.found(looking, &test, (&self.recipe.kept, true))?;
        self.on.tell((id, trained), &found)?;
        Ok((test, found))
    }
}
