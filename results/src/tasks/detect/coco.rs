//! The numbers of COCO's evaluation, as its own program counts them: precision at ten overlaps and 101 recalls, for objects of
//! all sizes and of small, medium and large ones, with so many detections an image at most.
//!
//! Where the program's arithmetic decides (ties, thresholds, what a crowd takes), it is repeated. Must not know files.

use std::collections::BTreeMap;

use base::boxes::Bounds;

use super::curve::Curve;
use super::{Detection, Image, Object};

/// Ten overlaps, .5 to .95.
pub const OVERLAPS: usize = 10;
/// Recalls at which precision is read, 0 to 1.
const RECALLS: usize = 101;
/// Detections of an image and class that count, at most.
pub const MOST: [usize; 3] = [1, 10, 100];

/// Sizes of objects, by area in square pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// All of them.
    All,
    /// Up to 32 × 32.
    Small,
    /// Between.
    Medium,
    /// From 96 × 96.
    Large,
}

impl Size {
    /// In the order of the program's numbers.
    pub const ALL: [Size; 4] = [Size::All, Size::Small, Size::Medium, Size::Large];

    /// The least and the greatest area, both inside.
    fn bounds(self) -> (f64, f64) {
        match self {
            Size::All => (0.0, 1e10),
            Size::Small => (0.0, 1024.0),
            Size::Medium => (1024.0, 9216.0),
            Size::Large => (9216.0, 1e10),
        }
    }

    fn leaves_out(self, area: f64) -> bool {
        let (least, greatest) = self.bounds();
        area < least || area > greatest
    }
}

/// The overlap of that number.
#[must_use]
pub fn overlap(number: usize) -> f64 {
    // As numpy's linspace(.5, .95, 10) has them: .85 is .85, and the last is set.
    if number + 1 == OVERLAPS { 0.95 } else { 0.5 + number as f64 * ((0.95 - 0.5) / 9.0) }
}

/// What became of a detection at each overlap.
#[derive(Debug, Clone, Copy)]
struct Entry {
    score: f64,
    image: u32,
    /// Its place among the image's detections of the class, the surest first.
    rank: u8,
    /// A bit an overlap: on an object.
    right: u16,
    /// A bit an overlap: counts neither way.
    ignored: u16,
}

/// Objects and detections of one class on one image.
#[derive(Debug)]
struct Together<'a> {
    image: u32,
    objects: Vec<&'a Object>,
    /// The surest first, as many as count.
    sure: Vec<&'a Detection>,
    /// Detection by detection, what it shares with each object.
    overlaps: Vec<f64>,
}

/// Objects and detections of one class on all images.
#[derive(Debug)]
pub struct OfClass<'a> {
    images: usize,
    together: Vec<Together<'a>>,
}

impl<'a> OfClass<'a> {
    /// Each class's objects and detections, in the order of classes.
    #[must_use]
    pub fn all(images: &'a [Image]) -> Vec<OfClass<'a>> {
        let mut classes: BTreeMap<u32, OfClass<'a>> = BTreeMap::new();
        for (index, image) in (0..).zip(images) {
            let mut here: BTreeMap<u32, (Vec<&Object>, Vec<&Detection>)> = BTreeMap::new();
            for object in &image.objects {
                here.entry(object.class).or_default().0.push(object);
            }
            for detection in &image.detections {
                here.entry(detection.class).or_default().1.push(detection);
            }
            for (class, (objects, mut sure)) in here {
                // Stable, as the program's merge sort.
                sure.sort_by(|one, other| other.score.total_cmp(&one.score));
                sure.truncate(MOST[2]);
                let pairs = sure.iter().flat_map(|one| objects.iter().map(move |object| (one, object)));
                let overlaps = pairs.map(|(one, object)| shared(&one.bounds, &object.bounds, object.crowd)).collect();
                let all = classes.entry(class);
                let all = all.or_insert_with(|| OfClass { images: images.len(), together: Vec::new() });
                all.together.push(Together { image: index, objects, sure, overlaps });
            }
        }
        classes.into_values().collect()
    }
}

/// The detections of one class for one range of sizes.
#[derive(Debug, Clone, Default)]
pub struct Matched {
    /// The surest first.
    entries: Vec<Entry>,
    /// By image, objects that count.
    objects: Vec<u32>,
}

impl Matched {
    /// Matches the detections of a class in each image.
    #[must_use]
    pub fn of(class: &OfClass<'_>, size: Size) -> Matched {
        let mut all = Matched { entries: Vec::new(), objects: vec![0; class.images] };
        for together in &class.together {
            all.objects[together.image as usize] = all.add(together, size);
        }
        // Of equally sure ones those of earlier images come first.
        all.entries.sort_by(|one, other| other.score.total_cmp(&one.score));
        all
    }

