//! The stage of the model that writes about regions: it learns from the segments that the alignment cuts, and is shown on the page.
//!
//! Must not score: nobody's snippets about regions are at hand.

use engine::error::Result;
use engine::train::Model;

use super::aligning::products;
use super::data::Image;
use super::features::Seen;
use super::segments::{aligned, segments};
use super::writer::{self, Pair};
use super::{Describer, Done, beam, pictures};

impl Describer<'_, '_, '_> {
    /// A model that writes about regions, from the segments of the sentences that are learned from.
    pub(super) fn about_regions(&self, id: String, (aligning, aligner): &Done) -> Result<()> {
        let (context, data, recipe) = (self.telling.context, self.telling.data, self.recipe);
        context.begin(&format!("cut what is learned from into segments by {aligning}"))?;
        let (train, val) =
            (self.cut(aligner, &data.train, &self.regions.train)?, self.cut(aligner, &data.val, &self.regions.val)?);
        context.emitter().note(format!("{} segments are learned from, {} are chosen on", train.len(), val.len()))?;
        let sets = [
            writer::Set { pairs: &train, seen: &self.regions.train },
            writer::Set { pairs: &val, seen: &self.regions.val },
        ];
        let (model, _) = self.trained(&id, sets, recipe.snippets_share)?;
        self.snippets(&id, &model)
    }

    /// The segments of images' sentences, each with the region that it is aligned to.
    fn cut<'b>(&self, aligner: &Model, images: &'b [Image], seen: &Seen<'_, '_, '_>) -> Result<Vec<Pair<'b>>> {
        let mut all = Vec::new();
        for (index, image) in images.iter().enumerate() {
            let products = products(aligner, &seen.features([index], false)?, &image.sentences)?;
            for (sentence, products) in image.sentences.iter().zip(&products) {
                let parts = segments(&aligned(products, seen.rows(), self.recipe.beta));
                all.extend(parts.into_iter().map(|(region, first, count)| Pair {
                    image: index,
                    region,
                    sentence: &sentence[first..first + count],
                }));
            }
            self.telling.context.emitter().progress(index + 1, images.len(), "images")?;
        }
        Ok(all)
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
        let said = |tile: &pictures::Tile<'_>| {
            tile.boxes.iter().map(|(_, words)| format!("“{words}”")).collect::<Vec<String>>().join(", ")
        };
        let caption = format!(
            "What {id} writes about the {REGIONS} surest regions of the free photographs (beam {beam}). Photograph by photograph: {}.",
            tiles.iter().map(said).collect::<Vec<String>>().join("; ")
        );
        pictures::sheet(context, (&format!("{id}-photographs"), &caption), &tiles, false)
    }
}
