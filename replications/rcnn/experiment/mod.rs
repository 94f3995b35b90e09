//! Regions with features of a convolutional network: proposals, warped regions, features of a trunk that stays as it is, linear
//! machines with mined negatives, the correction of boxes, and a softmax in place of the machines.
//!
//! ```text
//! pictures ──selective search──► regions ──warp──► trunk ──features──► machines, softmax ──suppression──► detections
//!                                                              └──► corrections of boxes ──┘
//! ```
//! Must not choose trunks, numbers of proposals or settings: `spec.yaml` does.

mod learned;
mod regions;
mod softmax;
mod testing;
mod warp;

use engine::error::Result;
use engine::input::Divided;
use engine::input::objects::Annotated;
use engine::train::{Context, Schedule};
use linear::boxes::Correction;
use replications::rcnn::recipe::{Recipe, Subject};
use spec::event::Trained;

use crate::detectors::machines::{self, Features as _};
use crate::detectors::pictures;
use crate::detectors::shared::{ROWS, told};
use regions::{Regions, Trunk};
use softmax::Classifier;
use testing::Candidates;

/// Learns and tests the detectors on each trunk.
///
/// # Errors
/// Pictures or weights that cannot be used, a recipe that cannot be used, a full disk, libtorch's refusal.
pub fn run(context: &Context<'_, '_>) -> Result<()> {
    let recipe: Recipe = context.recipe()?;
    context.begin("read the lists of pictures")?;
    let data = Divided::read(&context.stage().data)?;
    context.emitter().note(format!("pictures: {} to train on, {} to test", data.train.len(), data.test.len()))?;
    let asked = |subject: &&Subject| {
        let mut own = [Some(&subject.machines), subject.boxes.as_ref(), subject.softmax.as_ref()].into_iter().flatten();
        own.any(|id| context.wants(id))
    };
    let subjects: Vec<&Subject> = recipe.subjects.iter().filter(asked).collect();
    if subjects.is_empty() {
        return Err(context.nothing_wanted());
    }
    for subject in subjects {
        context.begin(&format!("load {}", subject.trunk))?;
        let trunk = Trunk::load(context, &recipe, subject)?;
        let [train, test] = trunk.look(&recipe, &data)?;
        Detector { context, recipe: &recipe, subject, data: &data, train, test }.run(&trunk)?;
    }
    Ok(())
}

/// One trunk with what is learned on its features.
struct Detector<'a, 'e> {
    context: &'a Context<'a, 'e>,
    recipe: &'a Recipe,
    subject: &'a Subject,
    data: &'a Divided,
    train: Regions<'a, 'e>,
    test: Regions<'a, 'e>,
}

impl<'e> Detector<'_, 'e> {
    fn run(&self, trunk: &Trunk<'_, 'e>) -> Result<()> {
        let (context, recipe, subject) = (self.context, self.recipe, self.subject);
        let scale = machines::scale(context, &self.train, recipe.length, recipe.length_over)?;
        let classes = machines::classes(&self.train);
        let own = machines::train(context, &recipe.machines, &self.train, &classes, scale)?;
        let corrections = match &subject.boxes {
            Some(_) => learned::corrections((context, recipe), &self.train, &classes, scale)?,
            None => Vec::new(),
        };
        let score = |rows: &[f32]| {
            let score = |row: &[f32]| own.iter().map(|model| machines::score(model, row)).collect::<Vec<f64>>();
            Ok(rows.chunks_exact(self.train.columns()).flat_map(score).collect())
        };
        let learned = Learned { classes: &classes, scale, corrections: &corrections };
        let candidates = self.look(&self.test, "test the linear SVMs", &learned, score)?;
        // Solved, not trained by steps.
        let words = "linear SVMs on fixed features".to_owned();
        let whole = Trained { steps: 0, of: 0, complete: context.stage().size.complete, words };
        let found = candidates.found(recipe, false);
        told(context, self.data, (&subject.machines, &whole), &found)?;
        let (mut shown, mut best) = (&subject.machines, found);
        if let Some(boxes) = &subject.boxes {
            (shown, best) = (boxes, candidates.found(recipe, true));
            told(context, self.data, (boxes, &whole), &best)?;
        }
        pictures::of_tested(context, shown, &self.data.test, &best)?;
        let photographs = trunk.photographs(recipe, &pictures::photographs(context)?)?;
        let found = self.look(&photographs, "find objects on free photographs", &learned, score)?;
        let found = found.found(recipe, subject.boxes.is_some());
        let images: Vec<Annotated> = photographs.pictures.into_iter().map(|picture| picture.image).collect();
        pictures::of_photographs(context, shown, &images, &found)?;
        if let Some(id) = &subject.softmax {
            let (classifier, trained) = self.train_softmax(id, scale)?;
            let learned = Learned { corrections: &[], ..learned };
            let score = |rows: &[f32]| {
                let of_class = |row: &[f64]| classes.iter().map(|class| row[*class as usize]).collect::<Vec<f64>>();
                Ok(classifier.probabilities(rows)?.chunks_exact(softmax::ANSWERS - 1).flat_map(of_class).collect())
            };
            let candidates = self.look(&self.test, "test the softmax", &learned, score)?;
            told(context, self.data, (id, &trained), &candidates.found(recipe, false))?;
        }
        Ok(())
    }

    /// The surest regions of each class on pictures; `score` gives `[regions, classes]` of scaled features.
    fn look(
        &self,
        regions: &Regions<'_, '_>,
        what: &str,
        learned: &Learned<'_>,
        score: impl Fn(&[f32]) -> Result<Vec<f64>>,
    ) -> Result<Candidates> {
        self.context.begin(what)?;
        let count = regions.pictures.len();
        let mut candidates = Candidates::new(learned.classes, count);
        for (index, picture) in regions.pictures.iter().enumerate() {
            let features = machines::scaled(regions, index, learned.scale)?;
            candidates.add(self.recipe, (index, picture), (&features, &score(&features)?), learned.corrections)?;
            self.context.emitter().progress(index + 1, count, "pictures")?;
        }
        Ok(candidates)
    }

    fn train_softmax(&self, id: &str, scale: f64) -> Result<(Classifier<'_, 'e>, Trained)> {
        let stage = self.context.stage();
        let measure_every = (stage.size.steps / ROWS).max(1);
        let begin = (self.context.seed(), self.context.device());
        let mut classifier = Classifier::new((&self.train, self.recipe), begin, (scale, measure_every), id)?;
        let schedule = Schedule {
            name: id,
            title: id,
            steps: stage.size.steps,
            of: stage.of_steps,
            measure_every,
            share: 1.0,
            fixed: false,
        };
        let trained = self.context.train(&schedule, &mut classifier)?;
        Ok((classifier, trained))
    }
}

/// What detections follow from beside the scores.
#[derive(Clone, Copy)]
struct Learned<'a> {
    classes: &'a [u32],
    scale: f64,
    corrections: &'a [Option<Correction>],
}
