//! Sentences as numbers of words, which measures compare faster than letters.
//!
//! Must not cut a caption into words: that is the tokenizer's work.

use std::collections::HashMap;

/// Words by number, as they are met.
#[derive(Debug, Clone, Default)]
pub struct Words {
    numbers: HashMap<String, u32>,
}

impl Words {
    /// The number of a word.
    fn number(&mut self, word: &str) -> u32 {
        if let Some(number) = self.numbers.get(word) {
            return *number;
        }
        let number = self.numbers.len() as u32;
        self.numbers.insert(word.to_owned(), number);
        number
    }

    /// A sentence whose tokens are divided by single spaces.
    pub fn sentence(&mut self, text: &str) -> Sentence {
        // The tools take whatever Python calls white space for a division where they count n-grams: the space within a token,
        // which is not to break (`1 1/2`), divides two words there, and none in a longest common subsequence.
        let words: Vec<u32> = text.split_whitespace().map(|word| self.number(word)).collect();
        let tokens = text.split(' ').map(|token| self.number(token)).collect();
        Sentence { grams: grams(&words), words: words.len(), tokens }
    }

    /// An image with what is said of it, all of it divided by single spaces.
    pub fn described<'a>(&mut self, candidate: &str, references: impl IntoIterator<Item = &'a str>) -> Described {
        Described {
            candidate: self.sentence(candidate),
            references: references.into_iter().map(|reference| self.sentence(reference)).collect(),
        }
    }
}

/// A sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// Its words.
    pub(crate) words: usize,
    /// Their n-grams: length, n-gram, how often it occurs; sorted.
    pub(crate) grams: Vec<(usize, Gram, u32)>,
    /// Its tokens, among which ROUGE-L looks; the tools give an empty sentence one empty token.
    pub(crate) tokens: Vec<u32>,
}

impl Sentence {
    /// How often an n-gram occurs.
    pub(crate) fn times(&self, length: usize, gram: Gram) -> u32 {
        let place = self.grams.binary_search_by_key(&(length, gram), |(length, gram, _)| (*length, *gram));
        place.ok().and_then(|place| self.grams.get(place)).map_or(0, |(.., times)| *times)
    }
}

/// What a system says of an image, and what people said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    /// The system's sentence.
    pub candidate: Sentence,
    /// People's.
    pub references: Vec<Sentence>,
}

/// The longest n-grams that are counted.
pub(crate) const LONGEST: usize = 4;

/// An n-gram of up to four words, each one more than its number, so that shorter ones end with zeros.
pub(crate) type Gram = [u32; LONGEST];

/// How often each n-gram of 1 to 4 words occurs, the shorter ones first, sorted.
fn grams(words: &[u32]) -> Vec<(usize, Gram, u32)> {
    let mut all: Vec<(usize, Gram)> = Vec::with_capacity(words.len() * LONGEST);
    for length in 1..=LONGEST {
        all.extend(words.windows(length).map(|window| {
            let mut gram = Gram::default();
            for (place, word) in gram.iter_mut().zip(window) {
                *place = word + 1;
            }
            (length, gram)
        }));
    }
    all.sort_unstable();
    let same = all.chunk_by(|one, other| one == other);
    same.filter_map(|same| same.first().map(|(length, gram)| (*length, *gram, same.len() as u32))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grams_are_counted() {
        let mut words = Words::default();
        let sentence = words.sentence("a b a b");
        assert_eq!((sentence.words, &sentence.tokens[..]), (4, &[0, 1, 0, 1][..]));
        let counted: Vec<(usize, u32)> = sentence.grams.iter().map(|(n, _, count)| (*n, *count)).collect();
        assert_eq!(counted, [(1, 2), (1, 2), (2, 2), (2, 1), (3, 1), (3, 1), (4, 1)]);
        assert_eq!(grams(&[]), []);
    }

    #[test]
    fn a_space_that_is_not_to_break_divides_words_and_not_tokens() {
        let sentence = Words::default().sentence("1\u{a0}1/2 cups");
        assert_eq!((sentence.words, sentence.tokens.len()), (3, 2));
        let empty = Words::default().sentence("");
        assert_eq!((empty.words, empty.tokens.len()), (0, 1));
    }
}
