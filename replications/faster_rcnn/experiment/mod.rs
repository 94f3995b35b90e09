//! Faster R-CNN on a trunk that stays as it is: anchors learn to propose regions, and the layers behind RoI pooling learn from what
//! is proposed; beside them the same layers on selective search's proposals.
//!
//! ```text
//! pictures ──trunk──► maps ──anchors──► proposals ──RoI pooling──► classes, boxes ──suppression──► detections
//! ```
//! With a trunk that is not trained, steps 3 and 4 of the paper's four would be steps 1 and 2 once more. Must not choose the trunk,
//! rates, steps or numbers of proposals: `spec.yaml` does.

mod proposer;
mod recall;
mod timing;

use base::boxes::Bounds;
use engine::detection::Found;
use engine::detection::head::{Head, Learns, Looked, Reader, Settings, Spread};
use engine::detection::maps::{Maps, Scale};
use engine::error::{Error, Result};
use engine::input::Divided;
use engine::input::objects::Annotated;
use engine::train::{Context, Model, Schedule};
use engine::weights::Parameters;
use replications::count::Parameter;
use replications::fast_rcnn::network::STRIDE;
use replications::faster_rcnn::recipe::{Chosen, Recipe};
use replications::graph::Graph;
use spec::event::Trained;

use crate::detectors::shared::{CLASSES, ROWS, of_trunk, one_after_the_other, told};
use crate::detectors::{looked, pictures};
use proposer::{Proposals, Proposer};

/// Trains and tests the detectors that are asked for.
///
/// # Errors
/// Pictures or weights that cannot be used, a recipe that cannot be used, a full disk, libtorch's refusal.
pub fn run(context: &Context<'_, '_>) -> Result<()> {
    let recipe: Recipe = context.recipe()?;
    let wanted = &context.stage().size.networks;
    if !recipe.subject.detectors().any(|id| wanted.iter().any(|network| network == id)) {
        let message = format!("{} is trained on nothing here; ask for `{}`", wanted.join(", "), context.stage().id);
        return Err(Error::Input(message));
    }
    context.begin("read the lists of pictures")?;
    let data = Divided::read(&context.stage().data)?;
    context.emitter().note(format!("pictures: {} to train on, {} to test", data.train.len(), data.test.len()))?;
    let subject = &recipe.subject;
    context.begin(&format!("load {}", subject.trunk))?;
    let graph = context.graph(&subject.own)?;
    let [shorter, longest] = recipe.sides;
    let of = (subject.trunk.as_str(), subject.weights.as_str());
    let maps = Maps::load(context, of, (&graph, &subject.layer), Scale { shorter, longest })?;
    let (_, parameters) = context.weights_named(&context.graph(&subject.trunk)?, &subject.weights)?;
    let [learned, looked_into] = recipe.searched;
    let train = looked::searched((context, &maps), &data.train, ("pictures to train on", learned), recipe.difficult)?;
    let test = looked::searched((context, &maps), &data.test, ("pictures to test", looked_into), recipe.difficult)?;
    Detectors { context, recipe: &recipe, data: &data, graph, maps: &maps, parameters, train, test }.run()
}

/// What all of them share.
struct Detectors<'a, 'e> {
    context: &'a Context<'a, 'e>,
    recipe: &'a Recipe,
    data: &'a Divided,
    graph: Graph,
    maps: &'a Maps<'a, 'e>,
    /// The trunk's whole weights: layers behind RoI pooling that the trunk has too begin with them.
    parameters: Parameters,
    /// With selective search's proposals.
    train: Vec<Looked>,
    test: Vec<Looked>,
}

impl Detectors<'_, '_> {
    fn run(&self) -> Result<()> {
        let (subject, recipe) = (&self.recipe.subject, self.recipe);
        let asked = |id: &String| self.context.stage().size.networks.contains(id);
        let own = asked(&subject.own);
        let search = subject.search.as_ref().filter(|id| asked(id));
        let few = subject.few.as_ref().filter(|id| asked(id));
        let searches = search.is_some() || few.is_some();
        let whole = 1.0 + recipe.second_share * (f64::from(u8::from(own)) + f64::from(u8::from(searches)));
        let (model, first) = self.train_proposals(1.0 / whole)?;
        let proposals = Proposals::new(&model, recipe)?;
        let test = self.proposed(&proposals, &self.test, ("pictures to test", &recipe.looked_into))?;
        recall::draw(self.context, &self.data.test, [("selective search", &self.test), ("the network's", &test)])?;
        let share = recipe.second_share / whole;
        if own {
            let train = self.proposed(&proposals, &self.train, ("pictures to train on", &recipe.learned_from))?;
            let spread = Spread::of(&train, CLASSES, &recipe.sampling, recipe.mirror);
            let (model, trained) = self.train_regions(&subject.own, (&train, &spread), share)?;
            let reader = Reader::new(&model, &spread, STRIDE)?;
            let found = self.detect(&reader, &test, &subject.own)?;
            told(self.context, self.data, (&subject.own, &one_after_the_other(&first, &trained)), &found)?;
            pictures::of_tested(self.context, &subject.own, &self.data.test, &found)?;
            self.photographs((&proposals, &reader))?;
            timing::measure(self.context, (self.maps, &proposals, &reader), recipe, &self.data.test)?;
        }
        if searches {
            let unnamed = format!("{}-search", subject.own);
            let id = subject.search.as_ref().unwrap_or(&unnamed);
            let spread = Spread::of(&self.train, CLASSES, &recipe.sampling, recipe.mirror);
            let (model, trained) = self.train_regions(id, (&self.train, &spread), share)?;
            let reader = Reader::new(&model, &spread, STRIDE)?;
            if let Some(id) = search {
                told(self.context, self.data, (id, &trained), &self.detect(&reader, &self.test, id)?)?;
            }
            if let Some(id) = few {
                let some = |picture: &Looked| {
                    let regions: Vec<Bounds> = picture.regions.iter().take(recipe.few).copied().collect();
                    Looked { regions, ..picture.clone() }
                };
                let test: Vec<Looked> = test.iter().map(some).collect();
                let both = one_after_the_other(&first, &trained);
                told(self.context, self.data, (id, &both), &self.detect(&reader, &test, id)?)?;
            }
        }
        Ok(())
    }

