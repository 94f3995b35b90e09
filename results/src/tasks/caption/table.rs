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

/// Those of them that are means over images.
const MEANS: [Metric; 3] = [ROUGE_L, CIDER, CIDER_PLAIN];

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
    /// Whether METEOR's tables are looked for while words are counted.
    with_tables: bool,
    /// What is counted of each. Made when it is asked for.
    counted: OnceLock<Counted>,
    /// What METEOR counts of each, where its tables are here.
    aligned: OnceLock<Option<Vec<Statistics>>>,
    /// Whether each sentence was learned from, where that is known of all.
    seen: OnceLock<Option<Vec<[f64; 1]>>>,
    /// What it comes to by what needs no tables.
    together: OnceLock<[Option<Score>; TOGETHER.len()]>,
}

/// What is counted of each image.
#[derive(Debug)]
struct Counted {
    /// The system's words and people's, with a space between two.
    texts: Vec<(String, Vec<String>)>,
    bleu: Vec<Bleu>,
    /// What is counted as a mean over images: by the metrics of [`MEANS`].
    means: Vec<[f64; MEANS.len()]>,
}

impl Captioned {
    /// Those images.
    #[must_use]
    pub fn new(images: Vec<Image>) -> Captioned {
        Captioned {
            images,
            with_tables: false,
            counted: OnceLock::new(),
            aligned: OnceLock::new(),
            seen: OnceLock::new(),
            together: OnceLock::new(),
        }
    }

    /// The same where METEOR will be asked for: its tables are read while words are counted.
    #[must_use]
    pub(super) fn with_tables(self) -> Captioned {
        Captioned { with_tables: true, ..self }
    }

    fn counted(&self) -> &Counted {
        self.counted.get_or_init(|| {
            // As the tools do: all sentences of people's as one text, all of the system's as another.
            let people = self.images.iter().flat_map(|image| &image.references).map(String::as_str);
            let mut people = ptb::corpus_sentences(people).into_iter();
            let system = ptb::corpus_sentences(self.images.iter().map(|image| image.sentence.as_str()));
            let texts: Vec<(String, Vec<String>)> = self
                .images
                .iter()
                .zip(system)
                .map(|(image, sentence)| (sentence, people.by_ref().take(image.references.len()).collect()))
                .collect();
            if self.with_tables {
                // Cutting took every core, and numbering takes one. Whoever asks waits for the tables and hears of what went wrong.
                std::thread::spawn(|| english::tables().is_ok());
            }
            let mut words = Words::default();
            let set: Vec<Described> = texts
                .iter()
                .map(|(sentence, references)| words.described(sentence, references.iter().map(String::as_str)))
                .collect();
            let frequencies = Cider::of(&set);
            let means = |one: &Described| {
                let [cider, plain] = frequencies.scores(one, cider::Kind::ALL);
                [rouge_l(one), cider, plain]
            };
            let (bleu, means) = set.par_iter().map(|one| (Bleu::of(one), means(one))).unzip();
            Counted { bleu, means, texts }
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

    /// For each image 1 where its sentence was learned from, else 0; None where that is not known of all.
    fn seen(&self) -> Option<&[[f64; 1]]> {
        let of = |image: &Image| Some([f64::from(u8::from(image.seen?))]);
        self.seen.get_or_init(|| self.images.iter().map(of).collect()).as_deref()
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
        // One sum for all lengths of n-grams, and one for all means.
        let bleu = LazyCell::new(|| self.counted().bleu(times));
        let means = LazyCell::new(|| mean(&self.counted().means, times));
        metrics.map(|metric| {
            let value = match metric {
                METEOR => {
                    let all = self.aligned()?;
                    times.iter().any(|times| *times > 0).then(|| Statistics::sum_of(all, times).score())
                }
                SEEN => mean(self.seen()?, times).map(|[share]| share),
                _ => match MEANS.iter().position(|one| *one == metric) {
                    Some(place) => means.map(|means| means[place]),
                    None => {
                        let longest = BLEU.iter().position(|one| *one == metric)?;
                        bleu.map(|scores| scores[longest])
                    }
                },
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

/// The means over images that count so often each; None of nothing.
fn mean<const K: usize>(values: &[[f64; K]], times: &[u32]) -> Option<[f64; K]> {
    let count: u64 = times.iter().map(|times| u64::from(*times)).sum();
    let mut sums = [0.0; K];
    for (values, times) in values.iter().zip(times) {
        for (sum, value) in sums.iter_mut().zip(values) {
            *sum += value * f64::from(*times);
        }
    }
    (count > 0).then(|| sums.map(|sum| sum / count as f64))
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
        let mean = |place: usize| {
            let values: Vec<f64> = self.counted().means.iter().map(|means| means[place]).collect();
            Column::new(MEANS[place].name().into(), values)
        };
        let columns = vec![
            Column::new("file".into(), of(|image| &image.file)),
            Column::new("sentence".into(), of(|image| &image.sentence)),
            Column::new("seen".into(), self.images.iter().map(|image| image.seen).collect::<Vec<_>>()),
            mean(0),
            mean(1),
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
