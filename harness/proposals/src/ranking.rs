//! The boxes of all hierarchies in one order. Must not know how they were made.

use std::collections::HashSet;

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

use crate::extent::Extent;

/// The regions that begin with one segmentation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hierarchies {
    /// The first regions.
    pub first: Vec<Extent>,
    /// For each similarity: the merged regions in their order.
    pub merged: Vec<Vec<Extent>>,
}

/// Every box once, the most promising first: sorted by its place in its hierarchy, the whole picture 1, times a random number
/// between 0 and 1 (section 4.1; `Image2HierarchicalGrouping.m`). First regions have the place behind all merged ones, and count
/// once for all similarities. A box that comes twice keeps its better place.
///
/// The authors draw from MATLAB's generator; here it is ChaCha8 from the seed, a number a box, in the order of the list.
#[must_use]
pub fn ranked(hierarchies: &[Hierarchies], min_side: u32, at_most: Option<usize>, seed: u64) -> Vec<Extent> {
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    // 53 bits, as many as a double holds.
    let mut between_0_and_1 = || (generator.next_u64() >> 11) as f64 * (0.5_f64).powi(53);
    let mut boxes = Vec::new();
    for of_segmentation in hierarchies {
        for merged in &of_segmentation.merged {
            let places = (1..=merged.len()).rev();
            boxes.extend(places.zip(merged).map(|(place, extent)| (place as f64 * between_0_and_1(), *extent)));
        }
        let place = of_segmentation.first.len() as f64;
        boxes.extend(of_segmentation.first.iter().map(|extent| (place * between_0_and_1(), *extent)));
    }
    boxes.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mut met = HashSet::with_capacity(boxes.len());
    let kept = boxes.into_iter().map(|(_, extent)| extent);
    let kept = kept.filter(|extent| extent.size().into_iter().all(|side| side >= min_side) && met.insert(*extent));
    kept.take(at_most.unwrap_or(usize::MAX)).collect()
}
