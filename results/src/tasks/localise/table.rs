//! Guesses beside the true boxes: right or wrong, and by how much.

use std::any::Any;

use base::boxes::Bounds;
use polars::prelude::{Column, DataFrame};
use spec::metric::{Metric, Unit};

use super::{GUESSES, LOCALISATION_ERROR, MEAN_OVERLAP, OVERLAP};
use crate::Error;
use crate::error::refused;
use crate::stats::mean;
use crate::tasks::{Pairing, Score, Table, same_images};

/// One image, what is on it and what was said to be.
#[derive(Debug, Clone, PartialEq)]
pub struct Image {
    /// Its name.
    pub file: String,
    /// The class of its objects.
    pub class: u32,
    /// Where they are.
    pub boxes: Vec<Bounds>,
    /// Classes with their boxes, the best first.
    pub guesses: Vec<(u32, Bounds)>,
}

impl Image {
    /// The largest intersection over union of a guess of the right class, among the first five, with a true box.
    #[must_use]
    pub fn overlap(&self) -> f64 {
        let right = self.guesses.iter().take(GUESSES).filter(|(class, _)| *class == self.class);
        let overlaps = right.flat_map(|(_, guess)| self.boxes.iter().map(|own| own.iou(guess)));
        overlaps.fold(0.0, f64::max)
    }

    /// Whether one of the first five guesses is right.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.overlap() > OVERLAP
    }
}

/// A whole file, in the order of the examples.
#[derive(Debug, Clone, PartialEq)]
pub struct Located {
    /// The images.
    pub images: Vec<Image>,
}

impl Located {
    fn overlaps(&self) -> Vec<f64> {
        self.images.iter().map(Image::overlap).collect()
    }
}

impl Table for Located {
    fn len(&self) -> usize {
        self.images.len()
    }

    fn score(&self, metric: Metric) -> Option<Score> {
        let n = self.images.len() as u64;
        let right = self.images.iter().filter(|image| image.is_right()).count() as u64;
        match metric {
            LOCALISATION_ERROR => Score::share(metric, n - right, right, n),
            MEAN_OVERLAP => mean(&self.overlaps()).map(|mean| Score::mean(metric, mean, Unit::Ratio)),
            _ => None,
        }
    }

    fn paired(&self, other: &dyn Table, metric: Metric) -> Result<Option<Pairing>, String> {
        let Some(other) = other.as_any().downcast_ref::<Located>() else {
            return Err("the one says where things are, the other does not".to_owned());
        };
        let is_same = |a: &Image, b: &Image| a.file == b.file && a.class == b.class && a.boxes == b.boxes;
        same_images(&self.images, &other.images, |image| &image.file, is_same)?;
        let pairs = self.images.iter().zip(&other.images);
        Ok(match metric {
            LOCALISATION_ERROR => Some(Pairing::of_mistakes(pairs.map(|(a, b)| (!a.is_right(), !b.is_right())))),
            MEAN_OVERLAP => {
                let values = self.overlaps().into_iter().zip(other.overlaps());
                Pairing::of_values(values, Unit::Ratio)
            }
            _ => None,
        })
    }

    /// `file`, `class`, `boxes`, `class1`, `box1` …, `overlap`, `right`.
    fn frame(&self) -> Result<DataFrame, Error> {
        let of = |read: fn(&Image) -> String| self.images.iter().map(read).collect::<Vec<String>>();
        let kept = self.images.iter().map(|image| image.guesses.len()).max().unwrap_or(0);
        let classes: Vec<u32> = self.images.iter().map(|image| image.class).collect();
        let mut columns = vec![
            Column::new("file".into(), of(|image| image.file.clone())),
            Column::new("class".into(), classes),
            Column::new("boxes".into(), of(|image| boxes(&image.boxes))),
        ];
        for place in 0..kept {
            let guess = |image: &Image| image.guesses.get(place).copied();
            let classes: Vec<Option<u32>> = self.images.iter().map(|image| guess(image).map(|one| one.0)).collect();
            let boxes = self.images.iter().map(|image| guess(image).map(|one| boxes(&[one.1])));
            columns.push(Column::new(format!("class{}", place + 1).into(), classes));
            columns.push(Column::new(format!("box{}", place + 1).into(), boxes.collect::<Vec<_>>()));
        }
        columns.push(Column::new("overlap".into(), self.overlaps()));
        columns.push(Column::new("right".into(), self.images.iter().map(Image::is_right).collect::<Vec<_>>()));
        DataFrame::new(self.len(), columns).map_err(refused)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn boxes(all: &[Bounds]) -> String {
    spec::outcomes::boxes(&all.iter().map(Bounds::edges).collect::<Vec<_>>())
}
