//! Which words a text has often enough to be learned. Its file has a line a word, columns `count` (how often it occurs) and `kept`; the
//! examples' file has `word`. The mark of a sentence's end is a word of the vocabulary too and has a line like any other.

use std::any::Any;
use std::collections::HashSet;

use polars::prelude::{Column, DataFrame};
use spec::metric::{Metric, MetricInfo, Unit};

use super::text::Lines;
use super::{Pairing, Score, Table, Task, Text, score};
use crate::Error;
use crate::error::refused;

/// Words that are kept.
pub const VOCABULARY: Metric = Metric::named("vocabulary");

/// The task.
#[derive(Debug, Clone, Copy)]
pub struct Vocabulary;

/// One word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// As it is written.
    pub word: String,
    /// How often it occurs.
    pub count: u64,
    /// Whether it is learned.
    pub kept: bool,
}

/// A whole file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// The words.
    pub words: Vec<Word>,
}

impl Task for Vocabulary {
    fn id(&self) -> &'static str {
        "vocabulary"
    }

    fn metrics(&self) -> &'static [MetricInfo] {
        const { &[score(VOCABULARY, &[Unit::Count])] }
    }

    fn decimals(&self, metric: Metric) -> Option<usize> {
        (metric == VOCABULARY).then_some(0)
    }

    fn read(&self, text: &Text<'_>) -> Result<Box<dyn Table>, Error> {
        let Some((path, bytes)) = text.examples else {
            return Err(text.wrong(1, "the record does not say which words there are"));
        };
        let mut words: Vec<Word> = Vec::new();
        let mut seen = HashSet::new();
        let lines = Lines::new(path, bytes)?;
        lines.expect(&["word"])?;
        lines.each(|fields| {
            let &[word] = fields else { return Err("not one field".to_owned()) };
            if word.is_empty() || !seen.insert(word.to_owned()) {
                return Err(format!("`{word}` is no word of its own"));
            }
            words.push(Word { word: word.to_owned(), count: 0, kept: false });
            Ok(())
        })?;
        let lines = text.lines()?;
        lines.expect(&["count,kept"])?;
        text.of_images(lines, &mut words, "counts", |word, fields| {
            let &[count, kept] = fields else { return Err("not two fields".to_owned()) };
            word.count = count.parse().map_err(|_| format!("`{count}` in `count` is no whole number"))?;
            word.kept = kept.parse().map_err(|_| format!("`{kept}` in `kept` is neither `true` nor `false`"))?;
            Ok(())
        })?;
        Ok(Box::new(Counted { words }))
    }
}

impl Table for Counted {
    fn len(&self) -> usize {
        self.words.len()
    }

    fn score(&self, metric: Metric) -> Option<Score> {
        let kept = self.words.iter().filter(|word| word.kept).count();
        (metric == VOCABULARY && kept > 0).then(|| Score::whole(metric, Unit::Count, self.len(), kept as f64))
    }

    fn paired(&self, _other: &dyn Table, _metric: Metric) -> Result<Option<Pairing>, String> {
        Ok(None)
    }

    /// `word`, `count`, `kept`.
    fn frame(&self) -> Result<DataFrame, Error> {
        let columns = vec![
            Column::new("word".into(), self.words.iter().map(|word| word.word.as_str()).collect::<Vec<&str>>()),
            Column::new("count".into(), self.words.iter().map(|word| word.count).collect::<Vec<u64>>()),
            Column::new("kept".into(), self.words.iter().map(|word| word.kept).collect::<Vec<bool>>()),
        ];
        DataFrame::new(self.len(), columns).map_err(refused)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
