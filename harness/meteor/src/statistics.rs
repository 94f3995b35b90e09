//! The sufficient statistics of segments, and their sum.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign};

use crate::matches::{Matches, Module};
use crate::score::score;
use crate::search::{Chosen, best_alignment};
use crate::sentence::Sentence;
use crate::tables::Tables;

/// What one side of an alignment, the hypothesis or the reference, has of words and of matched words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Side {
    /// Words.
    pub length: u64,
    /// Function words among them.
    pub function_words: u64,
    /// Matched content words, by matcher: exact, stem, synonym, paraphrase.
    pub content_matches: [u64; 4],
    /// Matched function words, by matcher.
    pub function_matches: [u64; 4],
}

impl Side {
    /// Matched words.
    #[must_use]
    pub fn matches(&self) -> u64 {
        self.content_matches.iter().chain(&self.function_matches).sum()
    }

    fn of(sentence: &Sentence) -> Self {
        Self { length: sentence.len() as u64, function_words: sentence.function_words(), ..Self::default() }
    }

    /// Adds another side so many times.
    fn add_times(&mut self, other: &Self, times: u64) {
        self.length += times * other.length;
        self.function_words += times * other.function_words;
        for (sum, count) in self.content_matches.iter_mut().zip(other.content_matches) {
            *sum += times * count;
        }
        for (sum, count) in self.function_matches.iter_mut().zip(other.function_matches) {
            *sum += times * count;
        }
    }

    /// Counts the words that a match covers on this side.
    fn count(&mut self, sentence: &Sentence, start: usize, length: u16, module: Module) {
        for word in sentence.words.iter().skip(start).take(length.into()) {
            let counts = if word.function { &mut self.function_matches } else { &mut self.content_matches };
            let [exact, stem, synonym, paraphrase] = counts;
            *match module {
                Module::Exact => exact,
                Module::Stem => stem,
                Module::Synonym => synonym,
                Module::Paraphrase => paraphrase,
            } += 1;
        }
    }
}

impl AddAssign for Side {
    fn add_assign(&mut self, other: Self) {
        self.add_times(&other, 1);
    }
}

/// A segment's sufficient statistics (Denkowski & Lavie 2014, section 2), or the sum over segments.
///
/// [`Display`](fmt::Display) writes them as the official program answers to a `SCORE` line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// The hypothesis, `test` in the official program.
    pub hypothesis: Side,
    /// The reference.
    pub reference: Side,
    /// Chunks: runs of matches that are adjacent and in the same order on both sides.
    pub chunks: u64,
}

impl Statistics {
    /// The METEOR score, from 0 to 1, with the English parameters.
    ///
    /// Of the sum over all segments this is the score of the corpus, which pycocoevalcap reports.
    #[must_use]
    pub fn score(&self) -> f64 {
        score(self)
    }

    /// The sum over segments where each counts so often as `times` says; what has no number there does not count.
    #[must_use]
    pub fn sum_of(segments: &[Self], times: &[u32]) -> Self {
        let mut sum = Self::default();
        for (segment, times) in segments.iter().zip(times).filter(|(_, times)| **times > 0) {
            sum.hypothesis.add_times(&segment.hypothesis, u64::from(*times));
            sum.reference.add_times(&segment.reference, u64::from(*times));
            sum.chunks += if segment.is_whole() { 0 } else { segment.chunks * u64::from(*times) };
        }
        sum
    }

    /// The statistics of a hypothesis and one reference.
    pub(crate) fn of(tables: &Tables, hypothesis: &Sentence, reference: &Sentence) -> Self {
        let matches = Matches::find(hypothesis, reference, tables.paraphrases());
        let alignment = best_alignment(&matches, hypothesis.len());
        let mut statistics =
            Self { hypothesis: Side::of(hypothesis), reference: Side::of(reference), chunks: chunks(&alignment) };
        for Chosen { reference: start, found } in alignment {
            let place = found.hypothesis as usize;
            statistics.hypothesis.count(hypothesis, place, found.hypothesis_length, found.module);
            statistics.reference.count(reference, start, found.reference_length, found.module);
        }
        statistics
    }

    /// Whether every word is matched, in one chunk.
    pub(crate) fn is_whole(&self) -> bool {
        self.chunks == 1
            && self.hypothesis.matches() == self.hypothesis.length
            && self.reference.matches() == self.reference.length
    }
}

/// The chunks of an alignment whose matches are in the order of the reference.
fn chunks(alignment: &[Chosen]) -> u64 {
    let mut chunks = 0;
    let mut ends = None;
    for Chosen { reference, found } in alignment {
        chunks += u64::from(ends != Some((*reference, found.hypothesis)));
        ends = Some((reference + usize::from(found.reference_length), found.hypothesis_end()));
    }
    chunks
}

/// Sums statistics. The one chunk of a segment that is matched as a whole is not counted: it has no fragmentation.
impl AddAssign for Statistics {
    fn add_assign(&mut self, other: Self) {
        let counted = |statistics: &Self| if statistics.is_whole() { 0 } else { statistics.chunks };
        self.chunks = counted(self) + counted(&other);
        self.hypothesis += other.hypothesis;
        self.reference += other.reference;
    }
}

impl Add for Statistics {
    type Output = Self;

    fn add(mut self, other: Self) -> Self {
        self += other;
        self
    }
}

impl Sum for Statistics {
    fn sum<I: Iterator<Item = Self>>(statistics: I) -> Self {
        statistics.fold(Self::default(), Self::add)
    }
}

impl fmt::Display for Statistics {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (ours, theirs) = (&self.hypothesis, &self.reference);
        write!(formatter, "{}.0 {}.0 ", ours.length, theirs.length)?;
        write!(formatter, "{}.0 {}.0 ", ours.function_words, theirs.function_words)?;
        let content = ours.content_matches.iter().zip(theirs.content_matches);
        let function = ours.function_matches.iter().zip(theirs.function_matches);
        for ((ours_content, theirs_content), (ours_function, theirs_function)) in content.zip(function) {
            write!(formatter, "{ours_content}.0 {theirs_content}.0 {ours_function}.0 {theirs_function}.0 ")?;
        }
        write!(formatter, "{}.0 {}.0 {}.0", self.chunks, ours.matches(), theirs.matches())
    }
}
