//! A normalised line as the aligner sees it: its words, with all that the matchers compare.

use std::collections::HashSet;

use crate::java;
use crate::paraphrases::{Paraphrases, WordId};
use crate::stemmer::stem;
use crate::synonyms::Synonyms;

/// A word, with all that the matchers compare.
#[derive(Debug)]
pub(crate) struct Word {
    /// The hash of the word: equal hashes are equal words.
    pub(crate) key: i32,
    /// The hash of its stem.
    pub(crate) stem: i32,
    /// The synsets of the word and of its base forms, in rising order.
    pub(crate) synsets: Vec<u32>,
    /// Whether it is a function word, such as `the`.
    pub(crate) function: bool,
}

/// A line of words.
#[derive(Debug)]
pub(crate) struct Sentence {
    /// The words in their order.
    pub(crate) words: Vec<Word>,
    /// For each word its number in the paraphrase table.
    pub(crate) phrase_ids: Vec<WordId>,
}

impl Sentence {
    /// Looks up the words of a normalised line.
    pub(crate) fn new(
        line: &str,
        function_words: &HashSet<Box<str>>,
        synonyms: &Synonyms,
        paraphrases: &Paraphrases,
    ) -> Self {
        let words = java::tokens(line).map(|word| Word {
            key: java::hash_code(word),
            stem: java::hash_code(&stem(word)),
            synsets: synonyms.of(word),
            function: function_words.contains(word),
        });
        Self { words: words.collect(), phrase_ids: java::tokens(line).map(|word| paraphrases.id(word)).collect() }
    }

    /// The number of words.
    pub(crate) fn len(&self) -> usize {
        self.words.len()
    }

    /// How many of the words are function words.
    pub(crate) fn function_words(&self) -> u64 {
        self.words.iter().map(|word| u64::from(word.function)).sum()
    }

    /// Whether both lines are equal, word by word.
    pub(crate) fn equals(&self, other: &Self) -> bool {
        self.words.iter().map(|word| word.key).eq(other.words.iter().map(|word| word.key))
    }
}
