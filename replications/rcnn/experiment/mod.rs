//! Regions with features of a convolutional network: proposals, warped regions, features of a trunk that stays as it is or was tuned,
//! linear machines with mined negatives, the correction of boxes, and a softmax in place of the machines.
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
mod tuning;

use std::collections::BTreeMap;

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
use regions::{Reading, Regions, Trunk};
use softmax::Classifier;
use testing::Candidates;
use tuning::Tuned;

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
    has_room(context, &recipe, &subjects, &data)?;
    let mut tuned: BTreeMap<&str, Tuned> = BTreeMap::new();
    for subject in &subjects {
        let Some(id) = subject.tuned.as_deref() else { continue };
        if !tuned.contains_key(id) {
            tuned.insert(id, tuning::tune(context, &recipe, (subject, id), &data)?);
        }
    }
    for subject in subjects {
        let tuned = subject.tuned.as_deref().and_then(|id| tuned.get(id));
        context.begin(&format!("load {}", subject.trunk))?;
        let load = |id: &str| Trunk::load(context, &recipe, (subject, id), tuned);
        let (trunk, other) = (load(&subject.machines)?, boxes_on(context, subject).map(load).transpose()?);
        let [train, test] = trunk.look(&recipe, &data)?;
        Detector { context, recipe: &recipe, subject, data: &data, tuned, other: other.as_ref(), train, test }
            .run(&trunk)?;
    }
    context.own_cache().clear()
}

/// The network on whose features a subject's boxes are corrected, where that is asked for and it is another than the machines'.
fn boxes_on<'a>(context: &Context<'_, '_>, subject: &'a Subject) -> Option<&'a str> {
    let corrects = subject.boxes.as_ref().is_some_and(|id| context.wants(id));
    subject.boxes_on.as_deref().filter(|_| corrects)
}

/// Whether the disk holds the features of all subjects, before anything is computed.
fn has_room(context: &Context<'_, '_>, recipe: &Recipe, subjects: &[&Subject], data: &Divided) -> Result<()> {
    let most = recipe.train_proposals.max(recipe.test_proposals);
    let images = base::words::count(data.train.len() + data.test.len(), "picture", "pictures");
    let what = format!("features of {images} with up to {most} regions each");
    for (cache, tuned) in [(context.cache(), false), (context.own_cache(), true)] {
        // What two subjects share is kept once. Of a trunk that is yet to be tuned nothing is found that is kept.
        let mut wanted: BTreeMap<String, u64> = BTreeMap::new();
        for subject in subjects.iter().filter(|subject| subject.tuned.is_some() == tuned) {
            for id in [subject.machines.as_str()].into_iter().chain(boxes_on(context, subject)) {
                let reading = Reading::of(context, recipe, (subject, id), None)?;
                let bytes = reading.wanted(&cache, recipe, data);
                wanted.insert(reading.kind, bytes);
            }
        }
        cache.has_room(wanted.into_values().fold(0, u64::saturating_add), &what)?;
    }
    Ok(())
}

/// One trunk with what is learned on its features.
struct Detector<'a, 'e> {
    context: &'a Context<'a, 'e>,
    recipe: &'a Recipe,
    subject: &'a Subject,
    data: &'a Divided,
    /// The trunk as it was tuned, if it was.
    tuned: Option<&'a Tuned>,
    /// What boxes are corrected by, where it is not the same features.
    other: Option<&'a Trunk<'a, 'e>>,
    train: Regions<'a, 'e>,
    test: Regions<'a, 'e>,
}

