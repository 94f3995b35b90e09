//! Where the object of an image is: boxes with their classes, right by ILSVRC's rule. An image is right when one of its first
//! five guesses has the right class and shares more than half of their common area with a true box.
//!
//! Its file has columns `class1` to `classK` and `box1` to `boxK`, the best guess first; the examples' file has `file`, `class`
//! and `boxes` (see [`spec::outcomes::located`]). Boxes are by their edges, which is the same as first and last pixels that are
//! both inside.

mod parse;
mod table;

use spec::metric::{Metric, MetricInfo, Unit};

use super::{Table, Task, Text, score};
use crate::Error;

pub use table::{Image, Located};

/// Images without a right guess among the first five, in percent.
pub const LOCALISATION_ERROR: Metric = Metric::named("localisation error");
/// The mean over images of the largest intersection over union of a guess of the right class, among the first five, with a true
/// box; 0 where there is none.
pub const MEAN_OVERLAP: Metric = Metric::named("mean overlap");

/// So many guesses count.
pub const GUESSES: usize = 5;
/// A guess is right whose intersection over union with a true box is more than this.
pub const OVERLAP: f64 = 0.5;

/// The task.
#[derive(Debug, Clone, Copy)]
pub struct Localise;

impl Task for Localise {
    fn id(&self) -> &'static str {
        "localise"
    }

    fn metrics(&self) -> &'static [MetricInfo] {
        const { &[score(LOCALISATION_ERROR, &[Unit::Percent]), score(MEAN_OVERLAP, &[Unit::Ratio])] }
    }

    fn decimals(&self, metric: Metric) -> Option<usize> {
        (metric == MEAN_OVERLAP).then_some(3)
    }

    fn read(&self, text: &Text<'_>) -> Result<Box<dyn Table>, Error> {
        let Some((path, bytes)) = text.examples else {
            return Err(text.wrong(1, "the record does not say where the examples' objects are"));
        };
        let mut images = parse::examples(path, bytes)?;
        parse::guesses(text, &mut images)?;
        Ok(Box::new(Located { images }))
    }
}
