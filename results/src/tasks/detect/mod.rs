//! Which objects are on an image, and where: boxes with classes and scores, counted by the rules of PASCAL VOC and of COCO.
//!
//! Its file has a line an image, column `detections` (see [`spec::outcomes::detected`]); the examples' file has `file` and
//! `objects`. Boxes are by their edges, which is the same as VOC's first and last pixels that are both inside.

mod annotations;
pub mod coco;
mod curve;
mod given;
mod others;
mod parse;
mod table;
pub mod voc;

use std::path::Path;

use base::boxes::Bounds;
use spec::metric::{Metric, MetricInfo, Unit};

use super::{Given, Table, Task, Text, score};
use crate::{Error, References};

pub use curve::Point;
pub use table::Detected;

/// The mean over classes of VOC 2007's average precision, in percent: precision at eleven recalls.
pub const MAP: Metric = Metric::named("mAP");
/// The same by VOC 2010's and later rule: the area under precision over recall.
pub const MAP_AREA: Metric = Metric::named("mAP, area");
/// COCO's first number, in percent: the mean over classes and overlaps of .5 to .95.
pub const COCO_AP: Metric = Metric::named("mAP@[.5,.95]");

/// COCO's twelve numbers in its order, in percent.
pub const COCO: [Metric; 12] = [
    COCO_AP,
    Metric::named("mAP@.5"),
    Metric::named("mAP@.75"),
    Metric::named("mAP@[.5,.95], small"),
    Metric::named("mAP@[.5,.95], medium"),
    Metric::named("mAP@[.5,.95], large"),
    Metric::named("mean recall, 1 detection"),
    Metric::named("mean recall, 10 detections"),
    Metric::named("mean recall, 100 detections"),
    Metric::named("mean recall, small"),
    Metric::named("mean recall, medium"),
    Metric::named("mean recall, large"),
];

/// An object that is there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Object {
    /// Its class.
    pub class: u32,
    /// Where it is.
    pub bounds: Bounds,
    /// Whether it is too difficult to count (VOC).
    pub difficult: bool,
    /// Whether it is a crowd, which may be found many times (COCO).
    pub crowd: bool,
    /// Its area in square pixels: of its outline where there is one (COCO), else of its box.
    pub area: f64,
}

/// An object that somebody says is there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Detection {
    /// Its class.
    pub class: u32,
    /// How sure: the greater the surer.
    pub score: f64,
    /// Where it is.
    pub bounds: Bounds,
}

/// One image.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Image {
    /// Its name.
    pub file: String,
    /// What is on it.
    pub objects: Vec<Object>,
    /// What is said to be.
    pub detections: Vec<Detection>,
}

/// The task.
#[derive(Debug, Clone, Copy)]
pub struct Detect;

impl Task for Detect {
    fn id(&self) -> &'static str {
        "detect"
    }

    fn metrics(&self) -> &'static [MetricInfo] {
        const PERCENT: &[Unit] = &[Unit::Percent];
        const {
            &[
                score(MAP, PERCENT),
                score(MAP_AREA, PERCENT),
                score(COCO[0], PERCENT),
                score(COCO[1], PERCENT),
                score(COCO[2], PERCENT),
                score(COCO[3], PERCENT),
                score(COCO[4], PERCENT),
                score(COCO[5], PERCENT),
                score(COCO[6], PERCENT),
                score(COCO[7], PERCENT),
                score(COCO[8], PERCENT),
                score(COCO[9], PERCENT),
                score(COCO[10], PERCENT),
                score(COCO[11], PERCENT),
            ]
        }
    }

    fn read(&self, text: &Text<'_>) -> Result<Box<dyn Table>, Error> {
        let Some((path, bytes)) = text.examples else {
            return Err(text.wrong(1, "the record does not say which objects are on the images"));
        };
        let mut images = parse::examples(path, bytes)?;
        parse::detections(text, &mut images)?;
        Ok(Box::new(Detected::new(images, Vec::new())))
    }

    fn part_of(&self, path: &Path) -> Option<String> {
        given::submission(path)
    }

    fn import(&self, files: &[Given<'_>], references: &References) -> Result<Option<Box<dyn Table>>, Error> {
        Ok(given::read(files, references)?.map(|table| Box::new(table) as Box<dyn Table>))
    }

    fn imports(&self) -> &'static [&'static str] {
        given::KINDS
    }

    fn asked(&self) -> &'static [Metric] {
        const {
            &[
                MAP, MAP_AREA, COCO[0], COCO[1], COCO[2], COCO[3], COCO[4], COCO[5], COCO[6], COCO[7], COCO[8],
                COCO[9], COCO[10], COCO[11],
            ]
        }
    }
}
