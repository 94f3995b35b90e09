//! A training curve: what was measured at which step, one table.
//!
//! Must not hold anything that differs between two runs of one seed: no times.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

/// Measured values by step. A value's name ends with its unit in brackets: `loss [nats]`, `test error [percent]`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    columns: Vec<String>,
    rows: Vec<(u64, Vec<Option<f64>>)>,
}

impl Curve {
    /// Adds a row; a name that was not there before becomes a column.
    pub fn add(&mut self, step: u64, values: &[(String, f64)]) {
        let mut row = vec![None; self.columns.len()];
        for (name, value) in values {
            let place = self.columns.iter().position(|column| column == name).unwrap_or_else(|| {
                self.columns.push(name.clone());
                row.push(None);
                self.columns.len() - 1
            });
            row[place] = Some(*value).filter(|value| value.is_finite());
        }
        self.rows.push((step, row));
    }

    /// The table as CSV: `step` and the columns, an empty field where nothing was measured.
    #[must_use]
    pub fn csv(&self) -> String {
        let mut text = "step".to_owned();
        for column in &self.columns {
            let _ = write!(text, ",{}", quoted(column));
        }
        text.push('\n');
        for (step, row) in &self.rows {
            let _ = write!(text, "{step}");
            for place in 0..self.columns.len() {
                text.push(',');
                if let Some(Some(value)) = row.get(place) {
                    let _ = write!(text, "{value}");
                }
            }
            text.push('\n');
        }
        text
    }
}

/// A field of a CSV file.
fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\n']) { format!("\"{}\"", field.replace('"', "\"\"")) } else { field.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_come_as_they_are_measured() {
        let mut curve = Curve::default();
        curve.add(0, &[("loss [nats]".to_owned(), 2.5)]);
        curve.add(10, &[("loss [nats]".to_owned(), f64::NAN), ("error, clean [percent]".to_owned(), 9.0)]);
        assert_eq!(curve.csv(), "step,loss [nats],\"error, clean [percent]\"\n0,2.5,\n10,,9\n");
    }
}
