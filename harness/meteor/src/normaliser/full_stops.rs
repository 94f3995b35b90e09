//! Which full stops at the end of a word are set apart from it.

use std::collections::HashMap;

use super::characters::is_letter;
use crate::java;

/// When the full stop behind an abbreviation is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Keep {
    /// Always.
    Always,
    /// Before a number, as in `No. 5`.
    BeforeNumber,
}

/// Abbreviations that do not end a sentence, such as `Mr`; capitals count.
#[derive(Debug)]
pub(super) struct Prefixes {
    keep: HashMap<Box<str>, Keep>,
}

impl Prefixes {
    /// Reads a list of the form of `nonbreaking/english.prefixes`: one a line, `#` for a remark, `#NUMERIC_ONLY#`
    /// behind those that hold before a number only.
    pub(super) fn read(list: &str) -> Self {
        let mut keep = HashMap::new();
        for line in list.lines() {
            let mut tokens = java::tokens(line);
            let Some(prefix) = tokens.next().filter(|prefix| !prefix.starts_with('#')) else { continue };
            let numeric = tokens.any(|token| token == "#NUMERIC_ONLY#");
            keep.insert(prefix.into(), if numeric { Keep::BeforeNumber } else { Keep::Always });
        }
        Self { keep }
    }

    /// Sets the last full stop of each word apart where it ends a sentence. Every word is followed by a space.
    pub(super) fn separate_full_stops(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len() + 8);
        let mut tokens = java::tokens(text).peekable();
        while let Some(token) = tokens.next() {
            match token.strip_suffix('.').filter(|stem| !stem.is_empty()) {
                None => out.push_str(token),
                // An acronym: `u.s.` becomes `us`.
                Some(stem) if stem.contains('.') && stem.contains(is_letter) => {
                    out.extend(token.split('.'));
                }
                Some(stem) if self.keeps(stem, tokens.peek().copied()) => out.push_str(token),
                Some(stem) => {
                    out.push_str(stem);
                    out.push_str(" .");
                }
            }
            out.push(' ');
        }
        out
    }

    /// Whether `word` keeps the full stop behind it when `next` follows.
    fn keeps(&self, word: &str, next: Option<&str>) -> bool {
        let next = next.and_then(|next| next.chars().next());
        let before = |class: fn(&char) -> bool| next.as_ref().is_some_and(class);
        match self.keep.get(word) {
            Some(Keep::Always) => true,
            _ if before(char::is_ascii_lowercase) => true,
            Some(Keep::BeforeNumber) => before(char::is_ascii_digit),
            None => false,
        }
    }
}
