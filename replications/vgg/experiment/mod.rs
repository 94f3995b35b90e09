//! Localisation as regression (appendix A): heads that say where the one object of a picture is, one box for all classes or one
//! for each, trained on a trunk that stays as it is.
//!
//! ```text
//! pictures of one object ──views──► trunk ──maps──► heads ──► the true class's box; five classes and their merged boxes
//! ```
//! Must not choose trunks, rates, steps or scales: `spec.yaml` does.

mod boxes;
mod data;
#[cfg(test)]
mod golden;
mod head;
mod merging;
mod testing;
mod trunk;

use engine::error::Result;
use engine::outcomes::{Answer, Table};
use engine::train::{Context, Model, Schedule};
use replications::vgg::recipe::{Asked, Recipe, Subject, Test};
use spec::event::{Model as Origin, Trained};
use spec::metric::Metric;
use tch::{Device, Kind, Tensor};

use boxes::NUMBERS;
use data::Data;
use head::{Examples, Head, Learns};
use testing::{Guess, Heads};
use trunk::{Trunk, View};

/// The curve has so many rows.
const ROWS: u64 = 40;
/// The box of mean place and size, in tables.
const MEAN_BOX: &str = "mean-box";
/// What the task `localise` measures.
const METRICS: [Metric; 2] = [Metric::named("localisation error"), Metric::named("mean overlap")];

/// Trains and tests the heads on each trunk.
///
/// # Errors
/// Pictures or weights that cannot be used, a recipe that cannot be used, a full disk, libtorch's refusal.
pub fn run(context: &Context<'_, '_>) -> Result<()> {
    let recipe: Recipe = context.recipe()?;
    context.begin("read the lists of pictures")?;
    let data = Data::read(context)?;
    context.emitter().note(format!(
        "pictures with one object: {} to train on, {} to test",
        data.train.len(),
        data.test.len()
    ))?;
    // The heads of a trunk are tested together, whichever of them was asked for.
    let asked = |subject: &&Subject| subject.heads().iter().any(|head| context.wants(head));
    let subjects: Vec<&Subject> = recipe.subjects.iter().filter(asked).collect();
    if subjects.is_empty() {
        return Err(context.nothing_wanted());
    }
    for subject in subjects {
        context.begin(&format!("load {}", subject.trunk))?;
        let trunk = Trunk::load(context, subject)?;
        Localiser { context, recipe: &recipe, subject, data: &data, trunk }.run()?;
    }
    Ok(())
}

/// One trunk with its heads.
struct Localiser<'a, 'e> {
    context: &'a Context<'a, 'e>,
    recipe: &'a Recipe,
    subject: &'a Subject,
    data: &'a Data,
    trunk: Trunk<'a, 'e>,
}

impl Localiser<'_, '_> {
    fn run(&self) -> Result<()> {
        self.context.begin(&format!("make the maps of {}", self.subject.layer))?;
        let examples = self.examples()?;
        let [classes, single_class, per_class] = self.subject.heads();
        let (classes, classes_trained) = self.train(classes, Learns::Classes, &examples)?;
        let (single_class, single_trained) = self.train(single_class, Learns::Box, &examples)?;
        let (per_class, per_trained) = self.train(per_class, Learns::BoxOfClass, &examples)?;
        let mean = testing::numbers(&examples.boxes.f_mean_dim(Some(&[0_i64][..]), false, Kind::Double)?)?;
        drop(examples);
        let heads = Heads { classes: &classes, single_class: &single_class, per_class: &per_class };
        let test = &self.data.test;
        let trained = [&single_trained, &per_trained];
        for condition in &self.context.stage().conditions {
            let Some(asked) = self.context.with::<Asked>(condition)? else { continue };
            self.context.begin(&format!("test the heads: {}", condition.title))?;
            let guesses = match asked.test {
                Test::Dense => testing::dense(&self.trunk, &heads, self.recipe, test)?,
                Test::TrueClass => {
                    let of_crops = testing::true_class(&self.trunk, &heads, self.recipe, (test, mean))?;
                    self.told_classes(&classes_trained, &of_crops.probabilities, &condition.id)?;
                    self.told(MEAN_BOX, Origin::Baseline, &of_crops.mean_box, &condition.id)?;
                    of_crops.guesses
                }
            };
            let [_, single_class, per_class] = self.subject.heads();
            let both = [(single_class, &guesses.single_class), (per_class, &guesses.per_class)];
            for ((head, guesses), trained) in both.into_iter().zip(trained) {
                self.told(head, Origin::Trained(trained.clone()), guesses, &condition.id)?;
            }
        }
        Ok(())
    }

