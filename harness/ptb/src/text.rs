//! A text as the rules see it: one class for each UTF-16 unit.

use std::ops::Range;

use crate::classes::{ASTRAL, END_OF_TEXT, class};

/// What follows a text: a line feed, as if another line came, or nothing. The automaton tells of a match one character late, hence the
/// second character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Follows {
    /// More may come.
    Line,
    /// The program's input ends without a line feed.
    Nothing,
}

impl Follows {
    fn classes(self) -> [u8; END] {
        match self {
            Follows::Line => *b"\n\0",
            Follows::Nothing => [END_OF_TEXT, 0],
        }
    }
}

/// How many classes follow a text.
const END: usize = 2;

/// A text, its classes and where in it each of them stands.
pub(crate) struct Text<'t> {
    source: &'t str,
    /// The classes, and what follows the last.
    pub(crate) classes: Vec<u8>,
    /// Where each class begins and, at last, the text ends; None where they are the text's bytes.
    starts: Option<Vec<usize>>,
}

impl<'t> Text<'t> {
    /// Reads a text in which a line feed ends a line.
    pub(crate) fn new(text: &'t str, follows: Follows) -> Self {
        let mut classes = Vec::with_capacity(text.len() + END);
        if text.is_ascii() {
            classes.extend(text.bytes().map(|byte| class(char::from(byte))));
            classes.extend(follows.classes());
            return Self { source: text, classes, starts: None };
        }
        let mut starts = Vec::with_capacity(text.len() + 1);
        for (start, c) in text.char_indices() {
            let class = class(c);
            classes.push(class);
            starts.push(start);
            if class == ASTRAL {
                // The program counts such a character as two.
                classes.push(class);
                starts.push(start);
            }
        }
        starts.push(text.len());
        classes.extend(follows.classes());
        Self { source: text, classes, starts: Some(starts) }
    }

    /// How many classes the text itself has.
    pub(crate) fn len(&self) -> usize {
        self.classes.len() - END
    }

    /// A part of the text.
    pub(crate) fn part(&self, range: Range<usize>) -> &'t str {
        let place = |index: usize| match &self.starts {
            Some(starts) => starts.get(index).copied().unwrap_or(self.source.len()),
            None => index.min(self.source.len()),
        };
        self.source.get(place(range.start)..place(range.end)).unwrap_or_default()
    }
}
