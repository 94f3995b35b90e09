//! BLEU (Papineni et al. 2002) as the caption tools compute it: over a whole set, against the reference whose length is closest.
//!
//! Must not average over images: precisions are of all images' n-grams together.

use crate::sentence::{Described, LONGEST};

/// Kept from dividing by nothing, as in the tools.
const SMALL: f64 = 1e-9;
/// Keeps what is nothing from being exactly that, as in the tools.
const TINY: f64 = 1e-15;

/// What is counted of an image: the candidate's words, those of the reference whose length is closest (of two equally close ones
/// the shorter), the candidate's n-grams by length, and those that are in a reference, at most as often as there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bleu([u32; COUNTED]);

/// How many numbers that are.
const COUNTED: usize = 2 + 2 * LONGEST;

/// The same of a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sum([u64; COUNTED]);

impl Bleu {
    /// What is counted of an image.
    #[must_use]
    pub fn of(described: &Described) -> Bleu {
        let Described { candidate, references } = described;
        let words = candidate.words;
        let lengths = references.iter().map(|reference| reference.words);
        let closest = lengths.min_by_key(|length| (length.abs_diff(words), *length)).unwrap_or(0);
        let grams = candidate.by_length();
        let correct = std::array::from_fn(|shorter| {
            let most = |gram| references.iter().map(|reference| reference.times(shorter, gram)).max().unwrap_or(0);
            grams[shorter].iter().map(|own| most(own.gram).min(own.times)).sum()
        });
        let guessed = std::array::from_fn(|shorter| words.saturating_sub(shorter) as u32);
        let [correct, guessed]: [[u32; LONGEST]; 2] = [correct, guessed];
        let mut all = [words as u32, closest as u32].into_iter().chain(guessed).chain(correct);
        Bleu(std::array::from_fn(|_| all.next().unwrap_or(0)))
    }

    /// What is counted of a set, each image as often as `times` says.
    #[must_use]
    pub fn sum(all: &[Bleu], times: &[u32]) -> Sum {
        let mut sum = [0; COUNTED];
        for (one, times) in all.iter().zip(times) {
            for (own, other) in sum.iter_mut().zip(one.0) {
                *own += u64::from(*times) * u64::from(other);
            }
        }
        Sum(sum)
    }
}

impl Sum {
    /// BLEU-1 to BLEU-4, 0 to 1: geometric means of precisions, less for what is shorter than its reference.
    #[must_use]
    pub fn scores(&self) -> [f64; LONGEST] {
        let [length, closest, counted @ ..] = self.0;
        let (guessed, correct) = counted.split_at(LONGEST);
        let mut product = 1.0;
        let ratio = (length as f64 + TINY) / (closest as f64 + SMALL);
        let brevity = if ratio < 1.0 { (1.0 - 1.0 / ratio).exp() } else { 1.0 };
        let mut scores = [0.0; LONGEST];
        for (index, score) in scores.iter_mut().enumerate() {
            product *= (correct[index] as f64 + TINY) / (guessed[index] as f64 + SMALL);
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
        assert_eq!(bleu.0, [7, 7, 7, 6, 5, 4, 2, 0, 0, 0]);
        assert!((Bleu::sum(&[bleu], &[1]).scores()[0] - 2.0 / 7.0).abs() < 1e-9);
    }

    #[test]
    fn the_closest_reference_is_the_shorter_of_two() {
        let mut words = Words::default();
        let one = words.described("a b c", ["a b c d", "a b"]);
        let twice = Bleu::sum(&[Bleu::of(&one)], &[2]);
        assert_eq!(twice.0, [6, 4, 6, 4, 2, 0, 6, 4, 2, 0]);
    }

    #[test]
    fn nothing_said_is_worth_nothing() {
        let mut words = Words::default();
        let none = Bleu::sum(&[Bleu::of(&words.described("", ["a b c"]))], &[1]);
        assert!(none.scores().iter().all(|score| *score < 1e-12), "{:?}", none.scores());
        assert!(Sum::default().scores().iter().all(|score| score.is_finite()));
    }
}
