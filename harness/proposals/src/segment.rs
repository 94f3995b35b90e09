//! Felzenszwalb and Huttenlocher's graph segmentation (Efficient Graph-Based Image Segmentation, IJCV 2004). Must not know
//! colours.

use crate::graph::{Edge, Graph};

/// Which region each pixel belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segmentation {
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
    /// `[height, width]`: the region's number. Regions are counted from 0, row by row as they are met.
    pub labels: Vec<u32>,
    /// How many regions there are.
    pub count: usize,
}

/// Pixels that were joined so far.
struct Forest {
    /// A pixel of the same region, or the pixel itself if it stands for the region.
    parent: Vec<u32>,
    /// Pixels of the region, where a pixel stands for one.
    size: Vec<u32>,
}

impl Forest {
    fn find(&mut self, mut pixel: u32) -> u32 {
        loop {
            let parent = self.parent[pixel as usize];
            if parent == pixel {
                return pixel;
            }
            let above = self.parent[parent as usize];
            self.parent[pixel as usize] = above;
            pixel = above;
        }
    }

    /// Joins two regions by what stands for them; what stands for both.
    fn join(&mut self, one: u32, other: u32) -> u32 {
        let (kept, joined) =
            if self.size[one as usize] < self.size[other as usize] { (other, one) } else { (one, other) };
        self.parent[joined as usize] = kept;
        self.size[kept as usize] += self.size[joined as usize];
        kept
    }
}

/// Joins pixels over edges from the lightest to the heaviest: two regions become one if the edge is no heavier than the heaviest
/// that either was joined by, plus `k` over the region's pixels (section 4, the predicate with τ = k/|C|). Then regions of fewer
/// than `min_size` pixels are joined over the lightest edge that leaves them, as in the authors' code.
#[must_use]
pub fn segment(graph: &Graph, k: f32, min_size: u32) -> Segmentation {
    let [width, height] = graph.size();
    let pixels = width * height;
    let mut forest = Forest { parent: (0..pixels as u32).collect(), size: vec![1; pixels] };
    let mut limit = vec![k; pixels];
    let mut left: Vec<Edge> = Vec::new();
    for edge in graph.edges() {
        let (one, other) = (forest.find(edge.from), forest.find(edge.to));
        if one == other {
            continue;
        }
        if edge.weight <= limit[one as usize] && edge.weight <= limit[other as usize] {
            let joined = forest.join(one, other) as usize;
            limit[joined] = edge.weight + k / forest.size[joined] as f32;
        } else {
            left.push(edge);
        }
    }
    for edge in left {
        let (one, other) = (forest.find(edge.from), forest.find(edge.to));
        if one != other && forest.size[one as usize].min(forest.size[other as usize]) < min_size {
            forest.join(one, other);
        }
    }
    label(&mut forest, width, height)
}

fn label(forest: &mut Forest, width: usize, height: usize) -> Segmentation {
    const NONE: u32 = u32::MAX;
    let mut numbers = vec![NONE; width * height];
    let mut count = 0;
    let labels = (0..(width * height) as u32).map(|pixel| {
        let number = &mut numbers[forest.find(pixel) as usize];
        if *number == NONE {
            *number = count;
            count += 1;
        }
        *number
    });
    let labels = labels.collect();
    Segmentation { width, height, labels, count: count as usize }
}
