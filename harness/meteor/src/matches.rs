//! The matchers: every pair of words or phrases of hypothesis and reference that may be aligned.
//!
//! Denkowski & Lavie 2014, section 2: exact words, equal stems, common synsets, and paraphrases. Their order matters,
//! because the search keeps the first of equally good alignments.

mod places;

use std::cmp::Ordering;

use crate::paraphrases::{Paraphrases, WordId};
use crate::sentence::{Sentence, Word};
use places::Places;

/// The matcher that found a match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Module {
    /// Equal words.
    Exact,
    /// Equal stems.
    Stem,
    /// A common synset.
    Synonym,
    /// A pair of the paraphrase table, in either direction.
    Paraphrase,
}

/// Words of the hypothesis that may be aligned with words of the reference. Where they start in the reference is
/// known by the list that the match is in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Match {
    /// The first word in the hypothesis, from 0.
    pub(crate) hypothesis: u32,
    /// Words in the hypothesis.
    pub(crate) hypothesis_length: u16,
    /// Words in the reference.
    pub(crate) reference_length: u16,
    /// Who found it.
    pub(crate) module: Module,
}

impl Match {
    fn of_words(module: Module, hypothesis: usize) -> Self {
        Self { hypothesis: index(hypothesis), hypothesis_length: 1, reference_length: 1, module }
    }

    /// Where it ends in the hypothesis.
    pub(crate) fn hypothesis_end(&self) -> u32 {
        self.hypothesis + u32::from(self.hypothesis_length)
    }
}

/// A place in a sentence as the matches keep it. Captions of four thousand million words do not fit in memory.
fn index(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

/// All matches of a hypothesis and a reference.
#[derive(Debug)]
pub(crate) struct Matches {
    /// By first word in the reference.
    pub(crate) at: Vec<Vec<Match>>,
    /// By word of the reference, how many matches cover it.
    reference_coverage: Vec<u32>,
    /// By word of the hypothesis, how many matches cover it.
    hypothesis_coverage: Vec<u32>,
}

impl Matches {
    /// Runs the matchers in their order. Of equal lines only the first one runs.
    pub(crate) fn find(hypothesis: &Sentence, reference: &Sentence, paraphrases: &Paraphrases) -> Self {
        let mut matches = Self {
            at: vec![Vec::new(); reference.len()],
            reference_coverage: vec![0; reference.len()],
            hypothesis_coverage: vec![0; hypothesis.len()],
        };
        matches.of_words(Module::Exact, hypothesis, reference, |ours, theirs| ours.key == theirs.key);
        if hypothesis.equals(reference) {
            return matches;
        }
        matches.of_words(Module::Stem, hypothesis, reference, |ours, theirs| {
            ours.stem == theirs.stem && ours.key != theirs.key
        });
        matches.of_words(Module::Synonym, hypothesis, reference, |ours, theirs| {
            have_common(&ours.synsets, &theirs.synsets) && ours.key != theirs.key
        });
        matches.of_phrases(&hypothesis.phrase_ids, &reference.phrase_ids, paraphrases);
        matches
    }

    /// The match at a word of the reference that no other one competes with.
    pub(crate) fn only(&self, reference: usize) -> Option<Match> {
        let [only] = self.at.get(reference)?.as_slice() else { return None };
        let covered_once = |coverage: &[u32], start: usize, length: u16| {
            coverage.iter().skip(start).take(length.into()).all(|count| *count == 1)
        };
        let alone = covered_once(&self.reference_coverage, reference, only.reference_length)
            && covered_once(&self.hypothesis_coverage, only.hypothesis as usize, only.hypothesis_length);
        alone.then_some(*only)
    }

    /// Adds a match for each pair of words that `fits`, reference by reference word.
    fn of_words(
        &mut self,
        module: Module,
        hypothesis: &Sentence,
        reference: &Sentence,
        fits: impl Fn(&Word, &Word) -> bool,
    ) {
        for (at, theirs) in reference.words.iter().enumerate() {
            for (place, ours) in hypothesis.words.iter().enumerate() {
                if fits(ours, theirs) {
                    self.add(at, Match::of_words(module, place));
                }
            }
        }
    }

    /// Adds the paraphrases: first from phrases of the reference, then from phrases of the hypothesis. A pair that the
    /// table holds in both directions is found twice.
    fn of_phrases(&mut self, hypothesis: &[WordId], reference: &[WordId], paraphrases: &Paraphrases) {
        let places = Places::of(hypothesis);
        for at in 0..reference.len() {
            for (length, targets) in paraphrases.at(reference.get(at..).unwrap_or_default()) {
                places.each(hypothesis, targets, |place, target_length| {
                    self.add_phrase(at, length, place, target_length);
                });
            }
        }
        let places = Places::of(reference);
        for place in 0..hypothesis.len() {
            for (length, targets) in paraphrases.at(hypothesis.get(place..).unwrap_or_default()) {
                places.each(reference, targets, |at, target_length| {
                    self.add_phrase(at, target_length, place, length);
                });
            }
        }
    }

    fn add_phrase(&mut self, at: usize, reference_length: usize, place: usize, hypothesis_length: usize) {
        // The table has no phrase whose length needs more than 16 bits.
        let (Ok(reference_length), Ok(hypothesis_length)) = (reference_length.try_into(), hypothesis_length.try_into())
        else {
            return;
        };
        let hypothesis = index(place);
        self.add(at, Match { hypothesis, hypothesis_length, reference_length, module: Module::Paraphrase });
    }

    fn add(&mut self, at: usize, found: Match) {
        if let Some(list) = self.at.get_mut(at) {
            list.push(found);
        }
        for count in self.reference_coverage.iter_mut().skip(at).take(found.reference_length.into()) {
            *count += 1;
        }
        let place = found.hypothesis as usize;
        for count in self.hypothesis_coverage.iter_mut().skip(place).take(found.hypothesis_length.into()) {
            *count += 1;
        }
    }
}

/// Whether two lists in rising order have a number in common.
fn have_common(mut left: &[u32], mut right: &[u32]) -> bool {
    while let ([first, left_rest @ ..], [second, right_rest @ ..]) = (left, right) {
        match first.cmp(second) {
            Ordering::Less => left = left_rest,
            Ordering::Greater => right = right_rest,
            Ordering::Equal => return true,
        }
    }
    false
}
