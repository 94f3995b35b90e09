//! The words that a model knows, by the rule of Karpathy and Fei-Fei 2015, section 4: lower case, nothing but letters and digits, and at
//! least so many occurrences.
//!
//! Must not be mistaken for the words that measures count: those are cut by the tokenizer.

use std::collections::HashMap;

/// What stands before the first word and behind the last: the one number for both, since neither is where the other can be.
pub const END: u32 = 0;

/// Words with their numbers, from 1; the more frequent ones first, of equally frequent ones the first by letters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Vocabulary {
    words: Vec<String>,
    numbers: HashMap<String, u32>,
}

/// The words of a sentence: in lower case, without anything that is no letter and no digit (`two-year-old` is one word, `'s` is `s`);
/// what nothing is left of is no word.
pub fn words(sentence: &str) -> impl Iterator<Item = String> + '_ {
    let kept = |word: &str| word.to_lowercase().chars().filter(|letter| letter.is_alphanumeric()).collect::<String>();
    sentence.split_whitespace().map(kept).filter(|word| !word.is_empty())
}

impl Vocabulary {
    /// The words that occur at least so often in those sentences.
    #[must_use]
    pub fn of<'a>(sentences: impl IntoIterator<Item = &'a str>, least: u64) -> Vocabulary {
        let mut counts: HashMap<String, u64> = HashMap::new();
        for word in sentences.into_iter().flat_map(words) {
            *counts.entry(word).or_default() += 1;
        }
        let mut kept: Vec<(String, u64)> = counts.into_iter().filter(|(_, count)| *count >= least).collect();
        kept.sort_by(|(one, of_one), (other, of_other)| of_other.cmp(of_one).then_with(|| one.cmp(other)));
        let words: Vec<String> = kept.into_iter().map(|(word, _)| word).collect();
        let numbers = words.iter().cloned().zip(1..).collect();
        Vocabulary { words, numbers }
    }

    /// How many words there are, with the end of a sentence, which the paper counts too.
    #[must_use]
    pub fn size(&self) -> usize {
        self.words.len() + 1
    }

    /// The numbers of a sentence's words; those that are not known are left out.
    #[must_use]
    pub fn numbers(&self, sentence: &str) -> Vec<u32> {
        words(sentence).filter_map(|word| self.numbers.get(&word).copied()).collect()
    }

    /// The word of that number; None for the end, and beyond the last.
    #[must_use]
    pub fn word(&self, number: u32) -> Option<&str> {
        self.words.get(number.checked_sub(1)? as usize).map(String::as_str)
    }

    /// Words as a sentence.
    #[must_use]
    pub fn sentence(&self, numbers: &[u32]) -> String {
        numbers.iter().filter_map(|number| self.word(*number)).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_letters_and_digits() {
        let of = |sentence: &str| words(sentence).collect::<Vec<String>>();
        assert_eq!(of("A two-year-old's  Ball , 5 !"), ["a", "twoyearolds", "ball", "5"]);
        assert_eq!(of("\u{feff}É\u{301}té\r\n😀 שלום"), ["été", "שלום"]);
        assert!(of("... -- !").is_empty() && of("").is_empty());
    }

    #[test]
    fn frequent_words_come_first_and_rare_ones_are_not_known() {
        let own = Vocabulary::of(["a dog", "A cat!", "a Dog and a bird"], 2);
        assert_eq!((own.size(), own.word(1), own.word(2), own.word(3)), (3, Some("a"), Some("dog"), None));
        assert_eq!(own.numbers("The dog, a cat"), [2, 1]);
        assert_eq!((own.sentence(&[2, 1]), own.word(END)), ("dog a".to_owned(), None));
        assert_eq!(Vocabulary::of([""], 1).size(), 1);
    }
}
