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

    /// As they are spread over all regions of those pictures that are on objects (`roidb.py` of the authors' code); 0 and 1 for a
    /// class of which there are none.
    #[must_use]
    pub fn of(pictures: &[Looked], classes: usize, sampling: &Sampling) -> Spread {
        let mut sums = vec![([0.0; NUMBERS], [0.0; NUMBERS], 0.0); classes + 1];
        for picture in pictures {
            let told = all_told(&picture.with_truths(), &picture.truths(), sampling);
            for (class, numbers) in told.into_iter().flatten().filter_map(|one| one.object) {
                let (sum, squares, count) = &mut sums[class as usize + 1];
                *count += 1.0;
                for (number, value) in numbers.iter().enumerate() {
                    sum[number] += value;
                    squares[number] += value * value;
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
