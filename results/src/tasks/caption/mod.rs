//! What is said of an image in a sentence, beside what people said: counted as the caption tools of COCO count it.
//!
//! Its file has a line an image, columns `seen` (whether the sentence is one of those that were learned from; empty where that is not
//! known) and `sentence`; the examples' file has a line a sentence of people's, `file` and `sentence`, those of an image together.
//! Values are a hundred times the tools', as papers print them.

pub mod english;
mod given;
mod known;
mod parse;
mod table;

use spec::metric::{Metric, MetricInfo, Unit};

use super::{Given, Table, Task, Text, score};
use crate::{Error, References};

pub(super) use parse::examples;
pub use table::{Captioned, Image};

/// BLEU by the longest n-grams that count, 1 to 4.
pub const BLEU: [Metric; 4] =
    [Metric::named("BLEU-1"), Metric::named("BLEU-2"), Metric::named("BLEU-3"), Metric::named("BLEU-4")];
/// METEOR 1.5 of all sentences together.
pub const METEOR: Metric = Metric::named("METEOR");
/// The mean of ROUGE-L.
pub const ROUGE_L: Metric = Metric::named("ROUGE-L");
/// The mean of what the caption tools call CIDEr, which is CIDEr-D by its own paper.
pub const CIDER: Metric = Metric::named("CIDEr");
/// The mean of CIDEr by section 3 of its paper, without stems: nothing is clipped, lengths do not matter.
pub const CIDER_PLAIN: Metric = Metric::named("CIDEr, unclipped");
/// Sentences that are word by word among those that were learned from, in percent.
pub const SEEN: Metric = Metric::named("sentences seen in training");

/// The task.
#[derive(Debug, Clone, Copy)]
pub struct Caption;

impl Task for Caption {
    fn id(&self) -> &'static str {
        "caption"
    }

    fn metrics(&self) -> &'static [MetricInfo] {
        const PERCENT: &[Unit] = &[Unit::Percent];
        const {
            &[
                score(BLEU[0], PERCENT),
                score(BLEU[1], PERCENT),
                score(BLEU[2], PERCENT),
                score(BLEU[3], PERCENT),
                score(METEOR, PERCENT),
                score(ROUGE_L, PERCENT),
                score(CIDER, PERCENT),
                score(CIDER_PLAIN, PERCENT),
                score(SEEN, PERCENT),
            ]
        }
    }

    fn read(&self, text: &Text<'_>) -> Result<Box<dyn Table>, Error> {
        let Some((path, bytes)) = text.examples else {
            return Err(text.wrong(1, "the record does not say what people said of the images"));
        };
        let mut images = parse::examples(path, bytes)?;
        parse::sentences(text, &mut images)?;
        Ok(Box::new(Captioned::new(images)))
    }

    fn import(&self, files: &[Given<'_>], references: &References) -> Result<Option<Box<dyn Table>>, Error> {
        Ok(given::read(files, references)?.map(|table| Box::new(table) as Box<dyn Table>))
    }

    fn imports(&self) -> &'static [&'static str] {
        &["COCO's JSON of captions (`image_id`, `caption`)"]
    }

    fn asked(&self) -> &'static [Metric] {
        const { &[BLEU[0], BLEU[1], BLEU[2], BLEU[3], METEOR, ROUGE_L, CIDER, CIDER_PLAIN] }
    }

    fn lacking(&self, metric: Metric) -> Option<String> {
        (metric == METEOR).then(|| english::tables().err().map(str::to_owned)).flatten()
    }
}
