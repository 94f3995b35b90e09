//! The stage of the models that write: training, what they and the baseline say of tested images, and of free photographs.
//!
//! Must not align but for the page.

use engine::error::Result;
use engine::train::Model;
use replications::image_descriptions::recipe::{Asked, Writing};
use spec::event::Trained;
use tch::{Device, Kind, Tensor};

use super::aligning::products;
use super::data::Image;
use super::features::Seen;
use super::writer::{self, Pair, Writer};
use super::{Describer, Done, beam, pictures};

/// A trained model with what it says of each tested image by the widest beam.
pub(super) struct Wrote {
    id: String,
    model: Model,
    said: Vec<String>,
}

impl<'a, 'e> Describer<'_, 'a, 'e> {
    /// Trains a model that writes, and tests what it writes.
    pub(super) fn write(&self, id: String) -> Result<Wrote> {
        let (context, data) = (self.telling.context, self.telling.data);
        let [train, val] = [&data.train, &data.val].map(|images| pairs(images));
        let sets = [
            writer::Set { pairs: &train, seen: &self.images.train },
            writer::Set { pairs: &val, seen: &self.images.val },
        ];
        let (model, trained) = self.trained(&id, sets, 1.0)?;
        let features = self.images.test.features(0..data.test.len(), true)?;
        let write = |beam: usize| -> Result<Vec<String>> {
            let longest = self.recipe.writing.longest;
            let written = beam::write(&model, &features, (beam, longest), &|| context.emitter().alive())?;
            Ok(written.iter().map(|(words, _)| data.vocabulary.sentence(words)).collect())
        };
        let widest = self.widest()?;
        let mut said = None;
        for condition in &context.stage().conditions {
            let Some(Asked::Written { beam }) = context.with::<Asked>(condition)? else { continue };
            context.begin(&format!("write by {id}: {}", condition.title))?;
            let sentences = write(beam)?;
            self.telling.sentences((&id, Some(&trained)), &condition.id, &sentences)?;
            said = said.or((beam == widest).then_some(sentences));
        }
        // Where no condition asks, the page shows it all the same.
        let said = said.map_or_else(|| write(widest), Ok)?;
        Ok(Wrote { id, model, said })
    }

    pub(super) fn trained(&self, id: &str, sets: [writer::Set<'_, 'a, 'e>; 2], times: f64) -> Result<(Model, Trained)> {
        let context = self.telling.context;
        let settings: Writing = self.recipe.writing;
        let (steps, every) = self.steps(times);
        let begin = (context.seed(), context.device());
        let mut writer = Writer::new(begin, self.graph(id)?, sets, (settings, every))?;
        let trained = self.train(id, (steps, every), settings.of, &mut writer)?;
        writer.best.give_back(&writer.model)?;
        Ok((writer.model, trained))
    }

    /// The baseline, and what all of them say of images.
    pub(super) fn describe(&self, aligner: Option<&Done>, writers: &[Wrote]) -> Result<()> {
        let (context, data) = (self.telling.context, self.telling.data);
        if writers.is_empty() {
            return Ok(());
        }
        let mut below: Vec<Vec<String>> = vec![Vec::new(); data.test.len()];
        let beam = self.widest()?;
        for Wrote { id, said, .. } in writers {
            below.iter_mut().zip(said).for_each(|(lines, said)| lines.push(format!("{id}: {said}")));
        }
        if let Some(id) = &self.recipe.subject.nearest {
            context.begin("find the nearest images that are learned from")?;
            let features = self.images.test.features(0..data.test.len(), true)?;
            let nearest = nearest(&self.images.train, &features)?;
            let said: Vec<String> = nearest.iter().map(|image| spoken(&data.train[*image]).to_owned()).collect();
            for condition in &context.stage().conditions {
                if let Some(Asked::Written { .. }) = context.with::<Asked>(condition)? {
                    self.telling.sentences((id, None), &condition.id, &said)?;
                }
            }
            below.iter_mut().zip(&said).for_each(|(lines, said)| lines.push(format!("{id}: {said}")));
        }
        let tile = |place: usize| pictures::Tile {
            path: &data.test[place].told.path,
            boxes: Vec::new(),
            below: below[place].clone(),
        };
        let tiles: Vec<_> = pictures::shown(data.test.len()).map(tile).collect();
        let names: Vec<&str> = writers.iter().map(|wrote| wrote.id.as_str()).collect();
        let caption = format!(
            "What is said of tested images, evenly spread over the list, by {} (beam {beam}) and by the nearest image that was learned from.",
            names.join(", ")
        );
        pictures::sheet(context, ("written-tested", &caption), &tiles, true)?;
        self.photographs(aligner, &writers[0], beam)
    }

    /// Sentences about the free photographs, and what the alignment makes of them.
    pub(super) fn photographs(
        &self,
        aligner: Option<&Done>,
        Wrote { id, model, .. }: &Wrote,
        beam: usize,
    ) -> Result<()> {
        let (context, count) = (self.telling.context, self.photographs.len());
        if count == 0 {
            return Ok(());
        }
        let alive = || context.emitter().alive();
        let features = self.images.photographs.features(0..count, true)?;
        let written = beam::write(model, &features, (beam, self.recipe.writing.longest), &alive)?;
        let mut tiles = Vec::new();
        for (place, (image, (numbers, _))) in self.photographs.iter().zip(&written).enumerate() {
            let words = self.telling.words(numbers);
            let mut tile = pictures::Tile { path: &image.path, boxes: Vec::new(), below: vec![words.join(" ")] };
            if let Some((aligning, aligner)) = aligner {
                let features = self.regions.photographs.features([place], false)?;
                let products = products(aligner, &features, std::slice::from_ref(numbers))?.swap_remove(0);
                tile.boxes = pictures::over_regions(
                    &products,
                    &words,
                    &self.regions.photographs.boxes(place)?,
                    self.recipe.beta,
                );
                if place == 0 {
                    let caption = format!(
                        "How well each word fits each region of the first photograph, by {aligning}: a row a word of what {id} wrote about it, a column a region, the whole image first, then the surest."
                    );
                    pictures::matrix(context, (&format!("{aligning}-words"), &caption), (&products, &words), false)?;
                }
            }
            tiles.push(tile);
        }
        // In words too: pictures are read by nobody who cannot see, and their letters are few.
        let said: Vec<String> = tiles.iter().map(|tile| format!("“{}”", tile.below.join(" "))).collect();
        let caption = format!(
            "What {id} writes about the free photographs (beam {beam}), and over them the segments of it that the alignment finds{}. Row by row: {}.",
            if aligner.is_some() { "" } else { " (there is none in this run)" },
            said.join(", ")
        );
        pictures::sheet(context, ("photographs", &caption), &tiles, false)
    }

    /// The widest beam that is asked for.
    pub(super) fn widest(&self) -> Result<usize> {
        let mut widest = 1;
        for condition in &self.telling.context.stage().conditions {
            if let Some(Asked::Written { beam }) = self.telling.context.with::<Asked>(condition)? {
                widest = widest.max(beam);
            }
        }
        Ok(widest)
    }
}

