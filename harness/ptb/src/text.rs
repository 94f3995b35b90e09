//! A text as the rules see it: one class for each UTF-16 unit.

use std::ops::Range;

use crate::classes::{ASTRAL, class};

/// A text, its classes and where in it each of them stands.
pub(crate) struct Text<'t> {
    source: &'t str,
    /// The classes. A line feed follows the last, as if another line came.
    pub(crate) classes: Vec<u8>,
    starts: Vec<usize>,
}

impl<'t> Text<'t> {
    /// Reads a text in which a line feed ends a line.
    pub(crate) fn new(text: &'t str) -> Self {
        let mut classes = Vec::with_capacity(text.len() + 2);
        let mut starts = Vec::with_capacity(text.len() + 2);
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
        // The automaton tells of a match one character late, hence the second character.
        classes.extend(*b"\n\0");
        Self { source: text, classes, starts }
    }

    /// How many classes the text itself has.
    pub(crate) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// A part of the text.
    pub(crate) fn part(&self, range: Range<usize>) -> &'t str {
        let start = self.starts.get(range.start).copied().unwrap_or(self.source.len());
        let end = self.starts.get(range.end).copied().unwrap_or(self.source.len());
        self.source.get(start..end).unwrap_or_default()
    }
}
