//! Reads the paraphrase table as a stream, so that its text of 270 MB is never in memory.

use std::collections::HashMap;
use std::io::{BufRead, ErrorKind};
use std::ops::Range;

use super::{Node, Paraphrases, ROOT, UNKNOWN, WordId};
use crate::error::LoadError;

/// Reads a table: three lines a pair, of probability, source phrase and target phrase; `name` is for errors.
pub(crate) fn read(name: &str, text: impl BufRead) -> Result<Paraphrases, LoadError> {
    let mut reading = Reading::default();
    let lines = for_each_line(name, text, |line| reading.take(line))?;
    if reading.expected != Part::Probability {
        return Err(LoadError::line(name, lines, "the table ends within a pair"));
    }
    let mut table = reading.table;
    table.words.shrink_to_fit();
    table.edges.shrink_to_fit();
    table.sources.shrink_to_fit();
    table.targets.shrink_to_fit();
    Ok(table)
}

/// Gives each line, without its end, to `take`, and counts them; what `take` complains of becomes an error of the line.
fn for_each_line(
    name: &str,
    mut text: impl BufRead,
    mut take: impl FnMut(&[u8]) -> Result<(), &'static str>,
) -> Result<u64, LoadError> {
    let mut lines = 0;
    // The beginning of a line whose end is in the next block.
    let mut begun = Vec::new();
    loop {
        let block = match text.fill_buf() {
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            block => block.map_err(|source| LoadError::Read { table: name.to_owned(), line: lines, source })?,
        };
        let read = block.len();
        let mut rest = block;
        while let Some(end) = memchr::memchr(b'\n', rest) {
            let (line, after) = (&rest[..end], &rest[end + 1..]);
            lines += 1;
            let taken = if begun.is_empty() {
                take(line)
            } else {
                begun.extend_from_slice(line);
                take(&begun)
            };
            taken.map_err(|problem| LoadError::line(name, lines, problem))?;
            begun.clear();
            rest = after;
        }
        begun.extend_from_slice(rest);
        text.consume(read);
        if read == 0 {
            break;
        }
    }
    if !begun.is_empty() {
        lines += 1;
        take(&begun).map_err(|problem| LoadError::line(name, lines, problem))?;
    }
    Ok(lines)
}

/// What a line is to a pair.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Part {
    #[default]
    Probability,
    Source,
    Target,
}

/// A table that is being read.
#[derive(Debug, Default)]
struct Reading {
    table: Paraphrases,
    expected: Part,
    /// The source phrase of the pairs being read, and its node; the root before the first.
    source: Vec<u8>,
    node: Node,
    /// The words of a phrase; kept for its memory only.
    ids: Vec<WordId>,
}

impl Reading {
    /// Takes the next line.
    fn take(&mut self, line: &[u8]) -> Result<(), &'static str> {
        match self.expected {
            Part::Probability => self.expected = Part::Source,
            Part::Source => {
                if self.node == ROOT || self.source != line {
                    self.look_up(line)?;
                    self.start_source()?;
                    self.source.clear();
                    self.source.extend_from_slice(line);
                }
                self.expected = Part::Target;
            }
            Part::Target => {
                self.look_up(line)?;
                self.add_target()?;
                self.expected = Part::Probability;
            }
        }
        Ok(())
    }

    /// Finds the numbers of the words of a phrase; new words get the next one.
    fn look_up(&mut self, phrase: &[u8]) -> Result<(), &'static str> {
        let words = &mut self.table.words;
        self.ids.clear();
        for word in phrase.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()) {
            let id = if let Some(id) = words.get(word) {
                *id
            } else {
                let next = WordId::try_from(words.len()).ok().filter(|id| *id != UNKNOWN);
                let next = next.ok_or("the table has more than 65,535 different words")?;
                words.insert(word.into(), next);
                next
            };
            self.ids.push(id);
        }
        if self.ids.is_empty() { Err("the phrase has no words") } else { Ok(()) }
    }

    /// Makes the node of a new source phrase, whose targets start at the end of those so far.
    fn start_source(&mut self) -> Result<(), &'static str> {
        let sources = &mut self.table.sources;
        self.node = ROOT;
        for id in &self.ids {
            let next = Node::try_from(sources.len()).map_err(|_| "the table is too large")?;
            self.node = *self.table.edges.entry((self.node, *id)).or_insert(next);
            if self.node == next {
                sources.push(0..0);
            }
        }
        let start = u32::try_from(self.table.targets.len()).map_err(|_| "the table is too large")?;
        match sources.get_mut(self.node as usize) {
            Some(range) if range.start == range.end => *range = start..start,
            _ => return Err("the pairs of one source phrase do not follow each other"),
        }
        Ok(())
    }

    /// Adds a target of the source phrase.
    fn add_target(&mut self) -> Result<(), &'static str> {
        let targets = &mut self.table.targets;
        targets.push(WordId::try_from(self.ids.len()).map_err(|_| "the phrase is too long")?);
        targets.extend_from_slice(&self.ids);
        let end = u32::try_from(targets.len()).map_err(|_| "the table is too large")?;
        if let Some(range) = self.table.sources.get_mut(self.node as usize) {
            range.end = end;
        }
        Ok(())
    }
}

impl Default for Paraphrases {
    fn default() -> Self {
        Self {
            words: HashMap::default(),
            edges: HashMap::default(),
            sources: vec![Range::default()],
            targets: Vec::new(),
        }
    }
}
