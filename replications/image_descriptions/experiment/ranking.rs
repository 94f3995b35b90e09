//! Every sentence of a list scored with every image of it, and the ranks of those that belong together. What scores as high as the right
//! one stands before it.
//!
//! Must not train.

use engine::error::{Error, Result};
use engine::sequence::Read;
use engine::train::{Mode, Model};
use replications::image_descriptions::vocabulary::END;
use tch::{Device, Kind};

use super::alignment::{Set, scores};
use super::data::Text;

/// Images and sentences that are scored at once, at most.
const IMAGES: usize = 200;
const SENTENCES: usize = 500;

/// The ranks of an image: that of the best of its own sentences among all sentences, and for each of these the image's among all images.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ranks {
    pub(super) annotation: u32,
    pub(super) search: Vec<u32>,
}

/// Ranks the pairs of a set. A sentence without a word that is learned scores nothing with any image.
pub(super) fn rank(model: &Model, (set, whole): (Set<'_, '_, '_>, bool)) -> Result<Vec<Ranks>> {
    let _guard = tch::no_grad_guard();
    let sentences: Vec<(usize, &[i64])> = set
        .images
        .iter()
        .enumerate()
        .flat_map(|(image, own)| own.sentences.iter().map(move |sentence| (image, sentence.as_slice())))
        .collect();
    let count = set.images.len();
    // The network reads both at once, but neither's vectors follow from the other: each is read once, beside the least of the other.
    let least = Text::of(&[&[END]], model.device())?;
    let mut regions = Vec::new();
    for first in (0..count).step_by(IMAGES) {
        let features = set.seen.features(first..(first + IMAGES).min(count), whole)?;
        let read = Read { images: &features, words: &least.words, packed: &least.packed };
        regions.push(model.forward_words(read, Mode::Test)?.swap_remove(0));
        set.seen.alive()?;
    }
    let least = set.seen.features(0..count.min(1), whole)?;
    // By sentence, image by image; of a million pairs and more it is what grows with both.
    let mut all = vec![0.0_f32; sentences.len() * count];
    for (block, some) in sentences.chunks(SENTENCES).enumerate() {
        let own: Vec<&[i64]> = some.iter().map(|(_, sentence)| *sentence).collect();
        let text = Text::of(&own, model.device())?;
        let read = Read { images: &least, words: &text.words, packed: &text.packed };
        let words = model.forward_words(read, Mode::Test)?.swap_remove(1);
        for (first, regions) in (0..count).step_by(IMAGES).zip(&regions) {
            let images = first..(first + IMAGES).min(count);
            let part = scores(regions, &words, (&text, own.len()), images.len())?;
            let part = Vec::<f32>::try_from(
                part.f_to_device(Device::Cpu)?.f_to_kind(Kind::Float)?.f_contiguous()?.f_view([-1])?,
            )?;
            for (row, values) in part.chunks_exact(images.len()).enumerate() {
                let at = (block * SENTENCES + row) * count;
                all[at + images.start..at + images.end].copy_from_slice(values);
            }
            set.seen.alive()?;
        }
    }
    if let Some(place) = all.iter().position(|score| !score.is_finite()) {
        let (sentence, image) = (place / count, place % count);
        return Err(Error::Diverged(format!("sentence {sentence} and image {image} score no finite number")));
    }
    let whose: Vec<usize> = sentences.iter().map(|(image, _)| *image).collect();
    Ok(ranks(&all, &whose, count))
}

/// The ranks; `scores` are by sentence, image by image, `whose` is each sentence's image.
fn ranks(scores: &[f32], whose: &[usize], count: usize) -> Vec<Ranks> {
    let mut all: Vec<Ranks> = vec![Ranks { annotation: 0, search: Vec::new() }; count];
    for (row, image) in scores.chunks_exact(count.max(1)).zip(whose) {
        let before = row.iter().enumerate().filter(|(other, score)| other != image && **score >= row[*image]).count();
        all[*image].search.push(rank_after(before));
    }
    for (image, own) in all.iter_mut().enumerate() {
        let column = || whose.iter().enumerate().map(|(sentence, of)| (*of, scores[sentence * count + image]));
        let best = column().filter(|(of, _)| *of == image).map(|(_, score)| score).fold(f32::NEG_INFINITY, f32::max);
        let before = column().filter(|(of, score)| *of != image && *score >= best).count();
        own.annotation = rank_after(before);
    }
    all
}

fn rank_after(before: usize) -> u32 {
    u32::try_from(before + 1).unwrap_or(u32::MAX)
}

/// Shares in percent of ranks up to ten: of images, of sentences.
pub(super) fn within_ten(ranks: &[Ranks]) -> [f64; 2] {
    let share = |all: &[u32]| 100.0 * all.iter().filter(|rank| **rank <= 10).count() as f64 / all.len().max(1) as f64;
    let annotation: Vec<u32> = ranks.iter().map(|image| image.annotation).collect();
    let search: Vec<u32> = ranks.iter().flat_map(|image| image.search.iter().copied()).collect();
    [share(&annotation), share(&search)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_scores_as_high_stands_before() {
        // Sentences 0 and 1 are of image 0, sentence 2 of image 1.
        let scores = [1.0, 2.0, 5.0, 0.0, 3.0, 3.0];
        let found = ranks(&scores, &[0, 0, 1], 2);
        assert_eq!(found[0], Ranks { annotation: 1, search: vec![2, 1] });
        // Image 1 scores 2, 0 and 3: its own is the best. Sentence 2 scores 3 with both images.
        assert_eq!(found[1], Ranks { annotation: 1, search: vec![2] });
        // Whoever scores all alike is last.
        let flat = ranks(&[0.0; 6], &[0, 0, 1], 2);
        assert_eq!(flat.iter().map(|image| image.annotation).collect::<Vec<_>>(), [2, 3]);
        assert_eq!(within_ten(&flat), [100.0, 100.0]);
    }
}
