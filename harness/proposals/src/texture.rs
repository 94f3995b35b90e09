//! How strongly a channel rises, in eight directions. Must not know regions.

use crate::colour::Channels;
use crate::filter::{across, derivative, down, gaussian};

/// Directions that are looked at; those against them are counted apart.
pub const AXES: usize = 4;
/// Bins of a direction.
pub const BINS: usize = 10;

/// The standard deviation in pixels: .8 in the authors' code, where the paper (section 3.2) has 1.
const SIGMA: f32 = 0.8;
/// The slope, of a channel of 0 to 1 and a pixel, at the middle of the last bin; the authors' code. Steeper ones are counted in the
/// last bin, where the code would let them fall into the first bin of the next direction.
const STEEPEST: f32 = 0.43;

/// Of which channels the texture is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Texture {
    /// Of the first: hue, or lightness. The authors' code takes the first channel once for every channel
    /// (`BlobStructTextureHist.m`), which comes to the same similarities.
    FirstChannel,
    /// Of each, as the paper says (section 3.2). The first version seems to have done so: more of its boxes are found.
    EveryChannel,
}

impl Texture {
    /// How many channels it is of.
    #[must_use]
    pub fn channels(self) -> usize {
        match self {
            Texture::FirstChannel => 1,
            Texture::EveryChannel => 3,
        }
    }

    /// For each channel, for each pixel in rows: the bin along each axis. A rising one is 1 to 9, a falling one 11 to 19, and 0 is
    /// the first bin of both.
    #[must_use]
    pub fn bins(self, channels: &Channels) -> Vec<Vec<[u8; AXES]>> {
        channels.planes.iter().take(self.channels()).map(|plane| of_channel(plane, channels.width)).collect()
    }
}

/// The authors' code has the derivative of a Gaussian along the axes, and central differences of the smoothed channel on the
/// diagonals, a pixel's diagonal as long as its side. It smooths by a recursive filter for the latter; here by the weights.
fn of_channel(plane: &[u8], width: usize) -> Vec<[u8; AXES]> {
    let height = plane.len() / width;
    let channel: Vec<f32> = plane.iter().map(|value| f32::from(*value) / 255.0).collect();
    let (smooth, slope) = (gaussian(SIGMA), derivative(SIGMA));
    let smooth_across = across(&channel, width, &smooth);
    let right = down(&across(&channel, width, &slope), width, &smooth);
    let below = down(&smooth_across, width, &slope);
    let smoothed = down(&smooth_across, width, &smooth);

    let half = std::f32::consts::FRAC_1_SQRT_2 / 2.0;
    let mut bins = Vec::with_capacity(plane.len());
    for y in 0..height {
        let row = |y: usize| &smoothed[y * width..][..width];
        let (above, here, beneath) = (row(y.saturating_sub(1)), row(y), row((y + 1).min(height - 1)));
        for x in 0..width {
            let rise_right = half * (here[(x + 1).min(width - 1)] - here[x.saturating_sub(1)]);
            let rise_below = half * (beneath[x] - above[x]);
            let at = y * width + x;
            bins.push([right[at], below[at], rise_right + rise_below, rise_right - rise_below].map(bin));
        }
    }
    bins
}

fn bin(slope: f32) -> u8 {
    const LAST: f32 = (BINS - 1) as f32;
    let bin = (slope.abs() * (LAST / STEEPEST) + 0.5).min(LAST) as u8;
    if slope < 0.0 && bin > 0 { bin + BINS as u8 } else { bin }
}
