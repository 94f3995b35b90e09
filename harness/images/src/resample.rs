//! Pillow's separable resampling of eight-bit pictures, to the byte, and torchvision's rule for the size. Must not cut views.
//!
//! Libraries with sixteen-bit weights differ from Pillow in a third of the pixels; its own 22-bit weights cost little more and leave nothing
//! to explain. The pass across comes first, as in every Pillow up to 12, with which published accuracies were measured. Pillow 13 begins
//! with the pass down where the height shrinks by more than twice what the width does (pictures taller than 2:1): there it differs by 1 of 255.

use spec::protocol::Filter;

use crate::{Error, MAX_PIXELS, Rgb};

/// Fraction bits of a weight: 32 less 8 of the pixel and 2 of head room (Pillow's `PRECISION_BITS`).
const FRACTION: u32 = 22;

/// Resizes so that the short side has `short` pixels and the long side `floor(short · long ∕ short before)` (torchvision's rule).
///
/// With `antialias` the filter's support grows when shrinking, as Pillow's `resize` does; without, it stays, as OpenCV's `INTER_LINEAR` does.
/// A picture that already fits comes back unchanged.
///
/// # Errors
/// When `short` is zero, the result would exceed `MAX_PIXELS` (a picture much longer than wide), or the pixels do not match
/// the picture's size.
pub fn resize_short_side(picture: &Rgb, short: u32, filter: Filter, antialias: bool) -> Result<Rgb, Error> {
    picture.check()?;
    let (width, height) = whole(picture.width, picture.height, short)?;
    let window = Window { left: 0, top: 0, width, height };
    let pixels = resample(picture, (width, height), window, filter, antialias);
    Ok(Rgb { width, height, pixels, note: picture.note.clone() })
}

/// Resizes to that width and height, whatever the picture's shape; `antialias` as in [`resize_short_side`].
///
/// # Errors
/// When a side is zero, the result would exceed `MAX_PIXELS`, or the pixels do not match the picture's size.
pub fn stretched(picture: &Rgb, [width, height]: [u32; 2], filter: Filter, antialias: bool) -> Result<Rgb, Error> {
    picture.check()?;
    if width == 0 || height == 0 {
        return Err(Error::NoSide);
    }
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(Error::Narrow { width, height, short: width.min(height) });
    }
    let window = Window { left: 0, top: 0, width, height };
    let pixels = resample(picture, (width, height), window, filter, antialias);
    Ok(Rgb { width, height, pixels, note: picture.note.clone() })
}

/// The size after a short-side resize, by torchvision's rule.
pub(crate) fn fitted(width: u32, height: u32, short: u32) -> Result<(u32, u32), Error> {
    if short == 0 {
        return Err(Error::NoSide);
    }
    let (small, large) = (u64::from(width.min(height)), u64::from(width.max(height)));
    let long = u64::from(short) * large / small.max(1);
    // Computed from a window only: beyond this no place in it has a number.
    let long = u32::try_from(long).map_err(|_| Error::Narrow { width, height, short })?;
    Ok(if width <= height { (short, long) } else { (long, short) })
}

/// The same for a picture that is to be resized as a whole.
pub(crate) fn whole(width: u32, height: u32, short: u32) -> Result<(u32, u32), Error> {
    let (to_width, to_height) = fitted(width, height, short)?;
    if u64::from(to_width) * u64::from(to_height) > MAX_PIXELS {
        return Err(Error::Narrow { width, height, short });
    }
    Ok((to_width, to_height))
}

/// A part of the resized picture, in its pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Columns to its left.
    pub left: u32,
    /// Rows above it.
    pub top: u32,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

/// The pixels `[window.height, window.width, 3]` of `picture` resized to `size`; what lies outside the window is not computed.
pub(crate) fn resample(picture: &Rgb, size: (u32, u32), window: Window, filter: Filter, antialias: bool) -> Vec<u8> {
    let columns = weights(picture.width, size.0, window.left..window.left + window.width, filter, antialias);
    let rows = weights(picture.height, size.1, window.top..window.top + window.height, filter, antialias);
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Vec::new() };
    let (top, bottom) = (first.start, last.start + last.values.len());

    let stride = picture.width as usize * 3;
    let out_stride = columns.len() * 3;
    let mut narrow = vec![0u8; (bottom - top) * out_stride];
    let source = picture.pixels.chunks_exact(stride).skip(top);
    for (row, out) in source.zip(narrow.chunks_exact_mut(out_stride)) {
        across(row, &columns, out);
    }

    let mut pixels = vec![0u8; rows.len() * out_stride];
    let mut sums = vec![0i32; out_stride];
    for (taps, out) in rows.iter().zip(pixels.chunks_exact_mut(out_stride)) {
        down(&narrow[(taps.start - top) * out_stride..], taps, &mut sums, out);
    }
    pixels
}

