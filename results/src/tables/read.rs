//! Cells of a frame of rows by column and index, as the types they have.
//!
//! Must not format.

use polars::prelude::{ChunkedArray, DataFrame, Float64Type, StringChunked, UInt64Type};
use spec::metric::{Metric, Unit};

use crate::Error;
use crate::error::refused;

/// The columns of a frame of rows.
pub(super) struct Reader<'a> {
    texts: Vec<(&'a str, &'a StringChunked)>,
    numbers: Vec<(&'a str, &'a ChunkedArray<Float64Type>)>,
    counts: Vec<(&'a str, &'a ChunkedArray<UInt64Type>)>,
}

impl<'a> Reader<'a> {
    /// Looks every column up once.
    pub(super) fn new(frame: &'a DataFrame) -> Result<Reader<'a>, Error> {
        let mut reader = Reader { texts: Vec::new(), numbers: Vec::new(), counts: Vec::new() };
        for column in frame.columns() {
            let name = column.name().as_str();
            if let Ok(texts) = column.str() {
                reader.texts.push((name, texts));
            } else if let Ok(numbers) = column.f64() {
                reader.numbers.push((name, numbers));
            } else {
                reader.counts.push((name, column.u64().map_err(refused)?));
            }
        }
        Ok(reader)
    }

    /// The text in that column and row.
    pub(super) fn text(&self, name: &str, row: usize) -> Option<&'a str> {
        self.texts.iter().find(|(known, _)| *known == name)?.1.get(row)
    }

    /// The number in that column and row.
    pub(super) fn number(&self, name: &str, row: usize) -> Option<f64> {
        self.numbers.iter().find(|(known, _)| *known == name)?.1.get(row)
    }

    /// The count in that column and row.
    pub(super) fn count(&self, name: &str, row: usize) -> Option<u64> {
        self.counts.iter().find(|(known, _)| *known == name)?.1.get(row)
    }

    /// The row's metric.
    pub(super) fn metric(&self, row: usize) -> Metric {
        let name = self.text("metric", row).unwrap_or_default();
        serde_json::from_value(name.into()).unwrap_or(Metric::named("unknown"))
    }

    /// The row's unit.
    pub(super) fn unit(&self, row: usize) -> Unit {
        let name = self.text("unit", row).unwrap_or_default();
        serde_json::from_value(name.into()).unwrap_or(Unit::Ratio)
    }
}
