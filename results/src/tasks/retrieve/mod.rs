//! Which sentence belongs to which image: ranks among all of a set, both ways. From an image to its sentences papers call it
//! annotation, from a sentence to its image search.
//!
//! Its file has a line an image, columns `annotation` (the rank of the best of its own sentences among all sentences of the set) and
//! `search` (for each of its own sentences the image's rank among all images, blanks between); ranks count from 1, and what scores as
//! high as the right one stands before it. The examples' file has `file` and `sentence`, as that of the task `caption`.

mod parse;
mod table;

use spec::metric::{Metric, MetricInfo, Unit};

use super::{Table, Task, Text, score};
use crate::Error;

pub use table::{Image, Ranked};

/// The ranks up to which a right one is found.
pub const WITHIN: [u32; 3] = [1, 5, 10];
/// Images one of whose own sentences is among the first 1, 5 and 10, in percent.
pub const ANNOTATION: [Metric; 3] =
    [Metric::named("annotation recall@1"), Metric::named("annotation recall@5"), Metric::named("annotation recall@10")];
/// The median over images of the rank of the best own sentence.
pub const ANNOTATION_MEDIAN: Metric = Metric::named("annotation median rank");
/// Sentences whose image is among the first 1, 5 and 10, in percent.
pub const SEARCH: [Metric; 3] =
    [Metric::named("search recall@1"), Metric::named("search recall@5"), Metric::named("search recall@10")];
/// The median over sentences of the rank of their image.
pub const SEARCH_MEDIAN: Metric = Metric::named("search median rank");

/// The task.
#[derive(Debug, Clone, Copy)]
pub struct Retrieve;

impl Task for Retrieve {
    fn id(&self) -> &'static str {
        "retrieve"
    }

    fn metrics(&self) -> &'static [MetricInfo] {
        const PERCENT: &[Unit] = &[Unit::Percent];
        const {
            &[
                score(ANNOTATION[0], PERCENT),
                score(ANNOTATION[1], PERCENT),
                score(ANNOTATION[2], PERCENT),
                score(ANNOTATION_MEDIAN, &[Unit::Count]),
                score(SEARCH[0], PERCENT),
                score(SEARCH[1], PERCENT),
                score(SEARCH[2], PERCENT),
                score(SEARCH_MEDIAN, &[Unit::Count]),
            ]
        }
    }

    fn decimals(&self, metric: Metric) -> Option<usize> {
        [ANNOTATION_MEDIAN, SEARCH_MEDIAN].contains(&metric).then_some(1)
    }

    fn read(&self, text: &Text<'_>) -> Result<Box<dyn Table>, Error> {
        let Some((path, bytes)) = text.examples else {
            return Err(text.wrong(1, "the record does not say what people said of the images"));
        };
        let mut images = parse::examples(path, bytes)?;
        parse::ranks(text, &mut images)?;
        Ok(Box::new(Ranked { images }))
    }
}
