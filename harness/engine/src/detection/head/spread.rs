//! The numbers that lead to boxes, as they are learned: less a mean and in standard deviations.
//!
//! Must not learn them.

use replications::detectors::Sampling;

use super::{Looked, NUMBERS};
use crate::detection::drawn::all_told;

/// How the four numbers of each class are spread: they are learned less their mean and in standard deviations.
#[derive(Debug, Clone, PartialEq)]
pub struct Spread {
    /// By class, the background first: mean and standard deviation of each number.
    of_class: Vec<[[f64; 2]; NUMBERS]>,
}

impl Spread {
    /// The same for all classes and the background: no mean, these deviations.
    #[must_use]
    pub fn fixed(classes: usize, deviations: [f64; NUMBERS]) -> Spread {
        Spread { of_class: vec![deviations.map(|deviation| [0.0, deviation]); classes + 1] }
    }

    /// As they are spread over all regions of those pictures that are on objects (`roidb.py` of the authors' code), and of their
    /// mirror images where those are learned from; 0 and 1 for a class of which there are none.
    #[must_use]
    pub fn of(pictures: &[Looked], classes: usize, sampling: &Sampling, mirror: bool) -> Spread {
        let mut sums = vec![([0.0; NUMBERS], [0.0; NUMBERS], 0.0); classes + 1];
        for picture in pictures {
            let told = all_told(&picture.with_truths(), &picture.truths, sampling);
            for (class, numbers) in told.into_iter().flatten().filter_map(|one| one.object) {
                // A class that nothing answers for is passed over, as in training.
                let Some((sum, squares, count)) = sums.get_mut(class as usize + 1) else { continue };
                // In the mirror image the shift across is turned round.
                let [across, down, wider, higher] = numbers;
                for numbers in [numbers, [-across, down, wider, higher]].into_iter().take(1 + usize::from(mirror)) {
                    *count += 1.0;
                    for (number, value) in numbers.iter().enumerate() {
                        sum[number] += value;
                        squares[number] += value * value;
                    }
                }
            }
        }
        let of = |(sum, squares, count): ([f64; NUMBERS], [f64; NUMBERS], f64)| {
            std::array::from_fn(|number| {
                if count < 2.0 {
                    return [0.0, 1.0];
                }
                let mean = sum[number] / count;
                let variance = (squares[number] / count - mean * mean).max(0.0);
                [mean, libm::sqrt(variance).max(1e-3)]
            })
        };
        Spread { of_class: sums.into_iter().map(of).collect() }
    }

    /// The numbers of a class as they are learned.
    pub(super) fn forth(&self, class: usize, numbers: [f64; NUMBERS]) -> [f64; NUMBERS] {
        std::array::from_fn(|number| {
            let [mean, deviation] = self.of_class[class][number];
            (numbers[number] - mean) / deviation
        })
    }

    /// The way back.
    pub(super) fn back(&self, class: usize, numbers: [f64; NUMBERS]) -> [f64; NUMBERS] {
        std::array::from_fn(|number| {
            let [mean, deviation] = self.of_class[class][number];
            numbers[number] * deviation + mean
        })
    }
}

#[cfg(test)]
mod tests {
    use base::boxes::Bounds;

    use super::*;
    use crate::input::objects::{Annotated, Object};

    #[test]
    fn numbers_are_learned_by_the_mean_and_deviation_of_their_class() {
        let at = |left: f64| Bounds::new([left, 0.0, left + 10.0, 10.0]);
        let image = Annotated {
            path: "/a.jpg".into(),
            file: "a.jpg".to_owned(),
            list: "train".to_owned(),
            size: [100, 10],
            objects: vec![
                Object { class: 1, bounds: at(10.0), difficult: false },
                Object { class: 0, bounds: at(50.0), difficult: true },
            ],
        };
        let regions = vec![at(8.0), at(12.0), at(50.0), at(90.0)];
        let truths = image.learned_from(false);
        let pictures = [Looked { image, sha256: String::new(), regions, truths }];
        let sampling = Sampling { regions: 64, foreground: 0.25, foreground_from: 0.5, background_from: 0.1 };
        let spread = Spread::of(&pictures, 2, &sampling, false);
        // The object's own box, and one a fifth of a side to each side of it.
        let deviation = libm::sqrt(2.0 * 0.04 / 3.0);
        let close = |found: f64, wanted: f64| assert!((found - wanted).abs() < 1e-9, "{found} is not {wanted}");
        let [x, y, ..] = spread.forth(2, [0.2, 0.0, 0.0, 0.0]);
        close(x, 0.2 / deviation);
        close(y, 0.0);
        close(spread.back(2, [x, y, 0.0, 0.0])[0], 0.2);
        // With one to one side only, the mirror image makes up for it.
        let one_sided = [Looked { regions: vec![at(8.0)], ..pictures[0].clone() }];
        let mirrored = Spread::of(&one_sided, 2, &sampling, true);
        close(mirrored.forth(2, [0.2, 0.0, 0.0, 0.0])[0], 0.2 / libm::sqrt(0.02));
        // Nothing was seen of the first class: what is difficult does not count.
        assert_eq!(spread.forth(1, [0.3, 0.1, -0.2, 0.4]), [0.3, 0.1, -0.2, 0.4]);
    }
}
