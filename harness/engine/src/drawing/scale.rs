//! Pictures at another size, so that a patch of a few pixels can be seen in print.
//!
//! Must not be used for anything that a network reads or that is measured.

use crate::picture::Image;

/// Each pixel as a square of `times` × `times`.
#[must_use]
pub fn enlarged(image: &Image, times: usize) -> Image {
    let mut large = Image::filled(image.width * times, image.height * times, image.channels, 0);
    for y in 0..large.height {
        for x in 0..large.width {
            let from = (y / times * image.width + x / times) * image.channels;
            let to = (y * large.width + x) * image.channels;
            large.pixels[to..to + image.channels].copy_from_slice(&image.pixels[from..from + image.channels]);
        }
    }
    large
}

/// The picture in another size, each new pixel the mean of what lies under a triangle as wide as two of the coarser of both
/// grids' pixels.
#[must_use]
pub fn scaled(image: &Image, width: usize, height: usize) -> Image {
    let across = weights(image.width, width);
    let down = weights(image.height, height);
    let channels = image.channels;
    let mut middle = vec![0.0f32; width * image.height * channels];
    for y in 0..image.height {
        for (x, (first, shares)) in across.iter().enumerate() {
            for channel in 0..channels {
                let at = |place: usize| f32::from(image.pixels[(y * image.width + first + place) * channels + channel]);
                let sum: f32 = shares.iter().enumerate().map(|(place, share)| share * at(place)).sum();
                middle[(y * width + x) * channels + channel] = sum;
            }
        }
    }
    let mut found = Image::filled(width, height, channels, 0);
    for (y, (first, shares)) in down.iter().enumerate() {
        for column in 0..width * channels {
            let sum: f32 = shares
                .iter()
                .enumerate()
                .map(|(row, share)| share * middle[(first + row) * width * channels + column])
                .sum();
            found.pixels[y * width * channels + column] = sum.round().clamp(0.0, 255.0) as u8;
        }
    }
    found
}

/// For each new place the first old one that it is made of, and the shares.
fn weights(old: usize, new: usize) -> Vec<(usize, Vec<f32>)> {
    let step = old as f64 / new as f64;
    let reach = step.max(1.0);
    (0..new)
        .map(|place| {
            let centre = (place as f64 + 0.5) * step;
            let first = (centre - reach).floor().max(0.0) as usize;
            let last = ((centre + reach).ceil() as usize).min(old);
            let share = |at: usize| (1.0 - ((at as f64 + 0.5 - centre) / reach).abs()).max(0.0);
            let sum: f64 = (first..last).map(share).sum();
            (first, (first..last).map(|at| (share(at) / sum) as f32).collect())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_colour_stays_one_colour_and_a_ramp_a_ramp() {
        let grey = Image::filled(7, 5, 3, 90);
        for (width, height) in [(3, 2), (21, 40), (7, 5)] {
            assert_eq!(scaled(&grey, width, height), Image::filled(width, height, 3, 90));
        }
        let ramp = Image { width: 4, height: 1, channels: 1, pixels: vec![0, 80, 160, 240] };
        assert_eq!(scaled(&ramp, 4, 1), ramp);
        assert_eq!(scaled(&ramp, 8, 1).pixels, [0, 20, 60, 100, 140, 180, 220, 240]);
        assert_eq!(enlarged(&ramp, 2).pixels[..8], [0, 0, 80, 80, 160, 160, 240, 240]);
    }
}
