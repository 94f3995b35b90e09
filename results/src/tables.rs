//! Tables: printed for a terminal, and written as CSV and JSON lines.
//!
//! Must not decide anything: rows come from [`crate::compare`]. The only place that uses polars.

mod frame;
mod terminal;

use std::path::{Path, PathBuf};

use polars::prelude::{CsvWriter, DataFrame, SerWriter};
use serde::Serialize;
use spec::record::Prediction;

use crate::Error;
use crate::files::write_atomically;
use crate::row::Row;
use crate::score::rank;

pub use frame::{frame, predictions_frame};
pub use terminal::{Style, print};

/// Writes `rows.csv` and `rows.jsonl` with every row into `folder`, which exists, and gives their paths.
///
/// # Errors
/// When the folder cannot be written.
pub fn write(rows: &[Row], folder: &Path) -> Result<[PathBuf; 2], Error> {
    let paths = [folder.join("rows.csv"), folder.join("rows.jsonl")];
    write_atomically(&paths[0], &csv(frame(rows)?)?)?;
    write_atomically(&paths[1], &json_lines(rows)?)?;
    Ok(paths)
}

/// Writes predictions as `predictions.csv` (`file`, `class`, `top1` to `top5`, `score1` to `score5`, `rank` of the
/// true class among the five, `right`) and `predictions.jsonl` (the same, `top` and `scores` as lists) into `folder`,
/// which exists, and gives their paths.
///
/// # Errors
/// When the folder cannot be written.
pub fn write_predictions(predictions: &[Prediction], folder: &Path) -> Result<[PathBuf; 2], Error> {
    let paths = [folder.join("predictions.csv"), folder.join("predictions.jsonl")];
    let lines: Vec<Line<'_>> = predictions.iter().map(Line::of).collect();
    write_atomically(&paths[0], &csv(predictions_frame(predictions)?)?)?;
    write_atomically(&paths[1], &json_lines(&lines)?)?;
    Ok(paths)
}

/// A line of `predictions.jsonl` as a table for people; the record itself has no rank.
#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    class: u32,
    top: &'a [u32],
    scores: &'a [f32],
    rank: Option<usize>,
    right: bool,
}

impl<'a> Line<'a> {
    fn of(prediction: &'a Prediction) -> Line<'a> {
        let Prediction { file, class, top, scores } = prediction;
        let rank = rank(prediction);
        Line { file, class: *class, top, scores, rank, right: rank == Some(1) }
    }
}

fn csv(mut frame: DataFrame) -> Result<Vec<u8>, Error> {
    let mut text = Vec::new();
    CsvWriter::new(&mut text).finish(&mut frame).map_err(refused)?;
    Ok(text)
}

fn json_lines<T: Serialize>(items: &[T]) -> Result<Vec<u8>, Error> {
    let mut text = Vec::new();
    for item in items {
        serde_json::to_writer(&mut text, item).map_err(std::io::Error::from)?;
        text.push(b'\n');
    }
    Ok(text)
}

fn refused(error: polars::prelude::PolarsError) -> Error {
    Error::Table(error.to_string())
}