/// The first sentence of an image that has a word that is learned; where none has, the first.
fn spoken(image: &Image) -> &str {
    let first = image.sentences.iter().position(|sentence| !sentence.is_empty());
    image.told.sentences.get(first.unwrap_or(0)).map_or("", String::as_str)
}

/// All sentences of images, each about the whole of its image.
fn pairs(images: &[Image]) -> Vec<Pair<'_>> {
    let mut all = Vec::new();
    for (image, own) in images.iter().enumerate() {
        let sentences = own.sentences.iter().filter(|sentence| !sentence.is_empty());
        all.extend(sentences.map(|sentence| Pair { image, region: 0, sentence }));
    }
    all
}

/// For each row `[N, D]` the image whose own features are nearest, by the squared distance; of equally near ones the first.
fn nearest(seen: &Seen<'_, '_, '_>, features: &Tensor) -> Result<Vec<usize>> {
    /// Images that are compared at once.
    const IMAGES: usize = 1000;
    let _guard = tch::no_grad_guard();
    let (count, _) = features.size2()?;
    let mut best = vec![(f64::INFINITY, 0_usize); usize::try_from(count).unwrap_or(0)];
    let all = seen.sha256.len();
    let given = features.f_to_kind(Kind::Double)?;
    for first in (0..all).step_by(IMAGES) {
        let some = seen.features(first..(first + IMAGES).min(all), true)?.f_to_kind(Kind::Double)?;
        let distances = Tensor::f_cdist(&given, &some, 2.0, 2_i64)?.f_to_device(Device::Cpu)?.f_contiguous()?;
        let width = usize::try_from(distances.size2()?.1).unwrap_or(1);
        for (own, row) in best.iter_mut().zip(Vec::<f64>::try_from(distances.f_view([-1])?)?.chunks_exact(width.max(1)))
        {
            for (place, distance) in row.iter().enumerate() {
                if *distance < own.0 {
                    *own = (*distance, first + place);
                }
            }
        }
        seen.alive()?;
    }
    Ok(best.into_iter().map(|(_, image)| image).collect())
}
