//! Alignment of words and regions, and sentences about images and regions, on features that stay as they are.
//!
//! ```text
//! images ──released network──► regions' features ──┬─► alignment ──► ranks both ways, segments
//!                                                  └─► generation ──beam──► sentences; snippets about regions
//! ```
//! Must not choose features, rates, steps or beams: `spec.yaml` does.

mod aligning;
mod alignment;
mod beam;
mod best;
mod data;
mod features;
#[cfg(test)]
mod golden;
mod pictures;
mod ranking;
mod segments;
mod snippets;
mod telling;
mod writer;
mod writing;

use std::path::Path;

use engine::error::Result;
use engine::input::objects::Annotated;
use engine::train::{Context, Model, Schedule, Trainer};
use replications::graph::Graph;
use replications::image_descriptions::network::with_words;
use replications::image_descriptions::recipe::Recipe;
use spec::event::Trained;

pub use alignment::{ranking_loss, scores};
pub use data::Text;
pub use writer::surprise;

use data::{Data, Image};
use features::{Reader, Regions, Seen};
use telling::Telling;
use writing::Wrote;

/// The curve has so many rows.
const ROWS: u64 = 40;

/// Trains and tests what is asked for.
///
/// # Errors
/// Images, sentences or weights that cannot be used, a recipe that cannot be used, a full disk, libtorch's refusal.
pub fn run(context: &Context<'_, '_>) -> Result<()> {
    let recipe: Recipe = context.recipe()?;
    let subject = &recipe.subject;
    let named = [&subject.alignment, &subject.whole, &subject.snippets].into_iter().flatten().chain(&subject.writers);
    if !named.clone().any(|id| context.wants(id)) {
        return Err(context.nothing_wanted());
    }
    context.begin("read the sentences")?;
    let data = Data::read(context, &recipe)?;
    let telling = Telling { context, data: &data };
    telling.vocabulary(recipe.least)?;
    let of_regions = Reader::load(context, &subject.regions, Regions::of(&recipe))?;
    // One reader where both are the same network.
    let of_images = match subject.images == subject.regions {
        true => None,
        false => Some(Reader::load(context, &subject.images, Regions::NONE)?),
    };
    let photographs = crate::detectors::pictures::photographs(context)?;
    // Before any of them is looked at: that may take hours.
    let count = data.train.len() + data.val.len() + data.test.len() + photographs.len();
    let wanted = of_images.iter().fold(of_regions.wanted(count), |sum, own| sum.saturating_add(own.wanted(count)));
    context.cache().has_room(wanted, &format!("features of {}", base::words::count(count, "image", "images")))?;
    let regions = Looked::of(&of_regions, &data, &photographs)?;
    let whole = match &of_images {
        Some(reader) => Some(Looked::of(reader, &data, &photographs)?),
        None => None,
    };
    telling.both(&regions.train.sha256, &regions.test.sha256)?;
    // Snippets are cut by the alignment, which is trained for them too.
    let cuts = |id: &String| {
        subject.alignment.as_ref() == Some(id) && subject.snippets.as_ref().is_some_and(|id| context.wants(id))
    };
    let units = named.filter(|id| context.wants(id) || cuts(id)).count().max(1) as f64;
    let images = whole.as_ref().unwrap_or(&regions);
    let describer = Describer {
        recipe: &recipe,
        telling,
        photographs: &photographs,
        regions: &regions,
        images,
        share: 1.0 / units,
    };
    describer.run()
}

/// What a reader sees of each list.
struct Looked<'b, 'a, 'e> {
    train: Seen<'b, 'a, 'e>,
    val: Seen<'b, 'a, 'e>,
    test: Seen<'b, 'a, 'e>,
    photographs: Seen<'b, 'a, 'e>,
}

impl<'b, 'a, 'e> Looked<'b, 'a, 'e> {
    fn of(reader: &'b Reader<'a, 'e>, data: &Data, photographs: &[Annotated]) -> Result<Looked<'b, 'a, 'e>> {
        let paths = |images: &'_ [Image]| images.iter().map(|image| image.told.path.clone()).collect::<Vec<_>>();
        let look = |paths: &[std::path::PathBuf], what: &str| {
            reader.look(&paths.iter().map(std::path::PathBuf::as_path).collect::<Vec<&Path>>(), what)
        };
        Ok(Looked {
            train: look(&paths(&data.train), "images to learn from")?,
            val: look(&paths(&data.val), "images to choose on")?,
            test: look(&paths(&data.test), "images to test")?,
            photographs: look(
                &photographs.iter().map(|image| image.path.clone()).collect::<Vec<_>>(),
                "free photographs",
            )?,
        })
    }
}

/// What all trainings share.
struct Describer<'b, 'a, 'e> {
    recipe: &'b Recipe,
    telling: Telling<'b, 'a, 'e>,
    photographs: &'b [Annotated],
    /// By what reads regions, and by what reads whole images.
    regions: &'b Looked<'b, 'a, 'e>,
    images: &'b Looked<'b, 'a, 'e>,
    /// Of the time that there is, each training's.
    share: f64,
}

/// A trained model under its name.
type Done = (String, Model);

impl<'a, 'e> Describer<'_, 'a, 'e> {
    fn run(&self) -> Result<()> {
        let (context, subject) = (self.telling.context, &self.recipe.subject);
        let wanted = |id: &Option<String>| id.as_ref().filter(|id| context.wants(id)).cloned();
        let (own, whole, snippets) = (wanted(&subject.alignment), wanted(&subject.whole), wanted(&subject.snippets));
        // Snippets are cut by the alignment, whether or not it is asked for.
        let own = own.or_else(|| snippets.as_ref().and(subject.alignment.clone()));
        let aligner = own.map(|id| self.align(&id, false)).transpose()?;
        let _ = whole.map(|id| self.align(&id, true)).transpose()?;
        let writers: Vec<String> = subject.writers.iter().filter(|id| context.wants(id)).cloned().collect();
        let writers: Vec<Wrote> = writers.into_iter().map(|id| self.write(id)).collect::<Result<_>>()?;
        self.describe(aligner.as_ref(), &writers)?;
        if let (Some(id), Some(aligner)) = (snippets, &aligner) {
            self.about_regions(id, aligner)?;
        }
        Ok(())
    }

    fn steps(&self, times: f64) -> (u64, u64) {
        let steps = ((self.telling.context.stage().size.steps as f64 * times).round() as u64).max(1);
        (steps, (steps / ROWS).max(1))
    }

    fn graph(&self, id: &str) -> Result<Graph> {
        let missing = || engine::error::Error::Input(format!("there is no network `{id}`"));
        with_words(id, self.telling.data.vocabulary.len()).ok_or_else(missing)
    }

    fn train(
        &self,
        id: &str,
        (steps, measure_every): (u64, u64),
        of: u64,
        trainer: &mut dyn Trainer,
    ) -> Result<Trained> {
        let (name, title) = (id, id);
        let schedule = Schedule { name, title, steps, of, measure_every, share: self.share, fixed: false };
        self.telling.context.train(&schedule, trainer)
    }
}
