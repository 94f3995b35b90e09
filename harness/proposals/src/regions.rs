//! What is measured of the first regions: pixels, boxes, neighbours, histograms. Must not merge any.

use crate::colour::Channels;
use crate::extent::Extent;
use crate::segment::Segmentation;
use crate::texture::{AXES, BINS};

/// Bins of a channel's colours.
const COLOUR_BINS: usize = 25;
/// Numbers of a colour histogram: three channels, and zeros up to a multiple of `LANES`.
pub(crate) const COLOUR: usize = 80;
/// Numbers that are compared at a time.
pub(crate) const LANES: usize = 8;

/// The first regions of a picture.
#[derive(Debug, Clone)]
pub struct Regions {
    /// Pixels of the picture.
    pub pixels: u64,
    /// Pixels of each region.
    pub sizes: Vec<u64>,
    /// The box of each.
    pub extents: Vec<Extent>,
    /// Which touch each other, the lower number first, sorted. By a side: the authors' wrapper does not look along diagonals.
    pub neighbours: Vec<(u32, u32)>,
    /// Of each region in turn: its histogram of colours, then that of texture, each with a sum of 1.
    pub(crate) histograms: Vec<f32>,
    /// Numbers of both histograms of a region.
    pub(crate) stride: usize,
}

impl Regions {
    /// Measures every region. `texture` is what `Texture::bins` gives.
    ///
    /// The picture's channels, its texture and the segmentation must be of the same size.
    #[must_use]
    pub fn new(segmentation: &Segmentation, channels: &Channels, texture: &[Vec<[u8; AXES]>]) -> Regions {
        let (sizes, extents) = sizes(segmentation);
        let stride = COLOUR + texture.len() * 2 * AXES * BINS;
        let mut counts = vec![0_u32; segmentation.count * stride];
        for (plane, values) in channels.planes.iter().enumerate() {
            // The middles of the first and the last bin are 0 and 255 (`BlobStructColourHist.m`).
            let bins: [usize; 256] =
                std::array::from_fn(|value| plane * COLOUR_BINS + (value * (COLOUR_BINS - 1) * 2 + 255) / 510);
            for (label, value) in segmentation.labels.iter().zip(values) {
                counts[*label as usize * stride + bins[usize::from(*value)]] += 1;
            }
        }
        for (channel, bins) in texture.iter().enumerate() {
            for (label, bins) in segmentation.labels.iter().zip(bins) {
                let at = *label as usize * stride + COLOUR + channel * 2 * AXES * BINS;
                for (axis, bin) in bins.iter().enumerate() {
                    counts[at + axis * 2 * BINS + usize::from(*bin)] += 1;
                }
            }
        }
        for (counts, size) in counts.chunks_exact_mut(stride).zip(&sizes) {
            // What neither rises nor falls is in the first bin of both directions, and what rises in the first of falling.
            for direction in counts[COLOUR..].chunks_exact_mut(BINS) {
                direction[0] = *size as u32 - direction[1..].iter().sum::<u32>();
            }
        }
        let mut histograms: Vec<f32> = counts.into_iter().map(|count| count as f32).collect();
        for (histogram, size) in histograms.chunks_exact_mut(stride).zip(&sizes) {
            let (colour, texture) = histogram.split_at_mut(COLOUR);
            normalise(colour, 3 * size);
            let counted = (texture.len() / BINS) as u64;
            normalise(texture, counted * size);
        }
        let pixels = segmentation.labels.len() as u64;
        Regions { pixels, sizes, extents, neighbours: neighbours(segmentation), histograms, stride }
    }
}

fn normalise(histogram: &mut [f32], sum: u64) {
    histogram.iter_mut().for_each(|value| *value /= sum as f32);
}

fn sizes(segmentation: &Segmentation) -> (Vec<u64>, Vec<Extent>) {
    let mut sizes = vec![0; segmentation.count];
    let mut extents: Vec<Option<Extent>> = vec![None; segmentation.count];
    for (y, row) in segmentation.labels.chunks_exact(segmentation.width).enumerate() {
        for (x, label) in row.iter().enumerate() {
            sizes[*label as usize] += 1;
            let pixel = Extent::of_pixel(x as u32, y as u32);
            let extent = &mut extents[*label as usize];
            *extent = Some(extent.map_or(pixel, |extent| extent.around(&pixel)));
        }
    }
    (sizes, extents.into_iter().flatten().collect())
}

fn neighbours(segmentation: &Segmentation) -> Vec<(u32, u32)> {
    let (labels, width) = (&segmentation.labels, segmentation.width);
    let mut pairs = Vec::new();
    let mut touch = |one: &u32, other: &u32| {
        let pair = (*one.min(other), *one.max(other));
        // Borders are long: most pairs were met at the pixel before.
        if one != other && pairs.last() != Some(&pair) {
            pairs.push(pair);
        }
    };
    for row in labels.chunks_exact(width) {
        row.iter().zip(&row[1..]).for_each(|(left, right)| touch(left, right));
    }
    labels.iter().zip(&labels[width..]).for_each(|(above, below)| touch(above, below));
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}
