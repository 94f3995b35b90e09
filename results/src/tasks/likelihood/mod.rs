//! A log-likelihood for each example, in nats: column `value`.

use spec::metric::{Metric, MetricInfo, Unit};

use super::values::Values;
use super::{Table, Task, Text, score};
use crate::Error;

/// Mean log-likelihood of test examples, in nats.
pub const LOG_LIKELIHOOD: Metric = Metric::named("log-likelihood");

/// The task.
#[derive(Debug, Clone, Copy)]
pub struct Likelihood;

impl Task for Likelihood {
    fn id(&self) -> &'static str {
        "likelihood"
    }

    fn metrics(&self) -> &'static [MetricInfo] {
        const { &[score(LOG_LIKELIHOOD, &[Unit::Nats])] }
    }

    fn read(&self, text: &Text<'_>) -> Result<Box<dyn Table>, Error> {
        Ok(Box::new(Values::read(text, LOG_LIKELIHOOD, Unit::Nats)?))
    }
}
