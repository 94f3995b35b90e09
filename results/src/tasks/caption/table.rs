//! Sentences beside people's: what the measures come to, with intervals over images.

use std::any::Any;
use std::cell::LazyCell;
use std::sync::OnceLock;

use captions::{Bleu, Cider, Described, Words, cider, rouge_l};
use meteor::Statistics;
use polars::prelude::{Column, DataFrame};
use rayon::prelude::*;
use spec::metric::{Metric, Unit};

use super::{BLEU, CIDER, CIDER_PLAIN, METEOR, ROUGE_L, SEEN, english};
use crate::Error;
use crate::error::refused;
use crate::tasks::{Pairing, Score, Table, Written, same_images};

/// What needs nothing but the sentences.
const TOGETHER: [Metric; 7] = [BLEU[0], BLEU[1], BLEU[2], BLEU[3], ROUGE_L, CIDER, CIDER_PLAIN];

/// One image.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Image {
    /// Its name.
    pub file: String,
    /// What people said.
    pub references: Vec<String>,
    /// What the system says.
    pub sentence: String,
    /// Whether that is one of the sentences that were learned from, where it is known.
    pub seen: Option<bool>,
}

/// A whole file, in the order of the examples.
#[derive(Debug)]
pub struct Captioned {
    /// The images.
    pub images: Vec<Image>,
    /// What is counted of each. Made when it is asked for.
    counted: OnceLock<Counted>,
    /// What METEOR counts of each, where its tables are here.
    aligned: OnceLock<Option<Vec<Statistics>>>,
    /// What it comes to by what needs no tables.
    together: OnceLock<[Option<Score>; TOGETHER.len()]>,
}

/// What is counted of each image.
#[derive(Debug)]
struct Counted {
    /// The system's words and people's, with a space between two.
    texts: Vec<(String, Vec<String>)>,
    bleu: Vec<Bleu>,
    rouge: Vec<f64>,
    cider: Vec<f64>,
    plain: Vec<f64>,
}

impl Captioned {
    /// Those images.
    #[must_use]
    pub fn new(images: Vec<Image>) -> Captioned {
        Captioned { images, counted: OnceLock::new(), aligned: OnceLock::new(), together: OnceLock::new() }
    }

    fn counted(&self) -> &Counted {
        self.counted.get_or_init(|| {
            // As the tools do: all sentences of people's as one text, all of the system's as another.
            let people = self.images.iter().flat_map(|image| &image.references).map(String::as_str);
            let mut people = joined(ptb::corpus_words(people)).into_iter();
            let system = joined(ptb::corpus_words(self.images.iter().map(|image| image.sentence.as_str())));
            let texts: Vec<(String, Vec<String>)> = self
                .images
                .iter()
                .zip(system)
                .map(|(image, sentence)| (sentence, people.by_ref().take(image.references.len()).collect()))
                .collect();
            let mut words = Words::default();
            let set: Vec<Described> = texts
                .iter()
                .map(|(sentence, references)| words.described(sentence, references.iter().map(String::as_str)))
                .collect();
            let frequencies = Cider::of(&set);
            let ciders: Vec<[f64; 2]> = set.par_iter().map(|one| frequencies.scores(one, cider::Kind::ALL)).collect();
            let [cider, plain] = [0, 1].map(|kind| ciders.iter().map(|both| both[kind]).collect());
            Counted {
                bleu: set.iter().map(Bleu::of).collect(),
                rouge: set.par_iter().map(rouge_l).collect(),
                cider,
                plain,
                texts,
            }
        })
    }

    /// None where METEOR's tables are not here.
    fn aligned(&self) -> Option<&[Statistics]> {
        let align = || {
            let tables = english::tables().ok()?;
            let of = |(sentence, references): &(String, Vec<String>)| {
                meteor::statistics(tables, sentence, &references.iter().map(String::as_str).collect::<Vec<_>>())
            };
            Some(self.counted().texts.par_iter().map(of).collect())
        };
        self.aligned.get_or_init(align).as_deref()
    }

    /// What needs no tables, in the order of [`TOGETHER`]: all of the same draws.
    fn together(&self) -> &[Option<Score>; TOGETHER.len()] {
        self.together.get_or_init(|| {
            Score::all_of_set(TOGETHER, Unit::Percent, self.len(), |times| self.all_weighted(TOGETHER, times))
        })
    }

    /// What the sentences come to where each image counts so often; a hundred times the tools' value.
    fn weighted(&self, metric: Metric, times: &[u32]) -> Option<f64> {
        let [value] = self.all_weighted([metric], times);
        value
    }

