//! A picture as a graph: pixels, and how different each is from its eight neighbours. Must not join anything.

use crate::filter::{across, down};

/// Where the neighbours of a pixel are that it has an edge to; the other four have theirs to it. The order is that of Felzenszwalb
/// and Huttenlocher's code.
const STEPS: [(isize, isize); 4] = [(1, 0), (0, 1), (1, 1), (1, -1)];

/// The edges between neighbouring pixels, the lightest first.
#[derive(Debug, Clone)]
pub struct Graph {
    width: usize,
    height: usize,
    /// The bits of the weight, above the edge's number: four times the pixel and the place in `STEPS`.
    edges: Vec<u64>,
}

/// Two neighbouring pixels, by their numbers in rows, and how different they are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Edge {
    /// The pixel to the left, or above.
    pub from: u32,
    /// The other.
    pub to: u32,
    /// The Euclidean distance between their values.
    pub weight: f32,
}

impl Graph {
    /// Of channels that are each `[height, width]`, neither 0, finite, and smoothed by those weights first, across and down.
    ///
    /// Edges of the same weight stay in the order of their pixels. The original's sort leaves that to the library, so that two
    /// builds of it may differ there.
    #[must_use]
    pub fn new(channels: &[Vec<f32>], width: usize, weights: &[f32]) -> Graph {
        let height = channels.first().map_or(0, |channel| channel.len() / width.max(1));
        let smoothed: Vec<Vec<f32>> = if weights.len() > 1 {
            channels.iter().map(|channel| down(&across(channel, width, weights), width, weights)).collect()
        } else {
            channels.to_vec()
        };
        let mut edges = Vec::with_capacity(4 * width * height);
        let mut sums = vec![0.0; width];
        for y in 0..height {
            for (number, (right, below)) in STEPS.iter().enumerate() {
                let Some(other) = y.checked_add_signed(*below).filter(|y| *y < height) else { continue };
                let count = width - *right as usize;
                sums[..count].fill(0.0);
                for channel in &smoothed {
                    let here = &channel[y * width..][..count];
                    let there = &channel[other * width + *right as usize..][..count];
                    for ((sum, here), there) in sums.iter_mut().zip(here).zip(there) {
                        *sum += (here - there) * (here - there);
                    }
                }
                // Bits of floats that are not negative are in the order of the floats.
                edges.extend(
                    sums[..count]
                        .iter()
                        .enumerate()
                        .map(|(x, sum)| u64::from(sum.sqrt().to_bits()) << 32 | (4 * (y * width + x) + number) as u64),
                );
            }
        }
        edges.sort_unstable();
        Graph { width, height, edges }
    }

    /// Width and height in pixels.
    #[must_use]
    pub fn size(&self) -> [usize; 2] {
        [self.width, self.height]
    }

    /// The edges, the lightest first.
    pub fn edges(&self) -> impl Iterator<Item = Edge> {
        let width = self.width as isize;
        let ahead = STEPS.map(|(right, below)| (below * width + right) as u32);
        self.edges.iter().map(move |edge| {
            let number = *edge as u32;
            let from = number / 4;
            // A step up is a negative number, and adding wraps back.
            Edge {
                from,
                to: from.wrapping_add(ahead[(number % 4) as usize]),
                weight: f32::from_bits((edge >> 32) as u32),
            }
        })
    }
}
