//! One number for each example, whose mean is the result: what several tasks' files are.
//!
//! Must not know what the number is.

use std::any::Any;

use polars::prelude::{Column, DataFrame};
use spec::metric::{Metric, Unit};

use super::text::number;
use super::{Pairing, Score, Table, Text};
use crate::Error;
use crate::error::refused;
use crate::stats::mean;

/// A whole file, in the order of the examples: column `value`.
#[derive(Debug, Clone, PartialEq)]
pub struct Values {
    metric: Metric,
    unit: Unit,
    /// The numbers.
    pub values: Vec<f64>,
}

impl Values {
    /// Reads the file.
    ///
    /// # Errors
    /// Another header, or a number that is none or not finite.
    pub fn read(text: &Text<'_>, metric: Metric, unit: Unit) -> Result<Values, Error> {
        let lines = text.lines()?;
        lines.expect(&["value"])?;
        let mut values = Vec::new();
        lines.each(|fields| {
            values.push(number(fields.first().copied().unwrap_or_default())?);
            Ok(())
        })?;
        Ok(Values { metric, unit, values })
    }
}

impl Table for Values {
    fn len(&self) -> usize {
        self.values.len()
    }

    fn score(&self, metric: Metric) -> Option<Score> {
        (metric == self.metric).then(|| mean(&self.values).map(|mean| Score::mean(metric, mean, self.unit))).flatten()
    }

    fn paired(&self, other: &dyn Table, metric: Metric) -> Result<Option<Pairing>, String> {
        let Some(other) = other.as_any().downcast_ref::<Values>().filter(|other| other.metric == self.metric) else {
            return Err("the two are not the same kind of number".to_owned());
        };
        if metric != self.metric {
            return Ok(None);
        }
        if self.len() != other.len() {
            return Err(format!("{} examples against {}", self.len(), other.len()));
        }
        let pairs = self.values.iter().copied().zip(other.values.iter().copied());
        Ok(Pairing::of_values(pairs, self.unit))
    }

    fn frame(&self) -> Result<DataFrame, Error> {
        DataFrame::new(self.len(), vec![Column::new("value".into(), self.values.as_slice())]).map_err(refused)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
