//! Answers to inputs that were made or changed to mislead: whether two networks say the same, whether any class is given to
//! no object at all, and how large a change had to be. What a network answers to changed inputs that have a class is the
//! task `classify`.
//!
//! Its files: `other,given` for agreement, `given,confidence` for inputs without an object, `value` for the size
//! of a change.

mod answers;

use spec::metric::{Metric, MetricInfo, Unit};

use super::values::Values;
use super::{Table, Task, Text, score};
use crate::Error;

pub use answers::{Answers, Kind};

/// Share of images on which two networks give the same answer, in percent; the condition says on which.
pub const AGREEMENT: Metric = Metric::named("agreement");
/// Share of inputs without any object that get a class with a probability above one half, in percent.
pub const RUBBISH_ERROR: Metric = Metric::named("rubbish error");
/// Mean over images of the root of the mean squared change of a pixel (pixels 0 to 1).
pub const MEAN_DISTORTION: Metric = Metric::named("mean distortion");

/// The task.
#[derive(Debug, Clone, Copy)]
pub struct Attack;

impl Task for Attack {
    fn id(&self) -> &'static str {
        "attack"
    }

    fn metrics(&self) -> &'static [MetricInfo] {
        const {
            &[
                score(AGREEMENT, &[Unit::Percent]),
                score(RUBBISH_ERROR, &[Unit::Percent]),
                score(MEAN_DISTORTION, &[Unit::Ratio]),
            ]
        }
    }

    fn decimals(&self, metric: Metric) -> Option<usize> {
        // Pixels are 0 to 1, and papers print three decimals of their changes.
        (metric == MEAN_DISTORTION).then_some(4)
    }

    fn read(&self, text: &Text<'_>) -> Result<Box<dyn Table>, Error> {
        match text.file.metrics.first() {
            Some(&AGREEMENT) => Ok(Box::new(Answers::read(text, Kind::Agreement)?)),
            Some(&RUBBISH_ERROR) => Ok(Box::new(Answers::read(text, Kind::NoObject)?)),
            Some(&MEAN_DISTORTION) => Ok(Box::new(Values::read(text, MEAN_DISTORTION, Unit::Ratio)?)),
            other => {
                let asked = other.map_or("nothing", |metric| metric.name());
                Err(text.wrong(1, format!("the task `attack` is asked for {asked}, which it does not measure")))
            }
        }
    }
}
