//! The stage of the model that writes about regions: it learns from the segments that the alignment cuts, and is shown on the page.
//!
//! Must not score: nobody's snippets about regions are at hand.

use engine::error::{Error, Result};
use engine::train::Model;

use super::aligning::products;
use super::data::Image;
use super::features::Seen;
use super::segments::{aligned, segments};
use super::writer::{self, Pair};
use super::{Describer, Done, beam, pictures};

/// A part of a sentence about a region. There are many: their words stay where they are.
struct Snippet {
    image: u32,
    /// The image's sentence, by number.
    sentence: u16,
    /// The region that it is aligned to.
    region: u16,
    /// Its first word, and how many it has.
    words: [u16; 2],
}

impl Snippet {
    fn pair<'b>(&self, images: &'b [Image]) -> Pair<'b> {
        let [first, count] = self.words.map(usize::from);
        let image = self.image as usize;
        let sentence = &images[image].sentences[usize::from(self.sentence)];
        Pair { image, region: self.region.into(), sentence: &sentence[first..first + count] }
    }
}

impl Describer<'_, '_, '_> {
    /// A model that writes about regions, from the segments of the sentences that are learned from.
    pub(super) fn about_regions(&self, id: String, (aligning, aligner): &Done) -> Result<()> {
        let (context, data, recipe) = (self.telling.context, self.telling.data, self.recipe);
        context.begin(&format!("cut what is learned from into segments by {aligning}"))?;
        let cut = |images: &[Image], seen: &Seen<'_, '_, '_>| -> Result<Vec<Snippet>> {
            let mut all = Vec::new();
            for (index, image) in images.iter().enumerate() {
                let products = products(aligner, &seen.features([index], false)?, &image.sentences)?;
                for (sentence, products) in products.iter().enumerate() {
                    let parts = segments(&aligned(products, seen.rows(), recipe.beta));
                    for (region, first, count) in parts {
                        let small = |number: usize| u16::try_from(number).map_err(|_| too_many(image));
                        all.push(Snippet {
                            image: u32::try_from(index).map_err(|_| too_many(image))?,
                            sentence: small(sentence)?,
                            region: small(region)?,
                            words: [small(first)?, small(count)?],
                        });
                    }
                }
                context.emitter().progress(index + 1, images.len(), "images")?;
            }
            Ok(all)
        };
        let (train, val) = (cut(&data.train, &self.regions.train)?, cut(&data.val, &self.regions.val)?);
        context.emitter().note(format!("{} segments are learned from, {} are chosen on", train.len(), val.len()))?;
        let pairs = |all: &[Snippet], images| all.iter().map(|own| own.pair(images)).collect::<Vec<_>>();
        let (train, val) = (pairs(&train, &data.train), pairs(&val, &data.val));
        let sets = [
            writer::Set { pairs: &train, seen: &self.regions.train },
            writer::Set { pairs: &val, seen: &self.regions.val },
        ];
        let (model, _) = self.trained(&id, sets, recipe.snippets_share)?;
        self.snippets(&id, &model)
    }

    /// What is written about the surest regions of the free photographs.
    pub(super) fn snippets(&self, id: &str, model: &Model) -> Result<()> {
        /// Regions of an image that are shown.
        const REGIONS: usize = 4;
        let context = self.telling.context;
        let beam = self.widest()?;
        let mut tiles = Vec::new();
        for (place, image) in self.photographs.iter().enumerate() {
            let features = self.regions.photographs.features([place], false)?;
            let longest = self.recipe.writing.longest;
            let written = beam::write(model, &features, (beam, longest), &|| context.emitter().alive())?;
            let boxes = self.regions.photographs.boxes(place)?;
            // The whole image comes first, and again where there are fewer regions.
            let own = boxes.iter().zip(&written).skip(1).filter(|(bounds, _)| **bounds != boxes[0]);
            let words = |words: &[i64]| self.telling.data.vocabulary.sentence(words);
            let boxes = own.take(REGIONS).map(|(bounds, (numbers, _))| (*bounds, words(numbers))).collect();
            tiles.push(pictures::Tile { path: &image.path, boxes, below: Vec::new() });
        }
        let caption =
            format!("What {id} writes about the {REGIONS} surest regions of the free photographs (beam {beam}).");
        pictures::sheet(context, (&format!("{id}-photographs"), &caption), &tiles, false)
    }
}

fn too_many(image: &Image) -> Error {
    Error::Input(format!("{}: more images, sentences, words or regions than are counted here", image.told.file))
}
