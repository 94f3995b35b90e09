//! CIDEr (Vedantam et al. 2015): n-grams that few images' references have weigh more.
//!
//! Must not stem words: the caption tools do not.

use crate::sentence::{Described, LONGEST, Sentence};

/// The deviation of the penalty for lengths that differ.
const SIGMA: f64 = 6.0;

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// As section 3 of the paper: cosines.
    Plain,
    /// CIDEr-D of section 7: counts are clipped at the reference's, and lengths that differ cost. What the caption tools call CIDEr.
    Clipped,
}

impl Kind {
    /// What is called CIDEr first.
    pub const ALL: [Kind; 2] = [Kind::Clipped, Kind::Plain];
}

/// How much each n-gram weighs: the more, the fewer images' references have it.
#[derive(Debug, Clone)]
pub struct Cider {
    /// By the n-gram's number: the logarithm of how many times as many images there are as images whose references have it.
    rarity: Vec<f64>,
    /// Of an n-gram that no reference has.
    rarest: f64,
}

/// A sentence's n-grams by length with their weights, by number, and the lengths of those vectors.
struct Weighed {
    grams: [Vec<(u32, f64)>; LONGEST],
    norms: [f64; LONGEST],
    /// What the tools call its length: its pairs of words.
    pairs: f64,
}

impl Cider {
    /// Counts over a set of images.
    #[must_use]
    pub fn of(set: &[Described]) -> Cider {
        let mut frequency: Vec<u32> = Vec::new();
        // The image that an n-gram was last met in, from 1.
        let mut last: Vec<usize> = Vec::new();
        for (image, described) in (1..).zip(set) {
            for one in described.references.iter().flat_map(Sentence::grams) {
                let gram = one.gram as usize;
                if gram >= last.len() {
                    last.resize(gram + 1, 0);
                    frequency.resize(gram + 1, 0);
                }
                if last[gram] != image {
                    last[gram] = image;
                    frequency[gram] += 1;
                }
            }
        }
        let rarest = (set.len() as f64).ln();
        Cider { rarity: frequency.iter().map(|images| rarest - f64::from((*images).max(1)).ln()).collect(), rarest }
    }

    /// The value of an image, 0 to 10: the mean over its references and lengths of n-grams, times ten. 0 without references.
    #[must_use]
    pub fn score(&self, described: &Described, kind: Kind) -> f64 {
        let [score] = self.scores(described, [kind]);
        score
    }

    /// The same of several kinds.
    #[must_use]
    pub fn scores<const K: usize>(&self, described: &Described, kinds: [Kind; K]) -> [f64; K] {
        let candidate = self.weighed(&described.candidate);
        let references = &described.references;
        let mut sums = [[0.0; LONGEST]; K];
        for reference in references {
            let reference = self.weighed(reference);
            for (sums, kind) in sums.iter_mut().zip(kinds) {
                sums.iter_mut().zip(alike(&candidate, &reference, kind)).for_each(|(sum, one)| *sum += one);
            }
        }
        if references.is_empty() {
            return [0.0; K];
        }
        sums.map(|sums| 10.0 * (sums.iter().sum::<f64>() / LONGEST as f64) / references.len() as f64)
    }

    fn weighed(&self, sentence: &Sentence) -> Weighed {
        let weight =
            |gram: u32, times: u32| f64::from(times) * self.rarity.get(gram as usize).copied().unwrap_or(self.rarest);
        let grams =
            sentence.by_length().map(|own| own.iter().map(|one| (one.gram, weight(one.gram, one.times))).collect());
        let norms = std::array::from_fn(|index| {
            let own: &Vec<(u32, f64)> = &grams[index];
            own.iter().map(|(_, weight)| weight * weight).sum::<f64>().sqrt()
        });
        let pairs = sentence.words.saturating_sub(1) as f64;
        Weighed { grams, norms, pairs }
    }
}

/// How alike two sentences are, by the length of n-grams.
fn alike(candidate: &Weighed, reference: &Weighed, kind: Kind) -> [f64; LONGEST] {
    let longer = candidate.pairs - reference.pairs;
    let penalty = match kind {
        Kind::Plain => 1.0,
        Kind::Clipped => (-(longer * longer) / (2.0 * SIGMA * SIGMA)).exp(),
    };
    std::array::from_fn(|index| {
        let known = &reference.grams[index];
        let mut product = 0.0;
        for (gram, weight) in &candidate.grams[index] {
            let Ok(place) = known.binary_search_by_key(gram, |(gram, _)| *gram) else { continue };
            let other = known.get(place).map_or(0.0, |(_, weight)| *weight);
            let own = match kind {
                Kind::Plain => *weight,
                Kind::Clipped => weight.min(other),
            };
            product += own * other;
        }
        let norms = candidate.norms[index] * reference.norms[index];
        let cosine = if norms == 0.0 { product } else { product / norms };
        cosine * penalty
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Words;

    #[test]
    fn words_that_every_image_has_weigh_nothing() {
        let mut words = Words::default();
        let set = [words.described("a cat", ["a cat"]), words.described("a dog", ["a cow"])];
        let cider = Cider::of(&set);
        // Of the first image one word and one pair count, both right; triples there are none.
        assert!((cider.score(&set[0], Kind::Clipped) - 5.0).abs() < 1e-12);
        assert_eq!(cider.score(&set[1], Kind::Clipped), 0.0);
    }

    #[test]
    fn only_the_clipped_one_minds_words_said_again() {
        let mut words = Words::default();
        let set = [words.described("cat cat cat", ["cat"]), words.described("x", ["dog"])];
        let cider = Cider::of(&set);
        assert!((cider.score(&set[0], Kind::Plain) - 2.5).abs() < 1e-12);
        // A third of it, for the pairs that are two more exp(-4/72).
        let expected = 2.5 / 3.0 * (-4.0_f64 / 72.0).exp();
        assert!((cider.score(&set[0], Kind::Clipped) - expected).abs() < 1e-12);
    }

    #[test]
    fn one_image_alone_has_nothing_to_weigh_by() {
        let mut words = Words::default();
        let set = [words.described("a cat", ["a cat"])];
        assert_eq!(Cider::of(&set).score(&set[0], Kind::Clipped), 0.0);
        assert_eq!(Cider::of(&[]).score(&words.described("a", []), Kind::Plain), 0.0);
    }
}
