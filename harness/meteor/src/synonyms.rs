//! Synonyms of English words: the synsets of WordNet, as Meteor's tables give them.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::error::LoadError;
use crate::java;

/// The endings that a word may lose for its base form, in the order of trial, with what takes their place: WordNet's
/// rules of detachment for nouns, verbs and adjectives.
const DETACHMENTS: [(&str, &str); 20] = [
    ("s", ""),
    ("ses", "s"),
    ("xes", "x"),
    ("zes", "z"),
    ("ches", "ch"),
    ("shes", "sh"),
    ("men", "man"),
    ("ies", "y"),
    ("s", ""),
    ("ies", "y"),
    ("es", "e"),
    ("es", ""),
    ("ed", "e"),
    ("ed", ""),
    ("ing", "e"),
    ("ing", ""),
    ("er", ""),
    ("est", ""),
    ("er", "e"),
    ("est", "e"),
];

/// The synsets of each word, and the base forms of irregular ones.
#[derive(Debug)]
pub(crate) struct Synonyms {
    /// Base forms by inflected form: `wolves` to `wolf`.
    bases: HashMap<Box<str>, Vec<Box<str>>>,
    /// Where the synsets of a word lie in `synsets`.
    words: HashMap<Box<str>, Range<u32>>,
    /// Synset numbers, word by word.
    synsets: Vec<u32>,
}

impl Synonyms {
    /// Reads `english.exceptions` (a base form, then a line of its inflected forms) and `english.synsets` (a word, then
    /// a line of its synset numbers).
    pub(crate) fn read(exceptions: &str, synsets: &str) -> Result<Self, LoadError> {
        let mut read = Self { bases: HashMap::new(), words: HashMap::new(), synsets: Vec::new() };
        let mut known_bases = HashSet::new();
        for pair in Pairs::of("english.exceptions", exceptions) {
            let (_, base, inflected) = pair?;
            known_bases.insert(base);
            for form in java::tokens(inflected) {
                read.bases.entry(form.into()).or_default().push(base.into());
            }
        }
        for pair in Pairs::of("english.synsets", synsets) {
            let (line, word, numbers) = pair?;
            // No word of a text holds an underscore, as the normaliser sets it apart, so half the table is not needed;
            // but a base form may: `comics` is an irregular form of `comic_strip`.
            if word.contains('_') && !known_bases.contains(word) {
                continue;
            }
            let start = read.end()?;
            for number in java::tokens(numbers) {
                let number = number
                    .parse()
                    .map_err(|_| LoadError::line("english.synsets", line, "this is no list of synset numbers"))?;
                read.synsets.push(number);
            }
            let end = read.end()?;
            // Of a word given twice the last counts.
            read.words.insert(word.into(), start..end);
        }
        read.synsets.shrink_to_fit();
        Ok(read)
    }

    /// The end of the synset numbers so far.
    fn end(&self) -> Result<u32, LoadError> {
        u32::try_from(self.synsets.len()).map_err(|_| LoadError::line("english.synsets", 0, "the table is too large"))
    }

    /// The synsets of a word and of its base forms, in rising order.
    pub(crate) fn of(&self, word: &str) -> Vec<u32> {
        let mut found = self.listed(word).to_vec();
        if let Some(bases) = self.bases.get(word) {
            for base in bases {
                found.extend_from_slice(self.listed(base));
            }
        } else if let Some(base) = self.detached(word) {
            found.extend_from_slice(self.listed(&base));
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The synsets that the table lists under this very word.
    fn listed(&self, word: &str) -> &[u32] {
        self.words
            .get(word)
            .and_then(|range| self.synsets.get(range.start as usize..range.end as usize))
            .unwrap_or_default()
    }

    /// The first base form of a regular word that the table knows.
    fn detached(&self, word: &str) -> Option<String> {
        if word.ends_with("ss") || java::length(word) <= 2 {
            return None;
        }
        DETACHMENTS
            .iter()
            .filter_map(|(ending, by)| Some(format!("{}{by}", word.strip_suffix(ending)?)))
            .find(|base| self.words.contains_key(base.as_str()))
    }
}

/// The lines of a table, two by two, with the number of the second.
struct Pairs<'a> {
    table: &'static str,
    lines: std::str::Lines<'a>,
    line: u64,
}

impl<'a> Pairs<'a> {
    fn of(table: &'static str, text: &'a str) -> Self {
        Self { table, lines: text.lines(), line: 0 }
    }
}

impl<'a> Iterator for Pairs<'a> {
    type Item = Result<(u64, &'a str, &'a str), LoadError>;

    fn next(&mut self) -> Option<Self::Item> {
        let first = self.lines.next()?;
        self.line += 2;
        Some(match self.lines.next() {
            Some(second) => Ok((self.line, first, second)),
            None => Err(LoadError::line(self.table, self.line, "the line that belongs to the one before is missing")),
        })
    }
}
