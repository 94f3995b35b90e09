//! Rows as a polars frame.
//!
//! Must not format numbers: files keep every digit.

use polars::prelude::{Column, DataFrame};

use crate::Error;
use crate::error::refused;
use crate::row::Row;

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
        text("task", rows, |row| row.task.clone()),
        text("model", rows, |row| row.model.clone()),
        count("trainings", rows, |row| row.trainings),
        number("p", rows, |row| row.p),
        number("p_holm", rows, |row| row.p_holm),
    ];
    DataFrame::new(rows.len(), columns).map_err(refused)
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