/// The source pixels of one output pixel and their weights in fixed point.
struct Taps {
    start: usize,
    values: Vec<i32>,
}

fn weights(from: u32, to: u32, wanted: std::ops::Range<u32>, filter: Filter, antialias: bool) -> Vec<Taps> {
    // One for one: Pillow skips the pass, and so must a filter without antialiasing.
    if from == to {
        return wanted.map(|x| Taps { start: x as usize, values: vec![1 << FRACTION] }).collect();
    }
    let (shape, radius): (fn(f64) -> f64, f64) = match filter {
        Filter::Bilinear => (bilinear, 1.0),
        Filter::Bicubic => (bicubic, 2.0),
    };
    let scale = f64::from(from) / f64::from(to);
    let stretch = if antialias { scale.max(1.0) } else { 1.0 };
    let support = radius * stretch;
    let inverse = 1.0 / stretch;
    wanted
        .map(|x| {
            let centre = (f64::from(x) + 0.5) * scale;
            // Truncation towards zero, then clipping: the C code's order, which matters at the left edge.
            let start = ((centre - support + 0.5) as i64).max(0);
            let end = ((centre + support + 0.5) as i64).min(i64::from(from));
            let raw: Vec<f64> = (start..end).map(|i| shape((i as f64 - centre + 0.5) * inverse)).collect();
            let total: f64 = raw.iter().sum();
            let fixed = |w: f64| {
                let w = if total == 0.0 { w } else { w / total } * f64::from(1 << FRACTION);
                (if w < 0.0 { w - 0.5 } else { w + 0.5 }) as i32
            };
            Taps { start: start as usize, values: raw.into_iter().map(fixed).collect() }
        })
        .collect()
}

fn bilinear(x: f64) -> f64 {
    (1.0 - x.abs()).max(0.0)
}

/// Keys' cubic with a = -0.5, in Pillow's order of operations.
fn bicubic(x: f64) -> f64 {
    const A: f64 = -0.5;
    let x = x.abs();
    if x < 1.0 {
        ((A + 2.0) * x - (A + 3.0)) * x * x + 1.0
    } else if x < 2.0 {
        (((x - 5.0) * x + 8.0) * x - 4.0) * A
    } else {
        0.0
    }
}

const HALF: i32 = 1 << (FRACTION - 1);

fn clip(sum: i32) -> u8 {
    (sum >> FRACTION).clamp(0, 255) as u8
}

/// One weighted pixel more. Nothing can overflow (a cubic's weights come to 1.3 in absolute value at most); wrapping spares the
/// development profile the check, which costs a quarter of the time.
fn tap(sum: i32, channel: u8, weight: i32) -> i32 {
    sum.wrapping_add(i32::from(channel).wrapping_mul(weight))
}

fn across(row: &[u8], columns: &[Taps], out: &mut [u8]) {
    for (taps, pixel) in columns.iter().zip(out.chunks_exact_mut(3)) {
        let mut sums = [HALF; 3];
        for (source, &weight) in row[taps.start * 3..].chunks_exact(3).zip(&taps.values) {
            for (sum, &channel) in sums.iter_mut().zip(source) {
                *sum = tap(*sum, channel, weight);
            }
        }
        for (channel, sum) in pixel.iter_mut().zip(sums) {
            *channel = clip(sum);
        }
    }
}

fn down(rows: &[u8], taps: &Taps, sums: &mut [i32], out: &mut [u8]) {
    sums.fill(HALF);
    for (row, &weight) in rows.chunks_exact(out.len()).zip(&taps.values) {
        for (sum, &channel) in sums.iter_mut().zip(row) {
            *sum = tap(*sum, channel, weight);
        }
    }
    for (channel, &sum) in out.iter_mut().zip(&*sums) {
        *channel = clip(sum);
    }
}
