//! The model that aligns, in training: each word of a sentence takes the region that fits it best, and a pair of an image and a sentence
//! that belong together scores higher than either with another (equations 8 and 9).
//!
//! Must not read images.

use engine::error::Result;
use engine::sequence::Read;
use engine::streams::Stream;
use engine::train::{Batches, Masks, Means, Mode, Model, Sgd, Trainer};
use replications::graph::Graph;
use replications::image_descriptions::recipe::Alignment;
use tch::{Device, Kind, Tensor};

use super::best::{Best, uniform};
use super::data::{Image, Text};
use super::features::Seen;
use super::ranking;

/// What is learned from or chosen on.
#[derive(Clone, Copy)]
pub(super) struct Set<'b, 'a, 'e> {
    pub(super) images: &'b [Image],
    pub(super) seen: &'b Seen<'b, 'a, 'e>,
}

/// The model and its optimiser.
pub(super) struct Aligner<'b, 'a, 'e> {
    settings: Alignment,
    pub(super) model: Model,
    /// Whether only the whole image is seen, without regions.
    whole: bool,
    train: Set<'b, 'a, 'e>,
    val: Set<'b, 'a, 'e>,
    /// Images of `train` with a sentence that has a word, by number.
    usable: Vec<usize>,
    seed: u64,
    measure_every: u64,
    sgd: Sgd,
    batches: Batches,
    masks: Masks,
    pub(super) best: Best,
    /// Of the loss.
    means: Means<1>,
}

impl<'b, 'a, 'e> Aligner<'b, 'a, 'e> {
    pub(super) fn new(
        (seed, device): (u64, Device),
        (graph, whole): (Graph, bool),
        [train, val]: [Set<'b, 'a, 'e>; 2],
        (settings, measure_every): (Alignment, u64),
    ) -> Result<Aligner<'b, 'a, 'e>> {
        let name = graph.name.clone();
        let model = Model::new(graph, device, |parameter| uniform(parameter, seed, settings.begin))?;
        let has_word = |image: &Image| image.sentences.iter().any(|sentence| !sentence.is_empty());
        let usable: Vec<usize> =
            train.images.iter().enumerate().filter(|(_, image)| has_word(image)).map(|(index, _)| index).collect();
        Ok(Aligner {
            settings,
            whole,
            seed,
            measure_every,
            sgd: Sgd::new(&model.learned())?.decay(settings.weight_decay),
            batches: Batches::new(seed, "alignment", usable.len(), settings.batch),
            masks: Masks::new(seed, &name),
            best: Best::of(&model)?,
            means: Means::new(device)?,
            train,
            val,
            usable,
            model,
        })
    }

    /// The images of a step and of each one of its sentences.
    fn batch(&mut self, step: u64) -> (Vec<usize>, Vec<&'b [i64]>) {
        let images: Vec<usize> = self
            .batches
            .indices(step)
            .iter()
            .filter_map(|index| self.usable.get(usize::try_from(*index).ok()?).copied())
            .collect();
        let mut stream = Stream::new(self.seed, "alignment, sentence", step);
        let train = self.train.images;
        let sentences = images.iter().filter_map(|image| {
            let own: Vec<&'b [i64]> =
                train[*image].sentences.iter().map(Vec::as_slice).filter(|sentence| !sentence.is_empty()).collect();
            own.get(usize::try_from(stream.below(own.len() as u64)).unwrap_or(0)).copied()
        });
        let sentences = sentences.collect();
        (images, sentences)
    }
}

impl Trainer for Aligner<'_, '_, '_> {
    fn step(&mut self, step: u64, _total: u64) -> Result<()> {
        let (images, sentences) = self.batch(step);
        let seen = self.train.seen;
        let (features, originals) = match self.whole {
            true => (seen.features(images.iter().copied(), true)?, None),
            false => {
                let [features, originals] = seen.with_originals(&images)?;
                (features, Some(originals))
            }
        };
        let text = Text::of(&sentences, self.model.device())?;
        let read = Read { images: &features, words: &text.words, packed: &text.packed };
        let said = self.model.forward_words(read, Mode::Train(&self.masks.of(step)))?;
        let mut regions = said[0].shallow_clone();
        if let Some(originals) = originals {
            // Dropout would make the whole image that stands in a region's place another one, of which the best would count.
            regions = regions.f_index_select(0, &originals)?;
        }
        let scores = scores(&regions, &said[1], (&text, sentences.len()), images.len())?;
        let loss = ranking_loss(&scores, self.settings.margin)?;
        let gradients = Tensor::f_run_backward(&[&loss], &self.model.learned(), false, false)?;
        let clip = self.settings.clip;
        let gradients =
            gradients.iter().map(|gradient| Ok(gradient.f_clamp(-clip, clip)?)).collect::<Result<Vec<_>>>()?;
        self.sgd.step(&gradients, self.settings.learning_rate, self.settings.momentum)?;
        self.means.add([&loss])
    }

    fn measure(&mut self, step: u64) -> Result<Vec<(String, f64)>> {
        let [loss] = self.means.row(step, self.measure_every)?;
        let mut row = vec![("loss".to_owned(), loss)];
        if !self.val.images.is_empty() {
            let ranks = ranking::rank(&self.model, (self.val, self.whole))?;
            let [annotation, search] = ranking::within_ten(&ranks);
            row.push(("annotation recall@10, list val [percent]".to_owned(), annotation));
            row.push(("search recall@10, list val [percent]".to_owned(), search));
            self.best.look(&self.model, annotation + search)?;
        }
        Ok(row)
    }

    fn tensors(&self) -> Vec<(String, Tensor)> {
        let mut all = self.model.tensors("");
        all.extend(self.sgd.tensors("sgd"));
        all.extend(self.best.tensors());
        all.extend(self.means.tensors());
        all
    }
}

