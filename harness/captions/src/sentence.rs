//! Sentences as numbers of words, which measures compare faster than letters.
//!
//! Must not cut a caption into words: that is the tokenizer's work.

use std::borrow::Cow;
use std::ops::Range;

use foldhash::HashMap;

/// The longest n-grams that are counted.
pub(crate) const LONGEST: usize = 4;

/// An n-gram of two words or more: the number of what stands before its last word, and that word's below it. One number is hashed
/// faster than two.
type Gram = u64;

/// Words and n-grams by number, as they are met. Sentences are compared only with others of the same.
#[derive(Debug, Clone, Default)]
pub struct Words {
    numbers: HashMap<String, u32>,
    grams: HashMap<Gram, u32>,
}

impl Words {
    /// The number that comes next: a word is an n-gram too.
    fn next(&self) -> u32 {
        (self.numbers.len() + self.grams.len()) as u32
    }

    /// The number of a word.
    fn number(&mut self, word: &str) -> u32 {
        if let Some(number) = self.numbers.get(word) {
            return *number;
        }
        let number = self.next();
        self.numbers.insert(word.to_owned(), number);
        number
    }

    /// A sentence whose tokens are divided by single spaces.
    pub fn sentence(&mut self, text: &str) -> Sentence {
        let mut tokens = Vec::with_capacity(text.len() / 4 + 1);
        tokens.extend(text.split(' ').map(|token| self.number(token)));
        // The tools take whatever Python calls white space for a division where they count n-grams: the space within a token,
        // which is not to break (`1 1/2`), divides two words there, and none in a longest common subsequence.
        let is_word = |token: &str| !token.is_empty() && !token.contains(char::is_whitespace);
        let words: Cow<'_, [u32]> = if text.split(' ').all(is_word) {
            Cow::Borrowed(&tokens)
        } else {
            Cow::Owned(text.split_whitespace().map(|word| self.number(word)).collect())
        };
        let (grams, of_length) = self.grams(&words);
        Sentence { words: words.len(), grams, of_length, tokens }
    }

    /// How often each n-gram of 1 to 4 words occurs, the shorter ones first; and where those of each length lie.
    fn grams(&mut self, words: &[u32]) -> (Vec<Times>, [Range<usize>; LONGEST]) {
        let mut all: Vec<Times> = Vec::with_capacity(words.len() * LONGEST);
        // Of the n-grams of a length the numbers, by their first word.
        let mut numbers = words.to_vec();
        let mut sorted = Vec::with_capacity(words.len());
        let of_length = std::array::from_fn(|shorter| {
            if shorter > 0 {
                numbers.truncate(words.len().saturating_sub(shorter));
                for (number, last) in numbers.iter_mut().zip(words.iter().skip(shorter)) {
                    let next = self.next();
                    *number = *self.grams.entry(Gram::from(*number) << u32::BITS | Gram::from(*last)).or_insert(next);
                }
            }
            sorted.clone_from(&numbers);
            sorted.sort_unstable();
            let begin = all.len();
            let same = sorted.chunk_by(|one, other| one == other);
            all.extend(same.filter_map(|same| Some(Times { gram: *same.first()?, times: same.len() as u32 })));
            begin..all.len()
        });
        (all, of_length)
    }

    /// An image with what is said of it, all of it divided by single spaces.
    pub fn described<'a>(&mut self, candidate: &str, references: impl IntoIterator<Item = &'a str>) -> Described {
        Described {
            candidate: self.sentence(candidate),
            references: references.into_iter().map(|reference| self.sentence(reference)).collect(),
        }
    }
}

/// How often a sentence has an n-gram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Times {
    /// The n-gram's number.
    pub(crate) gram: u32,
    /// At least 1.
    pub(crate) times: u32,
}

/// A sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// Its words.
    pub(crate) words: usize,
    /// Their n-grams, the shorter ones first, those of a length by number.
    grams: Vec<Times>,
    of_length: [Range<usize>; LONGEST],
    /// Its tokens, among which ROUGE-L looks; the tools give an empty sentence one empty token.
    pub(crate) tokens: Vec<u32>,
}

impl Sentence {
    /// All its n-grams.
    pub(crate) fn grams(&self) -> &[Times] {
        &self.grams
    }

    /// How often an n-gram of that many words, but for one, occurs.
    pub(crate) fn times(&self, shorter: usize, gram: u32) -> u32 {
        let own = self.by_length()[shorter];
        let place = own.binary_search_by_key(&gram, |one| one.gram);
        place.ok().and_then(|place| own.get(place)).map_or(0, |one| one.times)
    }

    /// Its n-grams by their length, each by number.
    pub(crate) fn by_length(&self) -> [&[Times]; LONGEST] {
        std::array::from_fn(|shorter| self.grams.get(self.of_length[shorter].clone()).unwrap_or_default())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grams_are_counted() {
        let mut words = Words::default();
        let sentence = words.sentence("a b a b");
        assert_eq!((sentence.words, &sentence.tokens[..]), (4, &[0, 1, 0, 1][..]));
        let counted = sentence.by_length().map(|all| all.iter().map(|one| one.times).collect::<Vec<u32>>());
        assert_eq!(counted, [vec![2, 2], vec![2, 1], vec![1, 1], vec![1]]);
        assert_eq!(words.sentence("").grams(), []);
        // The same n-gram has the same number in another sentence.
        let other = words.sentence("b a c b a");
        let there = |n: usize| sentence.by_length()[n].iter().map(|one| other.times(n, one.gram)).collect::<Vec<u32>>();
        assert_eq!([there(0), there(1), there(2)], [vec![2, 2], vec![0, 2], vec![0, 0]]);
    }

    #[test]
    fn a_space_that_is_not_to_break_divides_words_and_not_tokens() {
        let sentence = Words::default().sentence("1\u{a0}1/2 cups");
        assert_eq!((sentence.words, sentence.tokens.len()), (3, 2));
        let empty = Words::default().sentence("");
        assert_eq!((empty.words, empty.tokens.len()), (0, 1));
    }
}
