//! What is wrong with a text, and where.
//!
//! Must not decide what is wrong.

use std::fmt;

use super::node::Place;

/// The widest snippet line, in characters; a longer line is cut around the marked place.
const WIDTH: usize = 110;

/// Everything that is wrong with one file, in the order of its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadError {
    /// The file, as the caller named it.
    pub path: String,
    /// What is wrong with it; never empty.
    pub problems: Vec<Problem>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Line, from 1.
    pub line: u64,
    /// Column in characters, from 1.
    pub column: u64,
    /// What is wrong and what to do, in a sentence.
    pub message: String,
    /// The line of the file, cut where it is long; empty where the place is past the end.
    pub text: String,
    /// How many characters of `text` stand before the marked ones.
    pub before: usize,
    /// How many characters of `text` are marked, at least 1.
    pub marked: usize,
}

impl std::error::Error for LoadError {}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            let Problem { line, column, message, text, before, marked } = problem;
            writeln!(f, "{}:{line}:{column}: {message}", self.path)?;
            let gutter = line.to_string().len();
            writeln!(f, " {:gutter$} |", "")?;
            writeln!(f, " {line} | {text}")?;
            write!(f, " {:gutter$} | {:before$}{}", "", "", "^".repeat(*marked))?;
            if index + 1 < self.problems.len() {
                writeln!(f)?;
            }
        }
        Ok(())
    }
}

/// Gathers problems of one text.
pub(crate) struct Problems<'a> {
    lines: Vec<&'a str>,
    found: Vec<Problem>,
}

impl<'a> Problems<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { lines: text.lines().collect(), found: Vec::new() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Adds one problem at a place of the text.
    pub(crate) fn add(&mut self, place: Place, message: impl Into<String>) {
        let row = usize::try_from(place.line).unwrap_or(usize::MAX);
        let line = self.lines.get(row.saturating_sub(1)).copied().unwrap_or_default();
        let (text, before, marked) = snippet(line, &place);
        self.found.push(Problem {
            line: place.line,
            column: place.column,
            message: message.into(),
            text,
            before,
            marked,
        });
    }

    pub(crate) fn into_error(mut self, path: &str) -> LoadError {
        self.found.sort_by_key(|problem| (problem.line, problem.column));
        LoadError { path: path.to_owned(), problems: self.found }
    }
}

/// The part of the line to show, the characters before the mark and the length of the mark.
fn snippet(line: &str, place: &Place) -> (String, usize, usize) {
    // One column a character: a tab or another control character would move the marker.
    let line: Vec<char> = line.trim_end().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let at = usize::try_from(place.column).unwrap_or(usize::MAX).saturating_sub(1).min(line.len());
    let length = usize::try_from(place.length).unwrap_or(usize::MAX);
    let marked = length.min(line.len() - at).clamp(1, WIDTH / 2);
    if line.len() <= WIDTH {
        return (line.into_iter().collect(), at, marked);
    }
    let from = (at + marked).saturating_sub(WIDTH * 2 / 3).min(at);
    let to = (from + WIDTH).min(line.len());
    let mut text = String::new();
    let mut before = at - from;
    if from > 0 {
        text.push('…');
        before += 1;
    }
    text.extend(&line[from..to]);
    if to < line.len() {
        text.push('…');
    }
    (text, before, marked)
}
