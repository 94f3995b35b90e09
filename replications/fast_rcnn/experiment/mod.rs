//! Fast R-CNN's comparisons on a trunk that stays as it is or is tuned: the layers behind RoI pooling learn classes and boxes together,
//! classes alone, and boxes after classes; and linear machines in place of the softmax.
//!
//! ```text
//! pictures ──trunk──► maps ──RoI pooling over proposals──► layers that learn ──► classes, boxes ──suppression──► detections
//! ```
//! Must not choose the trunk, rates, steps or numbers of proposals: `spec.yaml` does.

mod features;

use engine::detection::head::{Learns, Reader, Settings, Spread};
use engine::detection::maps::{Maps, Scale};
use engine::detection::{Found, Pyramid, with_compressed};
use engine::error::Result;
use engine::train::{Context, Model};
use replications::count::Parameter;
use replications::fast_rcnn::network::STRIDE;
use replications::fast_rcnn::recipe::Recipe;

use crate::detectors::on_maps::{Detector, OnMaps, Opening, Training};
use crate::detectors::pictures;
use crate::detectors::shared::{CLASSES, one_after_the_other};
use features::Machines;

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
    let pyramid = recipe.pyramid.as_ref().map(|own| Pyramid {
        scales: own.shorter.iter().map(|shorter| Scale { shorter: *shorter, longest: own.longest }).collect(),
        region: f64::from(own.region),
    });
    let on = OnMaps::open(
        context,
        Opening {
            trunk: (&subject.trunk, &subject.weights),
            detector: (&subject.both, &subject.layer),
            sides: recipe.sides,
            pyramid: pyramid.as_ref(),
            searched: recipe.proposals,
            difficult: recipe.difficult,
            tuned_from: subject.tuned_from.as_deref(),
        },
    )?;
    let spread = Spread::of(&on.train, CLASSES, &recipe.sampling, recipe.mirror);
    let scales = pyramid.as_ref().map_or(&[][..], |own| &own.scales);
    Detectors { recipe: &recipe, on: &on, spread, scales }.run()
}

/// What all of them share.
struct Detectors<'a, 'e> {
    recipe: &'a Recipe,
    on: &'a OnMaps<'a, 'e>,
    spread: Spread,
    /// Those of the pyramid, where there is one.
    scales: &'a [Scale],
}

impl<'a, 'e> Detectors<'a, 'e> {
    fn run(&self) -> Result<()> {
        let subject = &self.recipe.subject;
        let together = self.on.context.wants(&subject.both)
            || self.wants(&subject.uncorrected).is_some()
            || self.wants(&subject.machines).is_some()
            || self.wants(&subject.compressed).is_some();
        // The trainings share the time that there is: two whole ones and a second stage.
        let stages = self.wants(&subject.stages);
        let classes = self.wants(&subject.classes).is_some() || stages.is_some();
        let parts = f64::from(u8::from(together))
            + f64::from(u8::from(classes))
            + stages.map_or(0.0, |_| self.recipe.second_stage);
        if together {
            self.together(1.0 / parts)?;
        }
        if classes {
            let unnamed = format!("{}-classes", subject.both);
            let id = subject.classes.as_ref().unwrap_or(&unnamed);
            let first = self.train((id, Learns::Classes), 1.0 / parts, None, |one| self.on.of_trunk(one))?;
            if self.wants(&subject.classes).is_some() {
                self.on.tell((id, &first.trained), &self.found(&first, id, false)?)?;
            }
            if let Some(id) = stages {
                // Everything but the boxes' own layer stays as the first stage left it.
                let known = first.model.numbers()?;
                let share = self.recipe.second_stage / parts;
                let mut second =
                    self.train((id, Learns::Boxes), share, first.own.as_ref(), |one| known.numbers_of(one))?;
                second.own = first.own;
                let found = self.found(&second, id, true)?;
                self.on.tell((id, &one_after_the_other(&first.trained, &second.trained)), &found)?;
            }
        }
        Ok(())
    }

