//! A word while it is being stemmed, with the regions that its suffixes are looked for in.

/// Beginnings behind which region 1 starts, whatever their vowels say.
const REGION_1_AFTER: [&str; 3] = ["gener", "commun", "arsen"];

/// A word being cut down. `Y` in it is a `y` that acts as a consonant.
#[derive(Debug)]
pub(super) struct Stem {
    letters: Vec<char>,
    /// Where region 1 starts: behind the first consonant that follows a vowel. In letters, fixed from the start on.
    region_1: usize,
    /// Where region 2 starts: likewise, within region 1.
    region_2: usize,
}

/// Whether the letter counts as a vowel.
pub(super) fn is_vowel(letter: char) -> bool {
    matches!(letter, 'a' | 'e' | 'i' | 'o' | 'u' | 'y')
}

impl Stem {
    /// Takes a word: an apostrophe in front goes, and each `y` at the start or behind a vowel is marked as a consonant.
    pub(super) fn new(word: &str) -> Self {
        let mut letters: Vec<char> = word.strip_prefix('\'').unwrap_or(word).chars().collect();
        let mut after_vowel = true;
        for letter in &mut letters {
            if *letter == 'y' && after_vowel {
                *letter = 'Y';
            }
            after_vowel = is_vowel(*letter);
        }
        let region_1 = REGION_1_AFTER
            .iter()
            .find(|start| starts_with(&letters, start))
            .map_or_else(|| region_from(&letters, 0), |start| start.len());
        let region_2 = region_from(&letters, region_1);
        Self { letters, region_1, region_2 }
    }

    /// The word as it is now.
    pub(super) fn into_word(self) -> String {
        self.letters.into_iter().map(|letter| if letter == 'Y' { 'y' } else { letter }).collect()
    }

    /// Whether this is the whole word.
    pub(super) fn is(&self, word: &str) -> bool {
        self.letters.len() == word.len() && self.ends_with(word)
    }

    /// Whether the word ends so; `suffix` is of ASCII.
    pub(super) fn ends_with(&self, suffix: &str) -> bool {
        let mut letters = self.letters.iter().rev();
        suffix.chars().rev().all(|letter| letters.next() == Some(&letter))
    }

    /// The letters before the last `count`.
    pub(super) fn before(&self, count: usize) -> &[char] {
        self.letters.get(..self.letters.len().saturating_sub(count)).unwrap_or_default()
    }

    /// Replaces the last `count` letters.
    pub(super) fn replace(&mut self, count: usize, by: &str) {
        self.letters.truncate(self.letters.len().saturating_sub(count));
        self.letters.extend(by.chars());
    }

    /// Whether the last `count` letters lie in region 1.
    pub(super) fn in_region_1(&self, count: usize) -> bool {
        self.letters.len() >= self.region_1 + count
    }

    /// Whether the last `count` letters lie in region 2.
    pub(super) fn in_region_2(&self, count: usize) -> bool {
        self.letters.len() >= self.region_2 + count
    }

    /// Whether the word is short: it ends in a short syllable, and region 1 is empty.
    pub(super) fn is_short(&self) -> bool {
        self.letters.len() == self.region_1 && ends_in_short_syllable(&self.letters)
    }
}

/// Whether the letters end in a short syllable: consonant, vowel, and a consonant other than `w`, `x` and `Y`; or they
/// are just a vowel and a consonant.
pub(super) fn ends_in_short_syllable(letters: &[char]) -> bool {
    match letters {
        [vowel, consonant] => is_vowel(*vowel) && !is_vowel(*consonant),
        [.., first, vowel, last] => {
            !is_vowel(*first) && is_vowel(*vowel) && !is_vowel(*last) && !matches!(last, 'w' | 'x' | 'Y')
        }
        _ => false,
    }
}

/// Whether any of the letters is a vowel.
pub(super) fn has_vowel(letters: &[char]) -> bool {
    letters.iter().copied().any(is_vowel)
}

/// Behind the first consonant that follows a vowel, looking from `start` on; the length where there is none.
fn region_from(letters: &[char], start: usize) -> usize {
    let mut after_vowel = false;
    for (index, letter) in letters.iter().enumerate().skip(start) {
        let vowel = is_vowel(*letter);
        if after_vowel && !vowel {
            return index + 1;
        }
        after_vowel = vowel;
    }
    letters.len()
}

/// Whether the letters start with a text of ASCII.
fn starts_with(letters: &[char], start: &str) -> bool {
    letters.len() >= start.len() && letters.iter().copied().zip(start.chars()).all(|(ours, theirs)| ours == theirs)
}
