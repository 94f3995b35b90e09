//! The stage of the model that aligns: training, ranks of the tested pairs, segments by β and over regions.
//!
//! Must not write sentences.

use engine::error::Result;
use engine::sequence::Read;
use engine::train::{Mode, Model};
use replications::image_descriptions::recipe::Asked;
use tch::{Device, Kind, Tensor};

use super::alignment::{Aligner, Set};
use super::data::{Image, Text};
use super::segments::{aligned, segments};
use super::{Describer, Done, pictures, ranking};

impl Describer<'_, '_, '_> {
    /// Trains a model that aligns, and ranks the tested pairs by it.
    pub(super) fn align(&self, id: &str, whole: bool) -> Result<Done> {
        let (context, data, settings) = (self.telling.context, self.telling.data, self.recipe.alignment);
        let set = |images, seen| Set { images, seen };
        let sets = [set(&data.train[..], &self.regions.train), set(&data.val[..], &self.regions.val)];
        let (steps, every) = self.steps(settings.share);
        let begin = (context.seed(), context.device());
        let mut aligner = Aligner::new(begin, (self.graph(id)?, whole), sets, (settings, every))?;
        let trained = self.train(id, (steps, every), settings.of, &mut aligner)?;
        aligner.best.give_back(&aligner.model)?;
        let model = aligner.model;
        // Trained only for the segments that another model learns from, it is not told of.
        if !context.wants(id) {
            return Ok((id.to_owned(), model));
        }
        for condition in &context.stage().conditions {
            if let Some(Asked::Ranking {}) = context.with::<Asked>(condition)? {
                context.begin(&format!("rank by {id}"))?;
                let test = set(&data.test[..], &self.regions.test);
                let ranks = ranking::rank(&model, (test, whole))?;
                self.telling.ranks((id, &trained), &condition.id, &ranks)?;
            }
        }
        if !whole {
            self.segmented(id, &model)?;
        }
        Ok((id.to_owned(), model))
    }

    /// How long segments are by β, and the segments of people's own sentences over the regions of tested images.
    pub(super) fn segmented(&self, id: &str, model: &Model) -> Result<()> {
        let (context, data, recipe) = (self.telling.context, self.telling.data, self.recipe);
        context.begin(&format!("cut sentences into segments by {id}"))?;
        let regions = self.regions.test.rows();
        let mut all = Vec::new();
        for (index, image) in data.test.iter().enumerate() {
            let features = self.regions.test.features([index], false)?;
            all.push(products(model, &features, &image.sentences)?);
            context.emitter().alive()?;
        }
        let mut betas = recipe.betas.clone();
        betas.push(recipe.beta);
        betas.sort_by(f64::total_cmp);
        betas.dedup();
        let row = |beta: &f64| {
            let cut = all.iter().flatten().map(|own| segments(&aligned(own, regions, *beta)));
            let (mut words, mut parts, mut sentences) = (0, 0, 0);
            for own in cut.filter(|own| !own.is_empty()) {
                words += own.iter().map(|(_, _, count)| count).sum::<usize>();
                parts += own.len();
                sentences += 1;
            }
            vec![*beta, words as f64 / parts.max(1) as f64, parts as f64 / f64::from(sentences.max(1))]
        };
        let rows: Vec<Vec<f64>> = betas.iter().map(row).collect();
        let name = format!("{id}-beta");
        let title = "Segments of the tested images' sentences by β, what neighbouring words of one region are worth";
        context.relation((&name, title), &["β", "length [words]", "segments of a sentence"], &rows)?;

        let mut tiles = Vec::new();
        let first = |image: &Image| image.sentences.iter().position(|sentence| !sentence.is_empty());
        for index in pictures::shown(data.test.len()) {
            let image = &data.test[index];
            let Some(sentence) = first(image) else { continue };
            let boxes = self.regions.test.boxes(index)?;
            let words = self.telling.words(&image.sentences[sentence]);
            let below = vec![image.told.sentences[sentence].clone()];
            let boxes = pictures::over_regions(&all[index][sentence], &words, &boxes, recipe.beta);
            tiles.push(pictures::Tile { path: &image.told.path, boxes, below });
        }
        let caption = format!(
            "Segments of people's sentences over the regions that {id} aligns them to (β = {}), evenly spread over the tested images; words that are not learned are left out.",
            recipe.beta
        );
        pictures::sheet(context, (&format!("{id}-segments"), &caption), &tiles, true)
    }
}

/// How well each word of sentences fits each region of one image, `[R, D]`: by sentence, word by word, region by region.
pub(super) fn products(model: &Model, features: &Tensor, sentences: &[Vec<i64>]) -> Result<Vec<Vec<f32>>> {
    let _guard = tch::no_grad_guard();
    let slices: Vec<&[i64]> = sentences.iter().map(Vec::as_slice).collect();
    let text = Text::of(&slices, model.device())?;
    let read = Read { images: features, words: &text.words, packed: &text.packed };
    let said = model.forward_words(read, Mode::Test)?;
    let all = said[1].f_matmul(&said[0].f_tr()?)?.f_to_device(Device::Cpu)?.f_to_kind(Kind::Float)?.f_contiguous()?;
    let regions = usize::try_from(all.size2()?.1).unwrap_or(0);
    let all = Vec::<f32>::try_from(all.f_view([-1])?)?;
    let mut own: Vec<Vec<f32>> = slices.iter().map(|sentence| vec![0.0; sentence.len() * regions]).collect();
    for ((sentence, step), row) in text.packed.places().zip(all.chunks_exact(regions.max(1))) {
        own[sentence][step * regions..(step + 1) * regions].copy_from_slice(row);
    }
    Ok(own)
}
