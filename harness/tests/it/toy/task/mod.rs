//! How many things an example shows: the true count beside the one that was given.
//!
//! Its file has columns `true,given`.

use std::any::Any;

use polars::prelude::{Column, DataFrame};
use spec::metric::{Metric, MetricInfo, Unit};

use super::text::number;
use super::{Pairing, Score, Table, Task, Text, Wrong, score};
use crate::Error;
use crate::error::refused;
use crate::stats::mean;

/// Mean over examples of the distance between the given and the true count.
pub const MEAN_ABSOLUTE_ERROR: Metric = Metric::named("mean absolute error");

/// The task.
#[derive(Debug, Clone, Copy)]
pub struct Count;

impl Task for Count {
    fn id(&self) -> &'static str {
        "count"
    }

    fn metrics(&self) -> &'static [MetricInfo] {
        const { &[score(MEAN_ABSOLUTE_ERROR, &[Unit::Count])] }
    }

    fn read(&self, text: &Text<'_>) -> Result<Box<dyn Table>, Error> {
        let lines = text.lines()?;
        lines.expect(&["true,given"])?;
        let mut counts = Counts::default();
        lines.each(|fields| {
            let [truth, given] = fields else { return Err("a line has a true and a given count".to_owned()) };
            counts.truth.push(truth.parse().map_err(|_| format!("`{truth}` is not a count: 0, 1, 2 …"))?);
            counts.given.push(number(given)?);
            Ok(())
        })?;
        Ok(Box::new(counts))
    }
}

/// A whole file, in the order of the examples.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Counts {
    /// What there is to count.
    pub truth: Vec<u32>,
    /// What was counted.
    pub given: Vec<f64>,
}

impl Counts {
    /// How far each count is off.
    fn errors(&self) -> impl Iterator<Item = f64> {
        self.truth.iter().zip(&self.given).map(|(truth, given)| (given - f64::from(*truth)).abs())
    }
}

impl Table for Counts {
    fn len(&self) -> usize {
        self.truth.len()
    }

    fn score(&self, metric: Metric) -> Option<Score> {
        let errors: Vec<f64> = self.errors().collect();
        (metric == MEAN_ABSOLUTE_ERROR).then(|| mean(&errors))?.map(|mean| Score::mean(metric, mean, Unit::Count))
    }

    fn paired(&self, other: &dyn Table, metric: Metric) -> Result<Option<Pairing>, String> {
        let Some(other) = other.as_any().downcast_ref::<Counts>() else {
            return Err("the other one does not count".to_owned());
        };
        if self.truth != other.truth {
            return Err("the true counts are not the same".to_owned());
        }
        let pairs = self.errors().zip(other.errors());
        Ok((metric == MEAN_ABSOLUTE_ERROR).then(|| Pairing::of_values(pairs, Unit::Count)).flatten())
    }

    fn most_wrong(&self, limit: usize) -> Vec<Wrong> {
        let mut order: Vec<(usize, f64)> = self.errors().enumerate().filter(|(_, error)| *error >= 0.5).collect();
        order.sort_by(|(_, one), (_, other)| other.total_cmp(one));
        let wrong = |&(index, _): &(usize, f64)| Wrong {
            index,
            file: None,
            class: self.truth[index],
            given: self.given[index].round().clamp(0.0, f64::from(u32::MAX)) as u32,
            score: None,
        };
        order.iter().take(limit).map(wrong).collect()
    }

    fn frame(&self) -> Result<DataFrame, Error> {
        let truth = Column::new("true".into(), self.truth.as_slice());
        let given = Column::new("given".into(), self.given.as_slice());
        DataFrame::new(self.len(), vec![truth, given]).map_err(refused)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
