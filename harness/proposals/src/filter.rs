//! Separable filters on one channel. Must not know what they are for.
//!
//! Beyond an edge a channel goes on with its last value, as in Felzenszwalb and Huttenlocher's own code.

/// The weights of a Gaussian, as far as four standard deviations, whose sum is 1. One weight for a deviation of 0.
#[must_use]
pub fn gaussian(sigma: f32) -> Vec<f32> {
    if sigma <= 0.0 {
        return vec![1.0];
    }
    let radius = (4.0 * sigma).ceil() as i32;
    let weights: Vec<f32> = (-radius..=radius).map(|x| (-0.5 * (x as f32 / sigma).powi(2)).exp()).collect();
    let sum: f32 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / sum).collect()
}

/// The weights of a Gaussian's derivative: positive where a channel rises with its index.
#[must_use]
pub fn derivative(sigma: f32) -> Vec<f32> {
    let weights = gaussian(sigma);
    let radius = (weights.len() / 2) as f32;
    weights.iter().enumerate().map(|(at, weight)| weight * (at as f32 - radius) / (sigma * sigma)).collect()
}

/// Every row of `[height, width]` weighted, the middle weight on the pixel itself.
#[must_use]
pub fn across(channel: &[f32], width: usize, weights: &[f32]) -> Vec<f32> {
    let radius = weights.len() / 2;
    let mut filtered = vec![0.0; channel.len()];
    let mut padded = vec![0.0; width + 2 * radius];
    for (row, filtered) in channel.chunks_exact(width).zip(filtered.chunks_exact_mut(width)) {
        padded[..radius].fill(row[0]);
        padded[radius..radius + width].copy_from_slice(row);
        padded[radius + width..].fill(row[width - 1]);
        for (shift, weight) in weights.iter().enumerate() {
            add(filtered, &padded[shift..], *weight);
        }
    }
    filtered
}

/// Every column of `[height, width]` weighted, the middle weight on the pixel itself.
#[must_use]
pub fn down(channel: &[f32], width: usize, weights: &[f32]) -> Vec<f32> {
    let (radius, height) = (weights.len() / 2, channel.len() / width);
    let mut filtered = vec![0.0; channel.len()];
    for (y, filtered) in filtered.chunks_exact_mut(width).enumerate() {
        for (shift, weight) in weights.iter().enumerate() {
            let from = (y + shift).saturating_sub(radius).min(height - 1);
            add(filtered, &channel[from * width..], *weight);
        }
    }
    filtered
}

fn add(sum: &mut [f32], values: &[f32], weight: f32) {
    for (sum, value) in sum.iter_mut().zip(values) {
        *sum += weight * value;
    }
}
