//! Average precision as the development kit of PASCAL VOC counts it: a detection is right that shares more than half with an
//! object that no better one has taken; what is on a difficult object counts neither way. A share of exactly half is too little, as
//! in the Python port that detectors are scored with; the kit's own program, in MATLAB, takes it.
//!
//! Must not know files.

use base::boxes::Bounds;

use super::Image;
use super::curve::{Curve, Point};

/// A detection is right whose intersection over union is more than this.
const OVERLAP: f64 = 0.5;
/// Recalls at which the kit of 2007 reads precision: as its Python port spells them, in floating point.
const POINTS: usize = 11;

/// What became of a detection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Came {
    /// The first on its object.
    Right,
    /// On nothing, or on an object that a better one has taken.
    Wrong,
    /// On a difficult object.
    Neither,
}

/// How precision over recall becomes one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Average {
    /// The mean of the best precisions from each of eleven recalls on (VOC 2007).
    ElevenPoints,
    /// The area under the best precisions (VOC 2010 and later).
    Area,
}

/// The detections of one class, the surest first, and how many objects there are to find.
#[derive(Debug, Clone, Default)]
pub struct Ranked {
    /// The image of each detection, and what became of it.
    detections: Vec<(u32, Came)>,
    /// By image, objects that count.
    objects: Vec<u32>,
}

impl Ranked {
    /// Ranks the detections of that class over all images; of equally sure ones those of earlier images come first.
    #[must_use]
    pub fn of(images: &[Image], class: u32) -> Ranked {
        let mut sure: Vec<(f64, u32, &Bounds)> = Vec::new();
        for (index, image) in (0..).zip(images) {
            let own = image.detections.iter().filter(|detection| detection.class == class);
            sure.extend(own.map(|detection| (detection.score, index, &detection.bounds)));
        }
        sure.sort_by(|(one, ..), (other, ..)| other.total_cmp(one));
        // Where each image's objects begin among those of all images.
        let mut first = Vec::with_capacity(images.len());
        let mut all = 0;
        for image in images {
            first.push(all);
            all += image.objects.len();
        }
        let mut taken = vec![false; all];
        let mut detections = Vec::with_capacity(sure.len());
        for (_, index, bounds) in sure {
            let image = &images[index as usize];
            let own = image.objects.iter().enumerate().filter(|(_, object)| object.class == class);
            let overlaps = own.map(|(place, object)| (object.bounds.iou(bounds), place));
            // Of equal overlaps the first, as the kit's maximum has it.
            let best = overlaps.reduce(|best, one| if one.0 > best.0 { one } else { best });
            let came = match best.filter(|(overlap, _)| *overlap > OVERLAP) {
                None => Came::Wrong,
                Some((_, place)) if image.objects[place].difficult => Came::Neither,
                Some((_, place)) if taken[first[index as usize] + place] => Came::Wrong,
                Some((_, place)) => {
                    taken[first[index as usize] + place] = true;
                    Came::Right
                }
            };
            detections.push((index, came));
        }
        let counts = |image: &Image| {
            let own = image.objects.iter().filter(|object| object.class == class && !object.difficult);
            u32::try_from(own.count()).unwrap_or(u32::MAX)
        };
        Ranked { detections, objects: images.iter().map(counts).collect() }
    }

    /// Objects that count.
    #[must_use]
    pub fn objects(&self) -> u64 {
        self.objects.iter().map(|count| u64::from(*count)).sum()
    }

    /// The curve, where each image counts so often. None where there is nothing to find.
    fn curve(&self, weights: Option<&[u32]>) -> Option<Curve> {
        let counted = self.detections.iter().filter(|(_, came)| *came != Came::Neither);
        Curve::of(&self.objects, counted.map(|(image, came)| (*image, *came == Came::Right)), weights, 0.0)
    }

    /// Precision over recall; empty where there is nothing to find.
    #[must_use]
    pub fn points(&self) -> Vec<Point> {
        self.curve(None).map(|curve| curve.points).unwrap_or_default()
    }

    /// The average precision, 0 to 1, where each image counts so often. None where there is nothing to find.
    #[must_use]
    pub fn average(&self, average: Average, weights: Option<&[u32]>) -> Option<f64> {
        let curve = self.curve(weights)?.best_from_each();
        Some(match average {
            Average::ElevenPoints => curve.mean_at(POINTS, 0.1),
            Average::Area => curve.area(),
        })
    }
}
