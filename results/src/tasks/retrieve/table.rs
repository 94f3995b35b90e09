//! Ranks of the right ones: shares within the first, and medians, with intervals over images.

use std::any::Any;

use polars::prelude::{Column, DataFrame};
use spec::metric::{Metric, Unit};

use super::{ANNOTATION, ANNOTATION_MEDIAN, SEARCH, SEARCH_MEDIAN, WITHIN};
use crate::Error;
use crate::error::refused;
use crate::tasks::{Pairing, Score, Table, same_images};

/// One image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// Its name.
    pub file: String,
    /// What people said of it.
    pub sentences: Vec<String>,
    /// The rank of the best of these among all sentences.
    pub annotation: u32,
    /// For each of these, the image's rank among all images.
    pub search: Vec<u32>,
}

/// A whole file, in the order of the examples.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranked {
    /// The images.
    pub images: Vec<Image>,
}

/// What a metric counts.
enum Counts {
    /// The share of ranks up to this.
    Within(u32),
    /// The median of ranks.
    Median,
}

impl Ranked {
    /// The ranks that a metric is about, image by image.
    fn ranks(&self, metric: Metric) -> Option<(Vec<&[u32]>, Counts)> {
        let within = |all: [Metric; 3]| Some(Counts::Within(WITHIN[all.iter().position(|one| *one == metric)?]));
        let annotation = within(ANNOTATION).or((metric == ANNOTATION_MEDIAN).then_some(Counts::Median));
        if let Some(counts) = annotation {
            return Some((self.images.iter().map(|image| std::slice::from_ref(&image.annotation)).collect(), counts));
        }
        let counts = within(SEARCH).or((metric == SEARCH_MEDIAN).then_some(Counts::Median))?;
        Some((self.images.iter().map(|image| image.search.as_slice()).collect(), counts))
    }

    /// What the ranks come to where each image counts so often.
    fn weighted(&self, metric: Metric, times: &[u32]) -> Option<f64> {
        let (ranks, counts) = self.ranks(metric)?;
        let each =
            || ranks.iter().zip(times).flat_map(|(own, times)| own.iter().map(move |rank| (*rank, u64::from(*times))));
        let all: u64 = each().map(|(_, times)| times).sum();
        if all == 0 {
            return None;
        }
        match counts {
            Counts::Within(last) => {
                let found: u64 = each().filter(|(rank, _)| *rank <= last).map(|(_, times)| times).sum();
                Some(100.0 * found as f64 / all as f64)
            }
            Counts::Median => {
                let mut sorted: Vec<(u32, u64)> = each().filter(|(_, times)| *times > 0).collect();
                sorted.sort_unstable();
                Some((at(&sorted, (all - 1) / 2)? + at(&sorted, all / 2)?) / 2.0)
            }
        }
    }

    fn is_median(metric: Metric) -> bool {
        [ANNOTATION_MEDIAN, SEARCH_MEDIAN].contains(&metric)
    }
}

/// The rank at that place of a sorted list, each rank so many times.
fn at(sorted: &[(u32, u64)], place: u64) -> Option<f64> {
    let mut before = 0;
    sorted.iter().find_map(|(rank, times)| {
        before += times;
        (place < before).then(|| f64::from(*rank))
    })
}

impl Table for Ranked {
    fn len(&self) -> usize {
        self.images.len()
    }

    fn score(&self, metric: Metric) -> Option<Score> {
        let unit = if Ranked::is_median(metric) { Unit::Count } else { Unit::Percent };
        Score::of_set(metric, unit, self.len(), |times| self.weighted(metric, times))
    }

    fn paired(&self, other: &dyn Table, metric: Metric) -> Result<Option<Pairing>, String> {
        let Some(other) = other.as_any().downcast_ref::<Ranked>() else {
            return Err("the one ranks images and sentences, the other does not".to_owned());
        };
        let is_same = |a: &Image, b: &Image| a.file == b.file && a.sentences == b.sentences;
        same_images(&self.images, &other.images, |image| &image.file, is_same)?;
        if Ranked::is_median(metric) {
            return Ok(None);
        }
        Ok(Pairing::of_sets(self.len(), |times| Some(self.weighted(metric, times)? - other.weighted(metric, times)?)))
    }

    /// `file`, `annotation`, `search`: the ranks, those of sentences with blanks between.
    fn frame(&self) -> Result<DataFrame, Error> {
        let files: Vec<&str> = self.images.iter().map(|image| image.file.as_str()).collect();
        let annotation: Vec<u32> = self.images.iter().map(|image| image.annotation).collect();
        let search =
            self.images.iter().map(|image| image.search.iter().map(u32::to_string).collect::<Vec<_>>().join(" "));
        let columns = vec![
            Column::new("file".into(), files),
            Column::new("annotation".into(), annotation),
            Column::new("search".into(), search.collect::<Vec<String>>()),
        ];
        DataFrame::new(self.len(), columns).map_err(refused)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranked(all: &[(u32, &[u32])]) -> Ranked {
        let of = |(place, (annotation, search)): (usize, &(u32, &[u32]))| Image {
            file: place.to_string(),
            sentences: vec!["a".to_owned(); search.len()],
            annotation: *annotation,
            search: search.to_vec(),
        };
        Ranked { images: all.iter().enumerate().map(of).collect() }
    }

    #[test]
    fn shares_and_medians() {
        let own = ranked(&[(1, &[1, 4]), (6, &[2, 3]), (11, &[4, 4])]);
        let value = |metric| own.score(metric).map(|score| score.value);
        assert_eq!(ANNOTATION.map(value), [Some(100.0 / 3.0), Some(100.0 / 3.0), Some(200.0 / 3.0)]);
        assert_eq!((value(ANNOTATION_MEDIAN), value(SEARCH_MEDIAN)), (Some(6.0), Some(3.5)));
        assert_eq!(SEARCH.map(value), [Some(100.0 / 6.0), Some(100.0), Some(100.0)]);
        assert_eq!(own.weighted(SEARCH_MEDIAN, &[2, 0, 1]), Some(4.0));
        assert_eq!((value(Metric::named("mAP")), ranked(&[]).score(ANNOTATION[0])), (None, None));
    }

    #[test]
    fn two_models_are_paired_image_by_image() {
        let one = ranked(&[(1, &[1]), (1, &[1]), (1, &[2])]);
        let other = ranked(&[(1, &[3]), (2, &[3]), (3, &[3])]);
        let paired = one.paired(&other, ANNOTATION[0]).unwrap().unwrap();
        assert!((paired.difference - 200.0 / 3.0).abs() < 1e-9, "{paired:?}");
        assert_eq!(one.paired(&other, ANNOTATION_MEDIAN).unwrap(), None);
        assert!(one.paired(&ranked(&[(1, &[1])]), ANNOTATION[0]).is_err());
    }
}