    /// Matches one image; gives its objects that count.
    fn add(&mut self, together: &Together<'_>, size: Size) -> u32 {
        let ignored = |object: &Object| object.crowd || size.leaves_out(object.area);
        let all = together.objects.iter().enumerate();
        let mut objects: Vec<Candidate> = all
            .map(|(place, object)| Candidate { place, crowd: object.crowd, ignored: ignored(object), taken: 0 })
            .collect();
        // What does not count comes last.
        objects.sort_by_key(|candidate| candidate.ignored);
        let count = objects.len();
        for (rank, detection) in together.sure.iter().enumerate() {
            let overlaps = &together.overlaps[rank * count..(rank + 1) * count];
            let outside = size.leaves_out(detection.bounds.area());
            let rank = u8::try_from(rank).unwrap_or(u8::MAX);
            let mut entry = Entry { score: detection.score, image: together.image, rank, right: 0, ignored: 0 };
            for number in 0..OVERLAPS {
                let bit = 1 << number;
                let found = best(&objects, overlaps, (bit, overlap(number)));
                if let Some(place) = found {
                    objects[place].taken |= bit;
                    entry.right |= bit;
                }
                let ignored = found.map_or(outside, |place| objects[place].ignored);
                entry.ignored |= if ignored { bit } else { 0 };
            }
            self.entries.push(entry);
        }
        u32::try_from(objects.iter().filter(|candidate| !candidate.ignored).count()).unwrap_or(u32::MAX)
    }

    /// Precision in the mean over recalls at one overlap, and the recall that is reached, where each image counts so often; None
    /// where there is nothing to find.
    #[must_use]
    pub fn average(&self, number: usize, most: usize, weights: Option<&[u32]>) -> Option<(f64, f64)> {
        let bit = 1 << number;
        // What counts neither way still makes a point of its own in the program, which changes nothing.
        let counts = |entry: &&Entry| usize::from(entry.rank) < most && entry.ignored & bit == 0;
        let counted = self.entries.iter().filter(counts).map(|entry| (entry.image, entry.right & bit != 0));
        let curve = Curve::of(&self.objects, counted, weights, f64::EPSILON)?;
        let reached = curve.reached();
        Some((curve.best_from_each().mean_at(RECALLS, 0.01), reached))
    }
}

/// An object that a detection may take.
#[derive(Debug)]
struct Candidate {
    /// Its place among the image's objects of the class.
    place: usize,
    crowd: bool,
    ignored: bool,
    /// A bit an overlap.
    taken: u16,
}

/// The object that a detection takes at an overlap: the one that shares most, if that is enough; of equals the last, one that
/// counts before one that does not.
fn best(objects: &[Candidate], overlaps: &[f64], (bit, overlap): (u16, f64)) -> Option<usize> {
    let mut least = overlap.min(1.0 - 1e-10);
    let mut found: Option<usize> = None;
    for (number, candidate) in objects.iter().enumerate() {
        if candidate.taken & bit != 0 && !candidate.crowd {
            continue;
        }
        if candidate.ignored && found.is_some_and(|found| !objects[found].ignored) {
            break;
        }
        if overlaps[candidate.place] < least {
            continue;
        }
        least = overlaps[candidate.place];
        found = Some(number);
    }
    found
}

/// Intersection over union; of a crowd, which may be found many times, over the detection alone.
fn shared(detection: &Bounds, object: &Bounds, crowd: bool) -> f64 {
    if crowd { detection.inside(object) } else { detection.iou(object) }
}