    /// The views that are trained on, in memory.
    fn examples(&self) -> Result<Examples> {
        let (mut maps, mut classes, mut boxes) = (Vec::new(), Vec::new(), Vec::new());
        let train = &self.data.train;
        let views = trunk::trained_on(self.recipe, self.trunk.side);
        self.trunk.views(train, &views, "pictures", |index, views| {
            for View { window, map } in views {
                maps.push(map);
                classes.push(i64::from(train[index].class));
                boxes.extend(window.numbers(&train[index].bounds).map(|number| number as f32));
            }
            Ok(())
        })?;
        let device = self.context.device();
        let numbers = i64::try_from(NUMBERS).unwrap_or(4);
        Ok(Examples {
            maps: Tensor::f_stack(&maps, 0)?,
            classes: Tensor::f_from_slice(&classes)?.f_to_device(device)?,
            boxes: Tensor::f_from_slice(&boxes)?.f_view([-1, numbers])?.f_to_device(device)?,
        })
    }

    fn train(&self, id: &str, learns: Learns, examples: &Examples) -> Result<(Model, Trained)> {
        let stage = self.context.stage();
        let steps = stage.size.steps;
        let measure_every = (steps / ROWS).max(1);
        let begin = (self.context.seed(), self.context.device());
        let graph = self.context.graph(id)?;
        let known = |parameter: &replications::count::Parameter| self.trunk.weights_of(parameter);
        let mut head = Head::new(begin, (graph, learns), examples, (self.recipe, measure_every), known)?;
        let schedule = Schedule {
            name: id,
            title: id,
            steps,
            of: stage.of_steps,
            measure_every,
            share: 1.0 / self.subject.heads().len() as f64,
            fixed: false,
        };
        let trained = self.context.train(&schedule, &mut head)?;
        Ok((head.model, trained))
    }

    /// Writes how often the classes' head is right on central crops.
    fn told_classes(&self, trained: &Trained, probabilities: &Tensor, condition: &str) -> Result<()> {
        let classes: Vec<i64> = self.data.test.iter().map(|picture| i64::from(picture.class)).collect();
        let answers = Answer::all(&probabilities.f_to_device(Device::Cpu)?, &Tensor::f_from_slice(&classes)?)?;
        let files: Vec<String> = self.data.test.iter().map(|picture| picture.file.clone()).collect();
        let (id, root, part_of) = &self.data.tested;
        let mut tested =
            self.context.tested((&self.subject.classes, Origin::Trained(trained.clone())), (id, root), condition);
        tested.part_of.clone_from(part_of);
        self.context.classified(&tested, &[Metric::TOP_1_ERROR], Some(&files), &answers)
    }

    /// Writes the guesses of a head, or of who does not look.
    fn told(&self, head: &str, model: Origin, guesses: &[Vec<Guess>], condition: &str) -> Result<()> {
        let (id, root, part_of) = &self.data.tested;
        let mut tested = self.context.tested((head, model), (id, root), condition);
        tested.part_of.clone_from(part_of);
        let edges = |guesses: &Vec<Guess>| guesses.iter().map(|(class, own)| (*class, own.edges())).collect::<Vec<_>>();
        let guesses: Vec<Vec<(u32, [f64; NUMBERS])>> = guesses.iter().map(edges).collect();
        let numbers = guesses.iter().flatten().flat_map(|(_, edges)| edges.iter().copied());
        engine::outcomes::finite(&tested, "edges of boxes", numbers)?;
        let own: Vec<[[f64; NUMBERS]; 1]> = self.data.test.iter().map(|picture| [picture.bounds.edges()]).collect();
        let test = self.data.test.iter().zip(&own);
        let examples = spec::outcomes::located_examples(
            test.map(|(picture, own)| (picture.file.as_str(), picture.class, own.as_slice())),
        );
        let text = spec::outcomes::located(&guesses);
        let table =
            Table { task: "localise", metrics: &METRICS, text: &text, count: guesses.len(), examples: Some(&examples) };
        self.context.outcomes(&tested, &table)
    }
}
