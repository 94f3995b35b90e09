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
    ///
    /// # Errors
    /// The name of a value that is not finite: a curve with a hole would hide that training went wrong.
    pub fn add(&mut self, step: u64, values: &[(String, f64)]) -> Result<(), String> {
        if let Some((name, _)) = values.iter().find(|(_, value)| !value.is_finite()) {
            return Err(name.clone());
        }
        let mut row = vec![None; self.columns.len()];
        for (name, value) in values {
            let column = self.columns.iter().position(|known| known == name).unwrap_or_else(|| {
                self.columns.push(name.clone());
                row.push(None);
                self.columns.len() - 1
            });
            row[column] = Some(*value);
        }
        self.rows.push((step, row));
        Ok(())
    }

    /// The table as CSV: `step` and the columns, an empty field where nothing was measured.
    #[must_use]
    pub fn csv(&self) -> String {
        let mut text = "step".to_owned();
        for column in &self.columns {
            let _ = write!(text, ",{}", spec::outcomes::field(column));
        }
        text.push('\n');
        for (step, row) in &self.rows {
            let _ = write!(text, "{step}");
            for column in 0..self.columns.len() {
                text.push(',');
                if let Some(Some(value)) = row.get(column) {
                    let _ = write!(text, "{value}");
                }
            }
            text.push('\n');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_come_as_they_are_measured() {
        let mut curve = Curve::default();
        curve.add(0, &[("loss [nats]".to_owned(), 2.5)]).unwrap();
        curve.add(10, &[("error, clean [percent]".to_owned(), 9.0)]).unwrap();
        assert_eq!(curve.add(20, &[("loss [nats]".to_owned(), f64::NAN)]).unwrap_err(), "loss [nats]");
        assert_eq!(curve.csv(), "step,loss [nats],\"error, clean [percent]\"\n0,2.5,\n10,,9\n");
    }
}
