//! Rows and predictions as polars frames.
//!
//! Must not format numbers: files keep every digit.

use polars::prelude::{Column, DataFrame};
use spec::record::Prediction;

use super::refused;
use crate::Error;
use crate::row::Row;
use crate::score::rank;

/// The rows as a table of the fields of [`Row`], one column each, in that order. Absent values are null.
///
/// # Errors
/// When polars refuses, which no input is known to cause.
pub fn frame(rows: &[Row]) -> Result<DataFrame, Error> {
    let columns = vec![
        text("id", rows, |row| Some(row.id.clone())),
        text("network", rows, |row| Some(row.network.clone())),
        text("metric", rows, |row| Some(row.metric.to_string())),
        number("value", rows, |row| row.value),
        text("unit", rows, |row| Some(row.unit.to_string())),
        count("n", rows, |row| row.n),
        count("correct", rows, |row| row.correct),
        number("low", rows, |row| row.low),
        number("high", rows, |row| row.high),
        text("data", rows, |row| row.data.clone()),
        text("protocol", rows, |row| row.protocol.clone()),
        text("claim", rows, |row| row.claim.clone()),
        number("published", rows, |row| row.published),
        text("source", rows, |row| row.source.clone()),
        text("verdict", rows, |row| row.verdict.map(|verdict| verdict.to_string())),
        text("reason", rows, |row| row.reason.clone()),
        text("mark", rows, |row| row.mark.map(|mark| mark.to_string())),
        text("claim_data", rows, |row| row.claim_data.clone()),
        text("claim_protocol", rows, |row| row.claim_protocol.clone()),
        text("variant", rows, |row| row.variant.clone()),
        text("run", rows, |row| row.run.clone()),
        text("precision", rows, |row| row.precision.clone()),
    ];
    DataFrame::new(rows.len(), columns).map_err(refused)
}

/// Predictions as a table: `file`, `class`, `top1` to `top5`, `score1` to `score5`, `rank` of the true class among
/// the five, `right`.
///
/// # Errors
/// As [`frame`].
pub fn predictions_frame(predictions: &[Prediction]) -> Result<DataFrame, Error> {
    let files: Vec<&str> = predictions.iter().map(|p| p.file.as_str()).collect();
    let mut columns = vec![Column::new("file".into(), files), column("class", predictions, |p| Some(p.class))];
    for place in 0..5 {
        let top: Vec<Option<u32>> = predictions.iter().map(|p| p.top.get(place).copied()).collect();
        columns.push(Column::new(format!("top{}", place + 1).into(), top));
    }
    for place in 0..5 {
        let scores: Vec<Option<f32>> = predictions.iter().map(|p| p.scores.get(place).copied()).collect();
        columns.push(Column::new(format!("score{}", place + 1).into(), scores));
    }
    columns.push(column("rank", predictions, |p| rank(p).and_then(|rank| u32::try_from(rank).ok())));
    let right: Vec<bool> = predictions.iter().map(|p| rank(p) == Some(1)).collect();
    columns.push(Column::new("right".into(), right));
    DataFrame::new(predictions.len(), columns).map_err(refused)
}

fn text(name: &str, rows: &[Row], get: impl Fn(&Row) -> Option<String>) -> Column {
    Column::new(name.into(), rows.iter().map(get).collect::<Vec<_>>())
}

fn number(name: &str, rows: &[Row], get: impl Fn(&Row) -> Option<f64>) -> Column {
    Column::new(name.into(), rows.iter().map(get).collect::<Vec<_>>())
}

fn count(name: &str, rows: &[Row], get: impl Fn(&Row) -> Option<u64>) -> Column {
    Column::new(name.into(), rows.iter().map(get).collect::<Vec<_>>())
}

fn column(name: &str, predictions: &[Prediction], get: impl Fn(&Prediction) -> Option<u32>) -> Column {
    Column::new(name.into(), predictions.iter().map(get).collect::<Vec<_>>())
}
