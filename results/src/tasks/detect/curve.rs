//! Precision over recall, of which both rules make their numbers.
//!
//! Must not know when a detection is right.

/// A point of the curve of precision over recall, both 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// The share of the objects that were found.
    pub recall: f64,
    /// The share of the detections that are right.
    pub precision: f64,
}

/// The curve of one class, a point a detection that counts, in the order of recall.
#[derive(Debug)]
pub(super) struct Curve {
    pub(super) points: Vec<Point>,
}

impl Curve {
    /// Goes through detections, the surest first: the image of each and whether it is right. `objects` are by image those that
    /// count; each image counts so often; `slack` is added to what precision is divided by. None where there is nothing to find.
    pub(super) fn of(
        objects: &[u32],
        detections: impl Iterator<Item = (u32, bool)>,
        weights: Option<&[u32]>,
        slack: f64,
    ) -> Option<Curve> {
        let weight = |image: usize| weights.map_or(1, |weights| u64::from(weights[image]));
        let there: u64 = objects.iter().enumerate().map(|(image, count)| u64::from(*count) * weight(image)).sum();
        if there == 0 {
            return None;
        }
        let (mut right, mut wrong) = (0_u64, 0_u64);
        let mut points = Vec::with_capacity(detections.size_hint().1.unwrap_or_default());
        for (image, is_right) in detections {
            let times = weight(image as usize);
            if times == 0 {
                continue;
            }
            if is_right {
                right += times
            } else {
                wrong += times
            }
            let precision = right as f64 / ((right + wrong) as f64 + slack);
            points.push(Point { recall: right as f64 / there as f64, precision });
        }
        Some(Curve { points })
    }

    /// The curve with the best precision from each point on.
    pub(super) fn best_from_each(mut self) -> Curve {
        let mut best = 0.0_f64;
        for point in self.points.iter_mut().rev() {
            best = best.max(point.precision);
            point.precision = best;
        }
        self
    }

    /// The mean of the precisions at so many recalls from 0 on, `step` apart; 0 where none is reached.
    pub(super) fn mean_at(&self, recalls: usize, step: f64) -> f64 {
        let at = |number: usize| {
            let from = number as f64 * step;
            let place = self.points.partition_point(|point| point.recall < from);
            self.points.get(place).map_or(0.0, |point| point.precision)
        };
        (0..recalls).map(at).sum::<f64>() / recalls as f64
    }

    /// The area under the curve.
    pub(super) fn area(&self) -> f64 {
        let mut before = 0.0;
        let mut area = 0.0;
        for point in &self.points {
            area += (point.recall - before) * point.precision;
            before = point.recall;
        }
        area
    }

    /// The recall that is reached.
    pub(super) fn reached(&self) -> f64 {
        self.points.last().map_or(0.0, |point| point.recall)
    }
}
