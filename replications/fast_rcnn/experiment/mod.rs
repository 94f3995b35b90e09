//! Fast R-CNN's comparisons on a trunk that stays as it is: the layers behind RoI pooling learn classes and boxes together,
//! classes alone, and boxes after classes; and linear machines in place of the softmax.
//!
//! ```text
//! pictures ──trunk──► maps ──RoI pooling over proposals──► layers that learn ──► classes, boxes ──suppression──► detections
//! ```
//! Must not choose the trunk, rates, steps or numbers of proposals: `spec.yaml` does.

mod features;

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
use replications::fast_rcnn::recipe::Recipe;
use replications::graph::Graph;
use spec::event::Trained;

use crate::detectors::shared::{CLASSES, ROWS, of_trunk, one_after_the_other, told};
use crate::detectors::{looked, pictures};

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
    let graph = context.graph(&subject.both)?;
    let [shorter, longest] = recipe.sides;
    let of = (subject.trunk.as_str(), subject.weights.as_str());
    let maps = Maps::load(context, of, (&graph, &subject.layer), Scale { shorter, longest })?;
    let (_, parameters) = context.weights_named(&context.graph(&subject.trunk)?, &subject.weights)?;
    let [learned, looked_into] = recipe.proposals;
    let train = looked::searched((context, &maps), &data.train, ("pictures to train on", learned), recipe.difficult)?;
    let test = looked::searched((context, &maps), &data.test, ("pictures to test", looked_into), recipe.difficult)?;
    let spread = Spread::of(&train, CLASSES, &recipe.sampling, recipe.mirror);
    Detectors { context, recipe: &recipe, data: &data, graph, maps: &maps, parameters, train, test, spread }.run()
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
    train: Vec<Looked>,
    test: Vec<Looked>,
    spread: Spread,
}

impl Detectors<'_, '_> {
    fn run(&self) -> Result<()> {
        let subject = &self.recipe.subject;
        let asked = |id: &String| self.context.stage().size.networks.contains(id);
        let both = asked(&subject.both)
            || self.wants(&subject.uncorrected).is_some()
            || self.wants(&subject.machines).is_some();
        // The trainings share the time that there is: two whole ones and a second stage.
        let stages = self.wants(&subject.stages);
        let classes = self.wants(&subject.classes).is_some() || stages.is_some();
        let parts =
            f64::from(u8::from(both)) + f64::from(u8::from(classes)) + stages.map_or(0.0, |_| self.recipe.second_stage);
        if both {
            let (model, trained) =
                self.train(&subject.both, Learns::Both, 1.0 / parts, &|one| of_trunk(&self.parameters, one))?;
            let reader = Reader::new(&model, &self.spread, STRIDE)?;
            let [corrected, uncorrected] = self.detect(&reader, &subject.both)?;
            told(self.context, self.data, (&subject.both, &trained), &corrected)?;
            pictures::of_tested(self.context, &subject.both, &self.data.test, &corrected)?;
            self.photographs(&reader)?;
            if let Some(id) = self.wants(&subject.uncorrected) {
                told(self.context, self.data, (id, &trained), &uncorrected)?;
            }
            if let Some(id) = self.wants(&subject.machines) {
                let found =
                    features::machines(self.context, self.recipe, (self.maps, &model), [&self.train, &self.test])?;
                // Boxes are corrected as the softmax's are.
                let found = self.corrected(&reader, &found)?;
                told(self.context, self.data, (id, &trained), &found)?;
            }
        }
        if classes {
            let unnamed = format!("{}-classes", subject.both);
            let id = subject.classes.as_ref().unwrap_or(&unnamed);
            let (model, trained) =
                self.train(id, Learns::Classes, 1.0 / parts, &|one| of_trunk(&self.parameters, one))?;
            if self.wants(&subject.classes).is_some() {
                let [_, uncorrected] = self.detect(&Reader::new(&model, &self.spread, STRIDE)?, id)?;
                told(self.context, self.data, (id, &trained), &uncorrected)?;
            }
            if let Some(id) = stages {
                let first = |one: &Parameter| of_model(&model, one);
                let (model, second) = self.train(id, Learns::Boxes, self.recipe.second_stage / parts, &first)?;
                let [corrected, _] = self.detect(&Reader::new(&model, &self.spread, STRIDE)?, id)?;
                told(self.context, self.data, (id, &one_after_the_other(&trained, &second)), &corrected)?;
            }
        }
        Ok(())
    }