    /// Classes and boxes learned together, and what is read from the same layers: boxes that are not corrected, linear machines.
    fn together(&self, share: f64) -> Result<()> {
        let (context, subject, kept) = (self.on.context, &self.recipe.subject, &self.recipe.kept);
        let detector = self.train((&subject.both, Learns::Both), share, None, |one| self.on.of_trunk(one))?;
        let reader = (&self.reader(&detector.model)?, detector.own.as_ref());
        let machines = match self.wants(&subject.machines) {
            Some(_) => Some(Machines::train(self.on, self.recipe, &detector)?),
            None => None,
        };
        context.begin(&format!("test {}", subject.both))?;
        let (mut corrected, mut uncorrected, mut by_machines) = (Vec::new(), Vec::new(), Vec::new());
        self.on.look(reader, &self.on.test, |picture, said| {
            let (regions, size) = ((picture.regions.as_slice(), said), picture.image.size);
            corrected.push(reader.0.found(regions, size, true, kept));
            uncorrected.push(reader.0.found(regions, size, false, kept));
            if let Some(machines) = &machines {
                // Boxes are corrected as the softmax's are.
                by_machines.push(reader.0.found_by(&machines.scores(picture)?, regions, size, kept));
            }
            Ok(())
        })?;
        let trained = &detector.trained;
        self.on.tell((&subject.both, trained), &corrected)?;
        pictures::of_tested(context, &subject.both, &self.on.data.test, &corrected)?;
        self.on.draw_photographs(&subject.both, reader, self.on.photographs(self.recipe.proposals[1])?, kept)?;
        if let Some(id) = self.wants(&subject.uncorrected) {
            self.on.tell((id, trained), &uncorrected)?;
        }
        if let Some(id) = self.wants(&subject.machines) {
            self.on.tell((id, trained), &by_machines)?;
        }
        if let Some(id) = self.wants(&subject.compressed) {
            let layers: Vec<(&str, usize)> =
                self.recipe.compression.iter().map(|own| (own.layer.as_str(), own.kept)).collect();
            context.begin(&format!("compress layers and test {id}"))?;
            let small = self.reader(&with_compressed(&detector.model, &layers)?)?;
            self.on.tell((id, trained), &self.on.found((&small, reader.1), &self.on.test, (kept, true))?)?;
        }
        Ok(())
    }

    /// The detector of that name, if it is asked for.
    fn wants<'b>(&self, id: &'b Option<String>) -> Option<&'b String> {
        id.as_ref().filter(|id| self.on.context.wants(id))
    }

    fn train(
        &self,
        (id, learns): (&str, Learns),
        share: f64,
        maps: Option<&Maps<'a, 'e>>,
        known: impl Fn(&Parameter) -> Option<Vec<f32>>,
    ) -> Result<Detector<'a, 'e>> {
        let (stage, recipe) = (self.on.context.stage(), self.recipe);
        let steps = match learns {
            Learns::Boxes => (stage.size.steps as f64 * recipe.second_stage).round() as u64,
            Learns::Both | Learns::Classes => stage.size.steps,
        };
        let settings = Settings {
            pictures: recipe.pictures,
            sampling: recipe.sampling,
            learning_rate: &recipe.learning_rate,
            faster: recipe.faster,
            momentum: recipe.momentum,
            weight_decay: recipe.weight_decay,
            bias_decay: 0.0,
            mirror: recipe.mirror,
            scales: self.scales,
            sigma: 1.0,
        };
        let from = (self.on.train.as_slice(), &self.spread);
        let training = Training { id, learns, from, steps: [steps, stage.of_steps], share };
        self.on.train(training, settings, maps, known)
    }

    fn reader(&self, model: &Model) -> Result<Reader> {
        Reader::new(model, &self.spread, STRIDE)
    }

    /// What is found on the tested pictures, with boxes corrected or not.
    fn found(&self, detector: &Detector<'a, 'e>, id: &str, corrects: bool) -> Result<Vec<Vec<Found>>> {
        self.on.context.begin(&format!("test {id}"))?;
        let reader = (&self.reader(&detector.model)?, detector.own.as_ref());
        self.on.found(reader, &self.on.test, (&self.recipe.kept, corrects))
    }
}
