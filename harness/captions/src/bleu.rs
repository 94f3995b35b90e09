//! BLEU (Papineni et al. 2002) as the caption tools compute it: over a whole set, against the reference whose length is closest.
//!
//! Must not average over images: precisions are of all images' n-grams together.

use crate::sentence::{Described, LONGEST};

/// Kept from dividing by nothing, as in the tools.
const SMALL: f64 = 1e-9;
/// Keeps what is nothing from being exactly that, as in the tools.
const TINY: f64 = 1e-15;

/// What is counted of one image or, summed up, of a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bleu {
    /// Words of the candidate.
    length: u64,
    /// Words of the reference whose length is closest; of two equally close ones the shorter.
    closest: u64,
    /// N-grams of the candidate, by their length.
    guessed: [u64; LONGEST],
    /// Those that are in a reference, at most as often as there.
    correct: [u64; LONGEST],
}

impl Bleu {
    /// What is counted of an image.
    #[must_use]
    pub fn of(described: &Described) -> Bleu {
        let Described { candidate, references } = described;
        let words = candidate.words;
        let lengths = references.iter().map(|reference| reference.words);
        let closest = lengths.min_by_key(|length| (length.abs_diff(words), *length)).unwrap_or(0);
        let mut correct = [0; LONGEST];
        for (length, gram, count) in &candidate.grams {
            let most = references.iter().map(|reference| reference.times(*length, *gram)).max().unwrap_or(0);
            if let Some(own) = correct.get_mut(length - 1) {
                *own += u64::from(most.min(*count));
            }
        }
        Bleu {
            length: words as u64,
            closest: closest as u64,
            guessed: std::array::from_fn(|shorter| words.saturating_sub(shorter) as u64),
            correct,
        }
    }

    /// What is counted of a set, each image as often as `times` says.
    #[must_use]
    pub fn sum(all: &[Bleu], times: &[u32]) -> Bleu {
        let mut sum = Bleu::default();
        for (one, times) in all.iter().zip(times) {
            let times = u64::from(*times);
            sum.length += times * one.length;
            sum.closest += times * one.closest;
            for (own, other) in sum.guessed.iter_mut().zip(one.guessed).chain(sum.correct.iter_mut().zip(one.correct)) {
                *own += times * other;
            }
        }
        sum
    }

    /// BLEU-1 to BLEU-4, 0 to 1: geometric means of precisions, less for what is shorter than its reference.
    #[must_use]
    pub fn scores(&self) -> [f64; LONGEST] {
        let mut product = 1.0;
        let ratio = (self.length as f64 + TINY) / (self.closest as f64 + SMALL);
        let brevity = if ratio < 1.0 { (1.0 - 1.0 / ratio).exp() } else { 1.0 };
        let mut scores = [0.0; LONGEST];
        for (index, score) in scores.iter_mut().enumerate() {
            product *= (self.correct[index] as f64 + TINY) / (self.guessed[index] as f64 + SMALL);
            *score = f64::powf(product, 1.0 / (index + 1) as f64) * brevity;
        }
        scores
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Words;

    #[test]
    fn n_grams_count_no_more_often_than_in_one_reference() {
        let mut words = Words::default();
        // Papineni et al., example 2 of section 2.1.
        let one =
            words.described("the the the the the the the", ["the cat is on the mat", "there is a cat on the mat"]);
        let bleu = Bleu::of(&one);
        assert_eq!((bleu.guessed, bleu.correct), ([7, 6, 5, 4], [2, 0, 0, 0]));
        assert_eq!((bleu.length, bleu.closest), (7, 7));
        assert!((bleu.scores()[0] - 2.0 / 7.0).abs() < 1e-9);
    }

    #[test]
    fn the_closest_reference_is_the_shorter_of_two() {
        let mut words = Words::default();
        let one = words.described("a b c", ["a b c d", "a b"]);
        assert_eq!(Bleu::of(&one).closest, 2);
        let twice = Bleu::sum(&[Bleu::of(&one)], &[2]);
        assert_eq!((twice.length, twice.closest, twice.guessed), (6, 4, [6, 4, 2, 0]));
    }

    #[test]
    fn nothing_said_is_worth_nothing() {
        let mut words = Words::default();
        let none = Bleu::of(&words.described("", ["a b c"]));
        assert!(none.scores().iter().all(|score| *score < 1e-12), "{:?}", none.scores());
        assert!(Bleu::default().scores().iter().all(|score| score.is_finite()));
    }
}
