//! How far the changes of two pictures' features differ in sign when the same part of both is hidden: for each pair of
//! pictures the share of features, 0 to 1, column `value`.

use spec::metric::{Metric, MetricInfo, Unit};

use super::values::Values;
use super::{Table, Task, Text, score};
use crate::Error;

/// The mean over pairs.
pub const MEAN_SIGN_CHANGE: Metric = Metric::named("mean sign change");

/// The task.
#[derive(Debug, Clone, Copy)]
pub struct SignChange;

impl Task for SignChange {
    fn id(&self) -> &'static str {
        "sign-change"
    }

    fn metrics(&self) -> &'static [MetricInfo] {
        const { &[score(MEAN_SIGN_CHANGE, &[Unit::Ratio])] }
    }

    fn decimals(&self, metric: Metric) -> Option<usize> {
        (metric == MEAN_SIGN_CHANGE).then_some(3)
    }

    fn read(&self, text: &Text<'_>) -> Result<Box<dyn Table>, Error> {
        let values = Values::read(text, MEAN_SIGN_CHANGE, Unit::Ratio)?;
        match values.values.iter().position(|value| !(0.0..=1.0).contains(value)) {
            // The header is the first line.
            Some(place) => Err(text.wrong(place + 2, "a share of features is between 0 and 1")),
            None => Ok(Box::new(values)),
        }
    }
}
