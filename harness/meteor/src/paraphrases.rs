//! The paraphrase table: phrases of up to seven words, each with the phrases that may stand for it.
//!
//! The table of METEOR 1.5 holds 5.3 million pairs of 43 thousand words. A word is kept once and then spoken of by a
//! number of 16 bits; the source phrases form a prefix tree; the targets of a source lie one after the other in one
//! array, each behind its length. The probability of a pair is not used by Meteor, and not kept.

mod hashing;
mod reading;

use std::collections::HashMap;
use std::ops::Range;

use hashing::FastHash;
pub(crate) use reading::read;

/// The number of a word of the paraphrase table.
pub(crate) type WordId = u16;

/// The number of all words that the table does not hold: no phrase has it.
pub(crate) const UNKNOWN: WordId = WordId::MAX;

/// A place in the prefix tree of the source phrases.
type Node = u32;

/// The root of the prefix tree.
const ROOT: Node = 0;

/// The table, ready to be asked for the paraphrases that start at a word.
#[derive(Debug)]
pub(crate) struct Paraphrases {
    words: HashMap<Box<[u8]>, WordId, FastHash>,
    /// The next node behind a node for a word.
    edges: HashMap<(Node, WordId), Node, FastHash>,
    /// By node, where the targets of the phrase that ends there lie in `targets`.
    sources: Vec<Range<u32>>,
    /// Targets: a length, then as many words.
    targets: Vec<WordId>,
}

impl Paraphrases {
    /// Whether there are no pairs.
    pub(crate) fn is_empty(&self) -> bool {
        self.targets.is_empty()
    }

    /// The number of a word, or [`UNKNOWN`].
    pub(crate) fn id(&self, word: &str) -> WordId {
        self.words.get(word.as_bytes()).copied().unwrap_or(UNKNOWN)
    }

    /// The source phrases at the start of `words`, from short to long: how many words each has, and its targets in the
    /// order of the table.
    pub(crate) fn at<'a>(&'a self, words: &'a [WordId]) -> impl Iterator<Item = (usize, Targets<'a>)> {
        let steps = words.iter().scan(ROOT, |node, word| {
            *node = *self.edges.get(&(*node, *word))?;
            self.sources.get(*node as usize)
        });
        steps.enumerate().map(|(index, range)| {
            let targets = self.targets.get(range.start as usize..range.end as usize).unwrap_or_default();
            (index + 1, Targets { rest: targets })
        })
    }
}

/// The targets of one source phrase.
#[derive(Clone, Debug)]
pub(crate) struct Targets<'a> {
    rest: &'a [WordId],
}

impl<'a> Iterator for Targets<'a> {
    type Item = &'a [WordId];

    fn next(&mut self) -> Option<Self::Item> {
        let (length, rest) = self.rest.split_first()?;
        let (target, rest) = rest.split_at_checked(usize::from(*length))?;
        self.rest = rest;
        Some(target)
    }
}