/// Of each sentence and image the sum over words of the best region's product (equation 8), `[sentences, images]`. `regions` are
/// `[images · R, h]`, `words` `[rows, h]`.
///
/// # Errors
/// libtorch's refusal.
pub fn scores(regions: &Tensor, words: &Tensor, (text, sentences): (&Text, usize), images: usize) -> Result<Tensor> {
    let (sentences, images) = (i64::try_from(sentences).unwrap_or(0), i64::try_from(images).unwrap_or(0));
    let products = words.f_matmul(&regions.f_tr()?)?;
    // How many regions cannot be told from no words.
    let of_each = regions.size2()?.0.checked_div(images).unwrap_or(0);
    let best = products.f_view([products.size2()?.0, images, of_each])?.f_amax([2_i64], false)?;
    let none = Tensor::f_zeros([sentences, images], (Kind::Float, words.device()))?;
    Ok(none.f_index_add(0, &text.sentences, &best)?)
}

/// Pairs lie on the diagonal; the mean over pairs of what others of their row and column lack of the margin (equation 9, whose sum over
/// a batch is its mean here).
///
/// # Errors
/// libtorch's refusal.
pub fn ranking_loss(scores: &Tensor, margin: f64) -> Result<Tensor> {
    let (count, _) = scores.size2()?;
    let own = scores.f_diagonal(0, 0, 1)?;
    let lacks = |own: &Tensor| -> Result<Tensor> { Ok(scores.f_sub(own)?.f_add_scalar(margin)?.f_relu()?) };
    let all = lacks(&own.f_view([-1, 1])?)?.f_add(&lacks(&own.f_view([1, -1])?)?)?;
    let others = Tensor::f_eye(count, (Kind::Float, scores.device()))?.f_neg()?.f_add_scalar(1.0)?;
    Ok(all.f_mul(&others)?.f_sum(Kind::Float)?.f_div_scalar(count.max(1) as f64)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_take_their_best_region_and_pairs_lack_what_is_left_of_the_margin() {
        // Two images of two regions each, sentences of two words and one.
        let regions = Tensor::from_slice(&[1.0_f32, 0.0, 0.0, 2.0, -1.0, 0.0, 0.0, -1.0]).view([4, 2]);
        let text = Text::of(&[&[1, 2], &[3]], Device::Cpu).unwrap();
        // Rows: first word of sentence 0, first of 1, second of 0.
        let words = Tensor::from_slice(&[3.0_f32, 1.0, -1.0, -2.0, 0.0, 1.0]).view([3, 2]);
        let all = scores(&regions, &words, (&text, 2), 2).unwrap();
        // Sentence 0: image 0 max(3, 2) + max(0, 2), image 1 max(-3, -1) + max(0, -1); sentence 1: max(-1, -4), max(1, 2).
        assert_eq!(Vec::<f32>::try_from(all.view([-1])).unwrap(), [5.0, -1.0, -1.0, 2.0]);
        // Sentences without a word score nothing, be they all that there are.
        let none = Text::of(&[&[], &[]], Device::Cpu).unwrap();
        let nothing = scores(&regions, &words.narrow(0, 0, 0), (&none, 2), 2).unwrap();
        assert_eq!(Vec::<f32>::try_from(nothing.view([-1])).unwrap(), [0.0; 4]);
        // Rows: -1 - 5 + 1 and -1 - 2 + 1, columns alike: nothing lacks. With a margin of 8: 2 + 5 for rows, 2 + 5 for columns.
        assert_eq!(ranking_loss(&all, 1.0).unwrap().double_value(&[]), 0.0);
        assert_eq!(ranking_loss(&all, 8.0).unwrap().double_value(&[]), (2.0 + 5.0 + 2.0 + 5.0) / 2.0);
    }
}
