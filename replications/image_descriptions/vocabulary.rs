//! Sentences as the paper reads them: in lower case, nothing but letters and digits, and only words that occur often enough in the
//! sentences that are learned from (section 4).
//!
//! Must not know images.

use std::collections::{BTreeMap, HashMap};

/// What stands before a sentence's first word, and what ends it: one number for both, of which the one is only read and the other only
/// written.
pub const END: i64 = 0;
/// How the end is written in lists of words.
pub const END_WORD: &str = "<end>";

/// The words of a sentence. What is no letter and no digit is left out and joins what stands beside it; a word of nothing else is none.
#[must_use]
pub fn cut(sentence: &str) -> Vec<String> {
    let word = |word: &str| word.to_lowercase().chars().filter(|letter| letter.is_alphanumeric()).collect::<String>();
    sentence.split_whitespace().map(word).filter(|word| !word.is_empty()).collect()
}

/// How often each word occurs, and how many sentences there are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// By word.
    pub words: BTreeMap<String, u64>,
    /// Sentences, each of which has an end.
    pub sentences: u64,
}

impl Counts {
    /// Counts the words of sentences.
    #[must_use]
    pub fn of<'a>(sentences: impl IntoIterator<Item = &'a str>) -> Counts {
        let mut counts = Counts::default();
        for sentence in sentences {
            counts.sentences += 1;
            for word in cut(sentence) {
                *counts.words.entry(word).or_default() += 1;
            }
        }
        counts
    }
}

/// The words that are learned, by number; [`END`] is 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vocabulary {
    /// The most frequent first, of equally frequent ones by the alphabet; without the end.
    words: Vec<String>,
    numbers: HashMap<String, i64>,
}

impl Vocabulary {
    /// The words that occur so often or more.
    ///
    /// # Errors
    /// There are none.
    pub fn of(counts: &Counts, least: u64) -> Result<Vocabulary, String> {
        let mut kept: Vec<(&String, u64)> =
            counts.words.iter().map(|(word, count)| (word, *count)).filter(|(_, count)| *count >= least).collect();
        if kept.is_empty() {
            return Err(format!(
                "no word occurs {least} times or more in the {} sentences that are learned from; give more sentences, or lower `least` in the recipe",
                counts.sentences
            ));
        }
        kept.sort_by(|(one, often), (other, less)| less.cmp(often).then(one.cmp(other)));
        let words: Vec<String> = kept.into_iter().map(|(word, _)| word.clone()).collect();
        let numbers = (1..).zip(&words).map(|(number, word)| (word.clone(), number)).collect();
        Ok(Vocabulary { words, numbers })
    }

    /// Words, the end among them.
    #[must_use]
    pub fn len(&self) -> usize {
        self.words.len() + 1
    }

    /// Never: there is always the end.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        false
    }

    /// Whether a word is learned.
    #[must_use]
    pub fn holds(&self, word: &str) -> bool {
        self.numbers.contains_key(word)
    }

    /// The numbers of a sentence's words; those that are not learned are left out.
    #[must_use]
    pub fn numbers(&self, sentence: &str) -> Vec<i64> {
        cut(sentence).iter().filter_map(|word| self.numbers.get(word).copied()).collect()
    }

    /// The word of that number; the end's own for one that there is not.
    #[must_use]
    pub fn word(&self, number: i64) -> &str {
        let place = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
        place.and_then(|place| self.words.get(place)).map_or(END_WORD, String::as_str)
    }

    /// Words with blanks between.
    #[must_use]
    pub fn sentence(&self, numbers: &[i64]) -> String {
        numbers.iter().map(|number| self.word(*number)).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_cut_by_the_papers_rule() {
        assert_eq!(
            cut("A well-dressed man's dog , in  the SNOW ."),
            ["a", "welldressed", "mans", "dog", "in", "the", "snow"]
        );
        assert_eq!(cut("\u{feff}two\r\n"), ["two"]);
        for nothing in ["", "  \n", "... !? -", "🐕 🦺"] {
            assert_eq!(cut(nothing), [""; 0], "{nothing:?}");
        }
        assert_eq!(cut("כלב שחור! 3 Ä"), ["כלב", "שחור", "3", "ä"]);
        assert_eq!(cut("A two-year-old's  É\u{301}té"), ["a", "twoyearolds", "été"]);
    }

    #[test]
    fn frequent_words_have_numbers_and_others_are_left_out() {
        let counts = Counts::of(["a dog and a cat", "the dog", "The dog.", ""]);
        assert_eq!((counts.sentences, counts.words["dog"]), (4, 3));
        let words = Vocabulary::of(&counts, 2).unwrap();
        assert_eq!((words.len(), words.word(1), words.word(2), words.word(3)), (4, "dog", "a", "the"));
        assert_eq!(words.numbers("The cat, a DOG"), [3, 2, 1]);
        assert_eq!(
            (words.sentence(&[3, 1]), words.word(END), words.word(9)),
            ("the dog".to_owned(), END_WORD, END_WORD)
        );
        let error = Vocabulary::of(&counts, 9).unwrap_err();
        assert!(error.contains("no word occurs 9 times or more in the 4 sentences"), "{error}");
    }
}
