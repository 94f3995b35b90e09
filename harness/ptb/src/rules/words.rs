//! Words.

use super::{
    Ahead, Print, Rule,
    parts::{clitic_compound, company, compound, hyphenated, words},
};

/// Words that are two tokens: `can not`, `gon na`, `'t is`.
pub(super) fn split() -> Vec<Rule> {
    let first = |pattern: &str, second: usize| Rule::looking(pattern, Ahead::Chars(second), Print::Plain);
    vec![
        first("(?i:cannot)", 3),
        first("(?i:gonna|gotta|lemme|gimme|wanna)", 2),
        first("'(?i:tis)", 2),
        first("'(?i:twas)", 3),
    ]
}

pub(super) fn rules() -> Vec<Rule> {
    let (words, compound, clitic_compound) = (words(), compound(), clitic_compound());
    let (hyphenated, company) = (hyphenated(), company());
    vec![
        Rule::new(compound.as_str(), Print::Plain),
        Rule::new(words.as_str(), Print::Word),
        // With another mark after it, any word keeps its full stop.
        Rule::looking(
            format!(r"(?:{words}|{compound}|{clitic_compound}|{hyphenated}|{company})\.[,:;\x96]"),
            Ahead::Chars(1),
            Print::Word,
        ),
        // Names of programming languages.
        Rule::new(r"[cC]\+\+|[cCfF]#", Print::Plain),
    ]
}