    fn train_proposals(&self, share: f64) -> Result<(Model, Trained)> {
        let stage = self.context.stage();
        let steps = stage.size.steps;
        let measure_every = (steps / ROWS).max(1);
        let begin = (self.context.seed(), self.context.device());
        let (maps, pictures) = (self.maps, self.train.as_slice());
        let detector = (&self.graph, self.recipe.subject.layer.as_str());
        let mut proposer = Proposer::new(begin, detector, (maps, pictures), (self.recipe, measure_every))?;
        let name = format!("{}-proposals", self.recipe.subject.own);
        let schedule =
            Schedule { name: &name, title: &name, steps, of: stage.of_steps, measure_every, share, fixed: false };
        let trained = self.context.train(&schedule, &mut proposer)?;
        Ok((proposer.model, trained))
    }

    /// The same pictures with the network's proposals in place of selective search's.
    fn proposed(
        &self,
        proposals: &Proposals,
        pictures: &[Looked],
        (what, chosen): (&str, &Chosen),
    ) -> Result<Vec<Looked>> {
        self.context.begin(&format!("propose regions by the network: {what}"))?;
        let mut all = Vec::with_capacity(pictures.len());
        for (index, picture) in pictures.iter().enumerate() {
            let map = self.maps.of(&picture.image, &picture.sha256, false)?;
            all.push(Looked { regions: proposals.on(&map, chosen)?, ..picture.clone() });
            self.context.emitter().progress(index + 1, pictures.len(), "pictures")?;
        }
        Ok(all)
    }

    fn train_regions(
        &self,
        id: &str,
        (pictures, spread): (&[Looked], &Spread),
        share: f64,
    ) -> Result<(Model, Trained)> {
        let (stage, recipe) = (self.context.stage(), self.recipe);
        let steps = ((stage.size.steps as f64 * recipe.second_share).round() as u64).max(1);
        let measure_every = (steps / ROWS).max(1);
        let settings = Settings {
            pictures: recipe.pictures,
            sampling: recipe.sampling,
            learning_rate: &recipe.learning_rate,
            momentum: recipe.momentum,
            weight_decay: recipe.weight_decay,
            bias_decay: recipe.weight_decay,
            mirror: recipe.mirror,
            sigma: 1.0,
        };
        let begin = (self.context.seed(), self.context.device());
        let graph = Graph { name: id.to_owned(), ..self.graph.clone() };
        let of_trunk = |parameter: &Parameter| of_trunk(&self.parameters, parameter);
        let with = (settings, spread, measure_every);
        let mut head = Head::new(begin, (&graph, Learns::Both, STRIDE), (self.maps, pictures), with, of_trunk)?;
        let schedule =
            Schedule { name: id, title: id, steps, of: recipe.learning_rate.of, measure_every, share, fixed: false };
        let trained = self.context.train(&schedule, &mut head)?;
        Ok((head.model, trained))
    }

    fn detect(&self, reader: &Reader, pictures: &[Looked], id: &str) -> Result<Vec<Vec<Found>>> {
        self.context.begin(&format!("test {id}"))?;
        let mut found = Vec::with_capacity(pictures.len());
        for (index, picture) in pictures.iter().enumerate() {
            let said = reader.read(&self.maps.of(&picture.image, &picture.sha256, false)?, &picture.regions)?;
            found.push(reader.found((&picture.regions, &said), picture.image.size, true, &self.recipe.kept));
            self.context.emitter().progress(index + 1, pictures.len(), "pictures")?;
        }
        Ok(found)
    }

    fn photographs(&self, (proposals, reader): (&Proposals, &Reader)) -> Result<()> {
        let images = pictures::photographs(self.context)?;
        let looked = looked::searched((self.context, self.maps), &images, ("free photographs", 0), false)?;
        let looked = self.proposed(proposals, &looked, ("free photographs", &self.recipe.looked_into))?;
        let found = self.detect(reader, &looked, "free photographs")?;
        let images: Vec<Annotated> = looked.into_iter().map(|picture| picture.image).collect();
        pictures::of_photographs(self.context, &self.recipe.subject.own, &images, &found)
    }
}
