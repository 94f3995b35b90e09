//! Meteor's own tokenisation of English text: what the option `-norm` does before lower-casing.
//!
//! The steps follow the Moses tokeniser: punctuation is set apart, contractions are cut before their apostrophe,
//! hyphens between letters become spaces, and a full stop stays with an abbreviation. Each step is one pass from left
//! to right that never looks at a character twice, as `Matcher.replaceAll` works; that is why `a-b-c` becomes `a b-c`.

mod characters;
mod full_stops;
mod passes;

use crate::java;
use characters::{is_alphanumeric, is_digit, is_letter, is_space, is_white};
use full_stops::Prefixes;
use passes::{between, dots_to_words, each, words_to_dots};

/// The normaliser of English text.
#[derive(Debug)]
pub(crate) struct Normaliser {
    prefixes: Prefixes,
}

impl Normaliser {
    /// A normaliser with the list of abbreviations that keep their full stop.
    pub(crate) fn new(prefixes: &str) -> Self {
        Self { prefixes: Prefixes::read(prefixes) }
    }

    /// Tokenises a line and puts it in lower case; the words are then separated by spaces.
    ///
    /// Lower case comes last: the rules for full stops see the capitals.
    pub(crate) fn normalise(&self, line: &str) -> String {
        let mut text = format!(" {line} ");
        text = each(
            text,
            |character| !is_kept_in_place(character),
            |out, character| {
                out.push(' ');
                out.push(character);
                out.push(' ');
            },
        );
        text = dots_to_words(text);

        text = between(text, |left| !is_digit(left), ',', |right| !is_digit(right), " , ");
        text = between(text, is_digit, ',', |right| !is_digit(right), " , ");
        text = between(text, |left| !is_digit(left), ',', is_digit, " , ");

        text = each(text, |character| matches!(character, '`' | '‘' | '’'), |out, _| out.push('\''));
        text = replace(text, "“", " \" ");
        text = replace(text, "”", " \" ");
        text = replace(text, "''", " \" ");
        text = replace(text, "–", "-");
        text = replace(text, "--", "-");
        text = between(text, |left| is_alphanumeric(left) || left == '.', '-', is_alphanumeric, " ");

        text = between(text, |left| !is_letter(left), '\'', |right| !is_letter(right), " ' ");
        text = between(text, |left| !is_letter(left) && !is_digit(left), '\'', is_letter, " ' ");
        text = between(text, is_letter, '\'', |right| !is_letter(right), " ' ");
        text = between(text, is_letter, '\'', is_letter, " '");
        text = between(text, is_digit, '\'', |right| right == 's', " '");

        text = words_to_dots(self.prefixes.separate_full_stops(&text));
        java::trim(&each(text, is_white, |out, _| {
            if !out.ends_with(' ') {
                out.push(' ');
            }
        }))
        .to_lowercase()
    }
}

/// Whether the first pass leaves the character where it is; every other one becomes a word of its own.
fn is_kept_in_place(character: char) -> bool {
    is_alphanumeric(character) || is_space(character) || matches!(character, '.' | '\'' | '`' | ',' | '-' | '‘' | '’')
}

/// Replaces one text by another, without a copy where it does not occur.
fn replace(text: String, from: &str, to: &str) -> String {
    if text.contains(from) { text.replace(from, to) } else { text }
}