impl<'e> Detector<'_, 'e> {
    fn run(&self, trunk: &Trunk<'_, 'e>) -> Result<()> {
        let (context, recipe, subject) = (self.context, self.recipe, self.subject);
        let scale = machines::scale(context, &self.train, recipe.length, recipe.length_over)?;
        let classes = machines::classes(&self.train);
        let own = machines::train(context, &recipe.machines, &self.train, &classes, scale)?;
        let correcting = self.correcting(&classes, scale)?;
        let score = |rows: &[f32]| {
            let score = |row: &[f32]| own.iter().map(|model| machines::score(model, row)).collect::<Vec<f64>>();
            Ok(rows.chunks_exact(self.train.columns()).flat_map(score).collect())
        };
        let learned = Learned { classes: &classes, scale, correcting: &correcting };
        let (boxes, softmax) = (self.wanted(subject.boxes.as_ref()), self.wanted(subject.softmax.as_ref()));
        let candidates = self.look(&self.test, "test the linear SVMs", &learned, score)?;
        // Solved, not trained by steps.
        let words = "linear SVMs on fixed features".to_owned();
        let solved = Trained { steps: 0, of: 0, complete: context.stage().size.complete, words, parts: Vec::new() };
        let whole = match self.tuned {
            None => solved,
            Some(tuned) => {
                Trained { words: format!("{}, then linear SVMs", tuned.trained.words), ..tuned.trained.clone() }
            }
        };
        let found = candidates.found(recipe, false);
        if context.wants(&subject.machines) {
            told(context, self.data, (&subject.machines, &whole), &found)?;
        }
        let (mut shown, mut best) = (&subject.machines, found);
        if let Some(boxes) = boxes {
            (shown, best) = (boxes, candidates.found(recipe, true));
            told(context, self.data, (boxes, &whole), &best)?;
        }
        pictures::of_tested(context, shown, &self.data.test, &best)?;
        let photographs = trunk.photographs(recipe, &pictures::photographs(context)?)?;
        let found = self.look(&photographs, "find objects on free photographs", &learned, score)?;
        let found = found.found(recipe, boxes.is_some());
        let images: Vec<Annotated> = photographs.pictures.into_iter().map(|picture| picture.image).collect();
        pictures::of_photographs(context, shown, &images, &found)?;
        let Some(id) = softmax else { return Ok(()) };
        let nothing = Correcting { trunk: None, scale, of_class: Vec::new() };
        let learned = Learned { correcting: &nothing, ..learned };
        let of_classes = |probabilities: Vec<f64>| {
            let of_class = |row: &[f64]| classes.iter().map(|class| row[*class as usize]).collect::<Vec<f64>>();
            probabilities.chunks_exact(softmax::ANSWERS - 1).flat_map(of_class).collect::<Vec<f64>>()
        };
        if let Some(tuned) = self.tuned {
            let score = |rows: &[f32]| Ok(of_classes(tuned.probabilities(rows, scale)?));
            let candidates = self.look(&self.test, "test the softmax", &learned, score)?;
            return told(context, self.data, (id, &tuned.trained), &candidates.found(recipe, false));
        }
        let (classifier, trained) = self.train_softmax(id, scale)?;
        let score = |rows: &[f32]| Ok(of_classes(classifier.probabilities(rows)?));
        let candidates = self.look(&self.test, "test the softmax", &learned, score)?;
        told(context, self.data, (id, &trained), &candidates.found(recipe, false))
    }

    /// The network of that id, if it is asked for.
    fn wanted<'b>(&self, id: Option<&'b String>) -> Option<&'b String> {
        id.filter(|id| self.context.wants(id))
    }

    /// Learns the correction of boxes, where it is asked for.
    fn correcting(&self, classes: &[u32], scale: f64) -> Result<Correcting<'_, 'e>> {
        let with = (self.context, self.recipe);
        match (self.wanted(self.subject.boxes.as_ref()), self.other) {
            (None, _) => Ok(Correcting { trunk: None, scale, of_class: Vec::new() }),
            (Some(_), None) => {
                let of_class = learned::corrections(with, &self.train, classes, scale)?;
                Ok(Correcting { trunk: None, scale, of_class })
            }
            (Some(_), Some(trunk)) => {
                let regions = Regions { trunk, pictures: self.train.pictures.clone() };
                let scale = machines::scale(self.context, &regions, self.recipe.length, self.recipe.length_over)?;
                Ok(Correcting {
                    trunk: Some(trunk),
                    scale,
                    of_class: learned::corrections(with, &regions, classes, scale)?,
                })
            }
        }
    }

    /// The surest regions of each class on pictures; `score` gives `[regions, classes]` of scaled features.
    fn look(
        &self,
        regions: &Regions<'_, '_>,
        what: &str,
        learned: &Learned<'_, 'e>,
        score: impl Fn(&[f32]) -> Result<Vec<f64>>,
    ) -> Result<Candidates> {
        self.context.begin(what)?;
        let count = regions.pictures.len();
        let mut candidates = Candidates::new(learned.classes, count);
        for (index, picture) in regions.pictures.iter().enumerate() {
            let mut features = machines::scaled(regions, index, learned.scale)?;
            let scores = score(&features)?;
            let Correcting { trunk, scale, of_class } = learned.correcting;
            if let Some(trunk) = trunk {
                features = trunk.features(picture)?;
                machines::enlarge(&mut features, *scale);
            }
            candidates.add(self.recipe, (index, picture), (&features, &scores), of_class)?;
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
struct Learned<'a, 'e> {
    classes: &'a [u32],
    scale: f64,
    correcting: &'a Correcting<'a, 'e>,
}

/// How boxes are corrected.
struct Correcting<'a, 'e> {
    /// Where the features for it come from, where they are not those of the scores, and how much they are enlarged.
    trunk: Option<&'a Trunk<'a, 'e>>,
    scale: f64,
    /// Of each class; none where boxes are not corrected.
    of_class: Vec<Option<Correction>>,
}
