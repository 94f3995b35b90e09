//! Average precision as the development kit of PASCAL VOC counts it: a detection is right that shares more than half with an
//! object that no better one has taken; what is on a difficult object counts neither way. A share of exactly half is too little, as
//! in the Python port that detectors are scored with; the kit's own program, in MATLAB, takes it.
//!
//! Must not know files.

use base::boxes::Bounds;

use super::Image;

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

/// A point of the curve of precision over recall, both 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// The share of the objects that were found.
    pub recall: f64,
    /// The share of the detections that are right.
    pub precision: f64,
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

    /// The curve, a point a detection that counts; each image counts so often. None where there is nothing to find.
    fn curve(&self, weights: Option<&[u32]>) -> Option<Vec<Point>> {
        let weight = |image: usize| weights.map_or(1, |weights| weights[image]);
        let there: u64 =
            self.objects.iter().enumerate().map(|(image, n)| u64::from(*n) * u64::from(weight(image))).sum();
        if there == 0 {
            return None;
        }
        let (mut right, mut wrong) = (0_u64, 0_u64);
        let mut points = Vec::with_capacity(self.detections.len());
        for (image, came) in &self.detections {
            let times = u64::from(weight(*image as usize));
            match came {
                Came::Neither => continue,
                _ if times == 0 => continue,
                Came::Right => right += times,
                Came::Wrong => wrong += times,
            }
            let recall = right as f64 / there as f64;
            points.push(Point { recall, precision: right as f64 / (right + wrong) as f64 });
        }
        Some(points)
    }

    /// Precision over recall; empty where there is nothing to find.
    #[must_use]
    pub fn points(&self) -> Vec<Point> {
        self.curve(None).unwrap_or_default()
    }

    /// The average precision, 0 to 1, where each image counts so often. None where there is nothing to find.
    #[must_use]
    pub fn average(&self, average: Average, weights: Option<&[u32]>) -> Option<f64> {
        let mut points = self.curve(weights)?;
        // From each point on, the best precision.
        let mut best = 0.0_f64;
        for point in points.iter_mut().rev() {
            best = best.max(point.precision);
            point.precision = best;
        }
        Some(match average {
            Average::ElevenPoints => {
                let at = |point: usize| {
                    let from = point as f64 * 0.1;
                    let place = points.partition_point(|point| point.recall < from);
                    points.get(place).map_or(0.0, |point| point.precision)
                };
                (0..POINTS).map(at).sum::<f64>() / POINTS as f64
            }
            Average::Area => {
                let mut before = 0.0;
                let mut area = 0.0;
                for point in &points {
                    area += (point.recall - before) * point.precision;
                    before = point.recall;
                }
                area
            }
        })
    }
}