    /// The same by several measures.
    fn all_weighted<const K: usize>(&self, metrics: [Metric; K], times: &[u32]) -> [Option<f64>; K] {
        // One sum for all lengths of n-grams.
        let bleu = LazyCell::new(|| self.counted().bleu(times));
        metrics.map(|metric| {
            let value = match metric {
                ROUGE_L => mean(&self.counted().rouge, times),
                CIDER => mean(&self.counted().cider, times),
                CIDER_PLAIN => mean(&self.counted().plain, times),
                METEOR => {
                    let all = self.aligned()?;
                    times.iter().any(|times| *times > 0).then(|| Statistics::sum_of(all, times).score())
                }
                SEEN => {
                    let seen: Option<Vec<f64>> =
                        self.images.iter().map(|image| Some(f64::from(u8::from(image.seen?)))).collect();
                    mean(&seen?, times)
                }
                _ => {
                    let longest = BLEU.iter().position(|one| *one == metric)?;
                    bleu.map(|scores| scores[longest])
                }
            };
            value.map(|value| 100.0 * value)
        })
    }
}

impl Counted {
    /// BLEU by its longest n-grams where each image counts so often; None of nothing.
    fn bleu(&self, times: &[u32]) -> Option<[f64; BLEU.len()]> {
        times.iter().any(|times| *times > 0).then(|| Bleu::sum(&self.bleu, times).scores())
    }
}

/// Words with a space between two.
fn joined(all: Vec<Vec<String>>) -> Vec<String> {
    all.into_iter().map(|words| words.join(" ")).collect()
}

/// The mean over images that count so often each; None of nothing.
fn mean(values: &[f64], times: &[u32]) -> Option<f64> {
    let count: u64 = times.iter().map(|times| u64::from(*times)).sum();
    let sum: f64 = values.iter().zip(times).map(|(value, times)| value * f64::from(*times)).sum();
    (count > 0).then(|| sum / count as f64)
}

impl Table for Captioned {
    fn len(&self) -> usize {
        self.images.len()
    }

    fn score(&self, metric: Metric) -> Option<Score> {
        if metric == SEEN {
            let seen: Option<Vec<bool>> = self.images.iter().map(|image| image.seen).collect();
            let (seen, n) = (seen?.into_iter().filter(|seen| *seen).count() as u64, self.len() as u64);
            return Score::share(metric, seen, n - seen, n).map(|score| Score { correct: None, ..score });
        }
        if let Some(place) = TOGETHER.iter().position(|one| *one == metric) {
            return self.together()[place];
        }
        Score::of_set(metric, Unit::Percent, self.len(), |times| self.weighted(metric, times))
    }

    fn paired(&self, other: &dyn Table, metric: Metric) -> Result<Option<Pairing>, String> {
        let Some(other) = other.as_any().downcast_ref::<Captioned>() else {
            return Err("the one describes images, the other does not".to_owned());
        };
        let is_same = |a: &Image, b: &Image| a.file == b.file && a.references == b.references;
        same_images(&self.images, &other.images, |image| &image.file, is_same)?;
        Ok(Pairing::of_sets(self.len(), |times| Some(self.weighted(metric, times)? - other.weighted(metric, times)?)))
    }

    /// `file`, `sentence`, `seen`, and of each image what is a mean over images: `ROUGE-L`, `CIDEr`.
    fn frame(&self) -> Result<DataFrame, Error> {
        let of = |read: fn(&Image) -> &str| self.images.iter().map(read).collect::<Vec<&str>>();
        let counted = self.counted();
        let columns = vec![
            Column::new("file".into(), of(|image| &image.file)),
            Column::new("sentence".into(), of(|image| &image.sentence)),
            Column::new("seen".into(), self.images.iter().map(|image| image.seen).collect::<Vec<_>>()),
            Column::new(ROUGE_L.name().into(), counted.rouge.as_slice()),
            Column::new(CIDER.name().into(), counted.cider.as_slice()),
        ];
        DataFrame::new(self.len(), columns).map_err(refused)
    }

    fn write(&self) -> Option<Written> {
        let people = self.images.iter().map(|image| (image.file.as_str(), image.references.as_slice()));
        let system = self.images.iter().map(|image| (image.seen, image.sentence.as_str()));
        Some(Written {
            examples: Some(spec::outcomes::described_examples(people)),
            outcomes: spec::outcomes::captioned(system),
        })
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