    /// The detector of that name, if it is asked for.
    fn wants<'b>(&self, id: &'b Option<String>) -> Option<&'b String> {
        id.as_ref().filter(|id| self.context.stage().size.networks.contains(id))
    }

    fn train(
        &self,
        id: &str,
        learns: Learns,
        share: f64,
        known: &dyn Fn(&Parameter) -> Option<Vec<f32>>,
    ) -> Result<(Model, Trained)> {
        let (stage, recipe) = (self.context.stage(), self.recipe);
        let steps = match learns {
            Learns::Boxes => ((stage.size.steps as f64 * recipe.second_stage).round() as u64).max(1),
            Learns::Both | Learns::Classes => stage.size.steps,
        };
        let measure_every = (steps / ROWS).max(1);
        let settings = Settings {
            pictures: recipe.pictures,
            sampling: recipe.sampling,
            learning_rate: &recipe.learning_rate,
            momentum: recipe.momentum,
            weight_decay: recipe.weight_decay,
            bias_decay: 0.0,
            mirror: recipe.mirror,
            sigma: 1.0,
        };
        let begin = (self.context.seed(), self.context.device());
        let graph = Graph { name: id.to_owned(), ..self.graph.clone() };
        let on = (self.maps, self.train.as_slice());
        let mut head = Head::new(begin, (&graph, learns, STRIDE), on, (settings, &self.spread, measure_every), known)?;
        let schedule = Schedule { name: id, title: id, steps, of: stage.of_steps, measure_every, share, fixed: false };
        let trained = self.context.train(&schedule, &mut head)?;
        Ok((head.model, trained))
    }

    /// What is found on the tested pictures, with boxes corrected and not.
    fn detect(&self, reader: &Reader, id: &str) -> Result<[Vec<Vec<Found>>; 2]> {
        self.context.begin(&format!("test {id}"))?;
        let mut found = [Vec::with_capacity(self.test.len()), Vec::with_capacity(self.test.len())];
        for (index, picture) in self.test.iter().enumerate() {
            let map = self.maps.of(&picture.image, &picture.sha256, false)?;
            let said = reader.read(&map, &picture.regions)?;
            for (found, corrects) in found.iter_mut().zip([true, false]) {
                found.push(reader.found((&picture.regions, &said), picture.image.size, corrects, &self.recipe.kept));
            }
            self.context.emitter().progress(index + 1, self.test.len(), "pictures")?;
        }
        Ok(found)
    }

    /// Detections of the linear machines, each region's score by class, with the boxes that the layers say.
    fn corrected(&self, reader: &Reader, scores: &[Vec<Vec<f64>>]) -> Result<Vec<Vec<Found>>> {
        let mut found = Vec::with_capacity(self.test.len());
        for (picture, scores) in self.test.iter().zip(scores) {
            let map = self.maps.of(&picture.image, &picture.sha256, false)?;
            let said = reader.read(&map, &picture.regions)?;
            found.push(reader.found_by(scores, (&picture.regions, &said), picture.image.size, &self.recipe.kept));
            self.context.emitter().alive()?;
        }
        Ok(found)
    }

    fn photographs(&self, reader: &Reader) -> Result<()> {
        let images = pictures::photographs(self.context)?;
        let most = self.recipe.proposals[1];
        let looked = looked::searched((self.context, self.maps), &images, ("free photographs", most), false)?;
        let mut found = Vec::with_capacity(looked.len());
        for picture in &looked {
            let said = reader.read(&self.maps.of(&picture.image, &picture.sha256, false)?, &picture.regions)?;
            found.push(reader.found((&picture.regions, &said), picture.image.size, true, &self.recipe.kept));
        }
        let images: Vec<Annotated> = looked.into_iter().map(|picture| picture.image).collect();
        pictures::of_photographs(self.context, &self.recipe.subject.both, &images, &found)
    }
}

/// The numbers that a model has of a parameter.
fn of_model(model: &Model, parameter: &Parameter) -> Option<Vec<f32>> {
    let tensor = model.parameter(&parameter.name).ok()?.detach();
    Vec::<f32>::try_from(tensor.to_device(tch::Device::Cpu).contiguous().view([-1])).ok()
}
