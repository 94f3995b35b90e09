//! Pictures to search.

use images::Rgb;

/// A picture of those bytes, three a pixel.
pub(crate) fn picture(width: u32, height: u32, pixels: Vec<u8>) -> Rgb {
    Rgb { width, height, pixels, note: None }
}

/// Squares of changing colours with a little noise, so that there is something to segment.
pub(crate) fn squares(width: u32, height: u32, side: u32, seed: u32) -> Rgb {
    let mixed = |number: u32| (number.wrapping_mul(2_654_435_761) ^ (number >> 7).wrapping_mul(40_503)) >> 8;
    let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).flat_map(|(x, y)| {
        let square = mixed(seed ^ (x / side * 131 + y / side * 7 + 1));
        (0..3).map(move |channel| (mixed(square + channel) % 200 + mixed(x * 977 + y * 61 + channel) % 12) as u8)
    });
    picture(width, height, pixels.collect())
}
