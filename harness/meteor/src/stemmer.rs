//! The stemmer of English words: Porter2, as the Snowball project defines it.
//!
//! Written after the published description of the algorithm (Porter, "The English (Porter2) stemming algorithm",
//! snowballstem.org), in its state of about 2010, which the jar of METEOR 1.5 holds: the prefixes that move region 1
//! are `gener`, `commun` and `arsen`, and later additions such as `inter` or `univers` are absent.

mod stem;
mod steps;

use stem::Stem;

/// Whole words with a stem of their own; those with an equal stem stay as they are.
const EXCEPTIONS: [(&str, &str); 18] = [
    ("skis", "ski"),
    ("skies", "sky"),
    ("dying", "die"),
    ("lying", "lie"),
    ("tying", "tie"),
    ("idly", "idl"),
    ("gently", "gentl"),
    ("ugly", "ugli"),
    ("early", "earli"),
    ("only", "onli"),
    ("singly", "singl"),
    ("sky", "sky"),
    ("news", "news"),
    ("howe", "howe"),
    ("atlas", "atlas"),
    ("cosmos", "cosmos"),
    ("bias", "bias"),
    ("andes", "andes"),
];

/// Words that are complete once a plural `s` is off.
const COMPLETE: [&str; 8] = ["inning", "outing", "canning", "herring", "earring", "proceed", "exceed", "succeed"];

/// The stem of a word in lower case.
pub(crate) fn stem(word: &str) -> String {
    if let Some((_, stem)) = EXCEPTIONS.iter().find(|(exception, _)| *exception == word) {
        return (*stem).to_owned();
    }
    if crate::java::length(word) < 3 {
        return word.to_owned();
    }
    let mut stem = Stem::new(word);
    steps::plural(&mut stem);
    if !COMPLETE.iter().any(|complete| stem.is(complete)) {
        steps::past_and_gerund(&mut stem);
        steps::final_y(&mut stem);
        steps::double_suffixes(&mut stem);
        steps::adjectives(&mut stem);
        steps::single_suffixes(&mut stem);
        steps::final_e_and_l(&mut stem);
    }
    stem.into_word()
}

#[cfg(test)]
mod tests {
    use super::stem;

    /// Stems of the jar's stemmer; `tests/golden/golden.py` makes them.
    #[test]
    fn stems_are_those_of_the_official_program() {
        let golden: Vec<(String, String)> = serde_json::from_str(include_str!("../tests/golden/stems.json")).unwrap();
        for (word, expected) in golden {
            assert_eq!(stem(&word), expected, "of {word}");
        }
    }
}
