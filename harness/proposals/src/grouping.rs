//! Merging regions pair by pair, the most similar first, until one is left (Uijlings et al., algorithm 1). Must not know how the
//! first regions came about.

use std::collections::BinaryHeap;

use crate::extent::Extent;
use crate::regions::{COLOUR, LANES, Regions};

/// By what two regions are alike: the mean of those parts that are asked for, each 0 to 1 (section 3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Similarity {
    /// How much of the histograms of colours is in common.
    pub colour: bool,
    /// How much of the histograms of texture is in common.
    pub texture: bool,
    /// Which share of the picture both leave over: small regions are merged first.
    pub size: bool,
    /// Which share of the picture lies outside both in the box around both, taken from 1: regions that fit into each other are
    /// merged first.
    pub fill: bool,
}

impl Similarity {
    /// All four.
    pub const COLOUR_TEXTURE_SIZE_FILL: Similarity = Similarity { colour: true, texture: true, size: true, fill: true };
    /// Without colour.
    pub const TEXTURE_SIZE_FILL: Similarity = Similarity { colour: false, ..Similarity::COLOUR_TEXTURE_SIZE_FILL };
    /// That of the first version (van de Sande et al., 2011, section 3.2).
    pub const TEXTURE_SIZE: Similarity = Similarity { fill: false, ..Similarity::TEXTURE_SIZE_FILL };

    /// How many parts are asked for.
    #[must_use]
    pub fn parts(&self) -> usize {
        [self.colour, self.texture, self.size, self.fill].into_iter().filter(|part| *part).count()
    }
}

/// The regions while they are merged: first ones, then merged ones.
struct Merging<'a> {
    similarity: Similarity,
    regions: &'a Regions,
    sizes: Vec<u64>,
    extents: Vec<Extent>,
    /// As `Regions::histograms`.
    histograms: Vec<f32>,
    /// Regions that touched each, some of which have been merged since; empty once it is merged itself.
    neighbours: Vec<Vec<u32>>,
    merged: Vec<bool>,
    /// Pairs that touch, or did before one of them was merged; the most similar on top.
    queue: BinaryHeap<Pair>,
    /// Pairs so far.
    pairs: u32,
}

/// A pair's rank, then the regions. Similarities are not negative, so their bits are in their order; of equal ones the pair that
/// was found last is merged first, as the authors' stable sort leaves it at the end.
type Pair = (u64, u32, u32);

/// The boxes of the merged regions in their order, one fewer than first regions; the last is the whole picture's.
///
/// The histograms of a merged region are the means of its two parts', weighted by their pixels.
#[must_use]
pub fn group(regions: &Regions, similarity: Similarity) -> Vec<Extent> {
    let first = regions.sizes.len();
    let mut histograms = Vec::with_capacity((2 * first).saturating_sub(1) * regions.stride);
    histograms.extend_from_slice(&regions.histograms);
    let mut merging = Merging {
        similarity,
        regions,
        sizes: regions.sizes.clone(),
        extents: regions.extents.clone(),
        histograms,
        neighbours: vec![Vec::new(); first],
        merged: vec![false; first],
        queue: BinaryHeap::with_capacity(regions.neighbours.len() * 2),
        pairs: 0,
    };
    for (one, other) in &regions.neighbours {
        merging.touch(*one, *other);
    }
    while let Some((_, one, other)) = merging.queue.pop() {
        if !merging.merged[one as usize] && !merging.merged[other as usize] {
            merging.merge(one as usize, other as usize);
        }
    }
    merging.extents.split_off(first)
}

impl Merging<'_> {
    /// Two regions touch: they are neighbours and wait.
    fn touch(&mut self, one: u32, other: u32) {
        self.neighbours[one as usize].push(other);
        self.neighbours[other as usize].push(one);
        let similarity = self.similarity(one as usize, other as usize);
        self.queue.push((u64::from(similarity.to_bits()) << 32 | u64::from(self.pairs), one, other));
        self.pairs += 1;
    }

    fn merge(&mut self, one: usize, other: usize) {
        let new = self.sizes.len();
        let (size, other_size) = (self.sizes[one], self.sizes[other]);
        self.sizes.push(size + other_size);
        self.extents.push(self.extents[one].around(&self.extents[other]));
        let share = size as f32 / (size + other_size) as f32;
        let stride = self.regions.stride;
        for at in 0..stride {
            let (here, there) = (self.histograms[one * stride + at], self.histograms[other * stride + at]);
            self.histograms.push(share * here + (1.0 - share) * there);
        }
        self.merged.push(false);
        (self.merged[one], self.merged[other]) = (true, true);
        let mut touching = std::mem::take(&mut self.neighbours[one]);
        touching.append(&mut self.neighbours[other]);
        touching.retain(|neighbour| !self.merged[*neighbour as usize]);
        touching.sort_unstable();
        touching.dedup();
        self.neighbours.push(Vec::with_capacity(touching.len()));
        touching.into_iter().for_each(|neighbour| self.touch(neighbour, new as u32));
    }

    /// How alike two regions are, 0 to 1.
    fn similarity(&self, one: usize, other: usize) -> f32 {
        let all = self.regions.pixels as f32;
        let size = self.sizes[one] + self.sizes[other];
        let mut sum = 0.0;
        if self.similarity.colour {
            sum += shared(&self.histogram(one)[..COLOUR], &self.histogram(other)[..COLOUR]);
        }
        if self.similarity.texture {
            sum += shared(&self.histogram(one)[COLOUR..], &self.histogram(other)[COLOUR..]);
        }
        if self.similarity.size {
            sum += (self.regions.pixels - size) as f32 / all;
        }
        if self.similarity.fill {
            let outside = self.extents[one].around(&self.extents[other]).area() - size;
            sum += 1.0 - outside as f32 / all;
        }
        sum / self.similarity.parts() as f32
    }

    fn histogram(&self, region: usize) -> &[f32] {
        &self.histograms[region * self.regions.stride..][..self.regions.stride]
    }
}

/// The sum of the lesser ones of two histograms' numbers, in an order that does not depend on the machine.
fn shared(one: &[f32], other: &[f32]) -> f32 {
    let mut sums = [0.0; LANES];
    for (one, other) in one.chunks_exact(LANES).zip(other.chunks_exact(LANES)) {
        for lane in 0..LANES {
            sums[lane] += if one[lane] < other[lane] { one[lane] } else { other[lane] };
        }
    }
    sums.into_iter().sum()
}
