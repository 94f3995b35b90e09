//! Detections beside the objects that are there: what both rules come to, with intervals over images.

use std::any::Any;
use std::collections::BTreeSet;
use std::sync::OnceLock;

use polars::prelude::{Column, DataFrame};
use spec::metric::{Metric, Unit};

use super::coco::{MOST, Matched, OVERLAPS, OfClass, Size};
use super::voc::{Average, Ranked};
use super::{COCO, Image, MAP, MAP_AREA};
use crate::Error;
use crate::error::refused;
use crate::tasks::{Pairing, Score, Table, Written, same_images};

/// A whole file, in the order of the examples.
#[derive(Debug)]
pub struct Detected {
    /// The images.
    pub images: Vec<Image>,
    /// The classes' names, where they are known.
    pub class_names: Vec<String>,
    /// Of each class, as VOC counts. Made when it is asked for.
    ranked: OnceLock<Vec<(u32, Ranked)>>,
    /// Of each class, as COCO counts, by sizes of objects.
    matched: OnceLock<[Vec<Matched>; 4]>,
}

impl Detected {
    /// Detections on those images.
    #[must_use]
    pub fn new(images: Vec<Image>, class_names: Vec<String>) -> Detected {
        Detected { images, class_names, ranked: OnceLock::new(), matched: OnceLock::new() }
    }

    /// The classes that objects or detections are of, in order.
    #[must_use]
    pub fn classes(&self) -> Vec<u32> {
        let objects = self.images.iter().flat_map(|image| &image.objects).map(|object| object.class);
        let detections = self.images.iter().flat_map(|image| &image.detections).map(|one| one.class);
        let all: BTreeSet<u32> = objects.chain(detections).collect();
        all.into_iter().collect()
    }

    /// Each class with its detections as VOC ranks them.
    pub fn ranked(&self) -> &[(u32, Ranked)] {
        let of = |class: u32| (class, Ranked::of(&self.images, class));
        self.ranked.get_or_init(|| self.classes().into_iter().map(of).collect())
    }

    /// Each class as COCO matches it, by [`Size::ALL`].
    fn matched(&self) -> &[Vec<Matched>; 4] {
        self.matched.get_or_init(|| {
            let classes = OfClass::all(&self.images);
            Size::ALL.map(|size| classes.iter().map(|class| Matched::of(class, size)).collect())
        })
    }

    /// VOC's mean over the classes of which there is something to find, in percent.
    fn voc(&self, average: Average, weights: Option<&[u32]>) -> Option<f64> {
        mean(self.ranked().iter().filter_map(|(_, ranked)| ranked.average(average, weights)))
    }

    /// What the detections come to by that metric, in percent, without an interval; None for a metric of another task, or where
    /// there is nothing to find.
    #[must_use]
    pub fn value(&self, metric: Metric) -> Option<f64> {
        self.weighted(metric, None)
    }

    /// The same where each image counts so often.
    fn weighted(&self, metric: Metric, weights: Option<&[u32]>) -> Option<f64> {
        match metric {
            MAP => self.voc(Average::ElevenPoints, weights),
            MAP_AREA => self.voc(Average::Area, weights),
            _ => match COCO.iter().position(|one| *one == metric)? {
                // Small, medium and large ones come after all of them.
                number @ (3..=5 | 9..) => coco(number, &self.matched()[1 + number % 3], weights),
                number => coco(number, &self.matched()[0], weights),
            },
        }
    }
}

/// The number of COCO's twelve, in percent.
fn coco(number: usize, matched: &[Matched], weights: Option<&[u32]>) -> Option<f64> {
    let (overlaps, most) = match number {
        1 => (0..1, MOST[2]),
        2 => (5..6, MOST[2]),
        6 | 7 => (0..OVERLAPS, MOST[number - 6]),
        _ => (0..OVERLAPS, MOST[2]),
    };
    let averages =
        |matched| overlaps.clone().filter_map(move |overlap| Matched::average(matched, overlap, most, weights));
    let all = matched.iter().flat_map(averages);
    mean(all.map(|(precision, reached)| if number >= 6 { reached } else { precision }))
}

/// Whether an interval is made: drawing images a thousand times takes that long only for what a detector is known by.
fn has_interval(metric: Metric) -> bool {
    [MAP, MAP_AREA, COCO[0]].contains(&metric)
}

/// The mean in percent; None of nothing.
fn mean(shares: impl Iterator<Item = f64>) -> Option<f64> {
    let (mut sum, mut count) = (0.0, 0_u32);
    for share in shares {
        sum += share;
        count += 1;
    }
    (count > 0).then(|| 100.0 * sum / f64::from(count))
}

impl Table for Detected {
    fn len(&self) -> usize {
        self.images.len()
    }

    fn score(&self, metric: Metric) -> Option<Score> {
        if has_interval(metric) {
            return Score::of_set(metric, Unit::Percent, self.images.len(), |weights| {
                self.weighted(metric, Some(weights))
            });
        }
        let value = self.value(metric)?;
        Some(Score::whole(metric, Unit::Percent, self.images.len(), value))
    }

    fn paired(&self, other: &dyn Table, metric: Metric) -> Result<Option<Pairing>, String> {
        let Some(other) = other.as_any().downcast_ref::<Detected>() else {
            return Err("the one detects, the other does not".to_owned());
        };
        let is_same = |a: &Image, b: &Image| a.file == b.file && a.objects == b.objects;
        same_images(&self.images, &other.images, |image| &image.file, is_same)?;
        if !has_interval(metric) {
            return Ok(None);
        }
        let of = |one: &Detected, weights: &[u32]| one.weighted(metric, Some(weights));
        Ok(Pairing::of_sets(self.len(), |weights| Some(of(self, weights)? - of(other, weights)?)))
    }

    /// `file`, `objects`, `detections`: how many of each.
    fn frame(&self) -> Result<DataFrame, Error> {
        let files: Vec<&str> = self.images.iter().map(|image| image.file.as_str()).collect();
        let count = |of: fn(&Image) -> usize| self.images.iter().map(|image| of(image) as u32).collect::<Vec<u32>>();
        let columns = vec![
            Column::new("file".into(), files),
            Column::new("objects".into(), count(|image| image.objects.len())),
            Column::new("detections".into(), count(|image| image.detections.len())),
        ];
        DataFrame::new(self.len(), columns).map_err(refused)
    }

    fn in_forms_of_others(&self, names: &[String]) -> Result<Option<Vec<(String, String)>>, String> {
        super::others::written(self, names).map(Some)
    }

    fn write(&self) -> Option<Written> {
        let object = |object: &super::Object| spec::outcomes::Object {
            class: object.class,
            edges: object.bounds.edges(),
            difficult: object.difficult,
            crowd: object.crowd,
            area: (object.area != object.bounds.area()).then_some(object.area),
        };
        let objects: Vec<(&str, Vec<spec::outcomes::Object>)> =
            self.images.iter().map(|image| (image.file.as_str(), image.objects.iter().map(object).collect())).collect();
        let detection = |one: &super::Detection| (one.class, one.score, one.bounds.edges());
        let detections: Vec<Vec<(u32, f64, [f64; 4])>> =
            self.images.iter().map(|image| image.detections.iter().map(detection).collect()).collect();
        Some(Written {
            examples: Some(spec::outcomes::detected_examples(&objects)),
            outcomes: spec::outcomes::detected(&detections),
        })
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
