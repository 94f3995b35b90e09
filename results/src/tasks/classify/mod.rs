//! One class of several for each example: right or wrong, at which rank, and how sure.
//!
//! Its file has columns `top1` to `topK` and, where they are known, `score1` to `scoreK` (see [`spec::outcomes::answers`]);
//! the examples' file has `class`, or `file,class`.

mod doubt;
mod format1;
mod given;
mod parse;
mod predicted;
mod table;
mod truth;

use spec::metric::{Metric, MetricInfo, Unit};

use super::{Given, Table, Task, Text, score};
use crate::{Error, References};

pub use parse::{Examples, answers, examples};
pub use table::{Answers, rank};
pub use truth::truth;

/// Mean confidence (the largest class probability) over all examples, in percent.
pub const MEAN_CONFIDENCE: Metric = Metric::named("mean confidence");
/// Mean confidence over the examples that were got wrong, in percent.
pub const CONFIDENCE_ON_MISTAKES: Metric = Metric::named("mean confidence on mistakes");

/// How many of the same examples got the same answer from two models, in percent.
pub const SAME_ANSWER: Metric = Metric::named("same answer");

/// The task.
#[derive(Debug, Clone, Copy)]
pub struct Classify;

impl Task for Classify {
    fn id(&self) -> &'static str {
        "classify"
    }

    fn metrics(&self) -> &'static [MetricInfo] {
        const {
            &[
                score(MEAN_CONFIDENCE, &[Unit::Percent]),
                score(CONFIDENCE_ON_MISTAKES, &[Unit::Percent]),
                score(SAME_ANSWER, &[Unit::Percent]),
            ]
        }
    }

    fn read(&self, text: &Text<'_>) -> Result<Box<dyn Table>, Error> {
        if let Some(table) = format1::read(text)? {
            return Ok(Box::new(table));
        }
        let Some((path, bytes)) = text.examples else {
            return Err(text.wrong(1, "the record does not say which classes the examples have"));
        };
        let examples = examples(path, bytes)?;
        let answers = answers(text, &examples.classes)?;
        Ok(Box::new(Answers::new(examples, answers)))
    }

    fn import(&self, files: &[Given<'_>], references: &References) -> Result<Option<Box<dyn Table>>, Error> {
        let &[Given { path, bytes }] = files else { return Ok(None) };
        Ok(predicted::read(path, bytes, references)?.map(|answers| Box::new(answers) as Box<dyn Table>))
    }

    fn imports(&self) -> &'static [&'static str] {
        predicted::KINDS
    }

    fn asked(&self) -> &'static [Metric] {
        &[Metric::TOP_1_ERROR, Metric::TOP_5_ERROR, MEAN_CONFIDENCE, CONFIDENCE_ON_MISTAKES]
    }
}
