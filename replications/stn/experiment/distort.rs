//! The paper's distortions of MNIST (section 4.1 and appendix A.4): one digit, one named stream, one distorted digit.
//!
//! All numbers are f64 and every function that is not exact comes from `libm`, so that a stream gives the same bytes on
//! every machine. Must not touch libtorch.

use std::f64::consts::PI;

use engine::input::idx::Labelled;
use engine::streams::Stream;
use engine::warp::spline;

use crate::mnist::{PIXELS, SIDE};

/// The middle of a digit, in pixels, from the first pixel's centre.
const MIDDLE: f64 = (SIDE as f64 - 1.0) / 2.0;
/// Control points along a side of the spline: 16 in all.
const POINTS: usize = 4;
/// Distractors in a cluttered picture, and their side.
const PATCHES: usize = 6;
const PATCH: usize = 6;

/// A distortion, by the paper's letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Distortion {
    /// R: turned by up to 90° either way, 28 × 28.
    Rotated,
    /// RTS: turned by up to 45° either way, scaled by .7 to 1.2, anywhere in 42 × 42.
    RotatedScaledMoved,
    /// P: scaled by .75 to 1, then each corner moved by N(0, 5 pixels) in x and y: a projective map.
    Projected,
    /// E: scaled by .75 to 1, then 16 control points moved by N(0, 1.5 pixels) in x and y: a thin-plate spline.
    Elastic,
    /// Anywhere in 60 × 60, with six 6 × 6 patches of other digits.
    Cluttered,
}

impl Distortion {
    /// All, by the name that ids of networks and experiments have.
    const ALL: [(&'static str, Distortion); 5] = [
        ("r", Distortion::Rotated),
        ("rts", Distortion::RotatedScaledMoved),
        ("p", Distortion::Projected),
        ("e", Distortion::Elastic),
        ("clutter", Distortion::Cluttered),
    ];

    /// The distortion of that name.
    pub(crate) fn named(name: &str) -> Option<Distortion> {
        Distortion::ALL.iter().find(|(known, _)| *known == name).map(|(_, distortion)| *distortion)
    }

    /// Its name: `rts`.
    pub(crate) fn name(self) -> &'static str {
        Distortion::ALL.iter().find(|(_, distortion)| *distortion == self).map_or("", |(name, _)| name)
    }

    /// Rows and columns of a distorted picture.
    pub(crate) fn side(self) -> usize {
        match self {
            Distortion::Rotated | Distortion::Projected | Distortion::Elastic => SIDE,
            Distortion::RotatedScaledMoved => 42,
            Distortion::Cluttered => 60,
        }
    }
}

/// What makes distorted digits.
#[derive(Debug)]
pub(crate) struct Maker {
    distortion: Distortion,
    /// For E: how much each control point counts at each pixel, `[pixels, 16]`.
    basis: Vec<f64>,
}

impl Maker {
    /// A maker of such pictures.
    pub(crate) fn new(distortion: Distortion) -> Maker {
        let basis = if distortion == Distortion::Elastic {
            let even = |index: usize| 2.0 * index as f64 / (SIDE as f64 - 1.0) - 1.0;
            let places: Vec<[f64; 2]> = (0..PIXELS).map(|place| [even(place % SIDE), even(place / SIDE)]).collect();
            spline(&places, POINTS)
        } else {
            Vec::new()
        };
        Maker { distortion, basis }
    }

    /// Distorts the digit `index` of `digits` by the numbers of `stream` and writes it into `out`, side × side bytes.
    pub(crate) fn write(&self, digits: &Labelled, index: usize, mut stream: Stream, out: &mut [u8]) {
        let digit = digits.pixels.get(index * PIXELS..(index + 1) * PIXELS).unwrap_or(&[0; PIXELS]);
        match self.distortion {
            Distortion::Rotated => rotated(digit, &mut stream, out),
            Distortion::RotatedScaledMoved => rotated_scaled_moved(digit, &mut stream, out),
            Distortion::Projected => projected(digit, &mut stream, out),
            Distortion::Elastic => elastic(digit, &self.basis, &mut stream, out),
            Distortion::Cluttered => cluttered(digits, digit, &mut stream, out),
        }
    }
}

fn rotated(digit: &[u8], stream: &mut Stream, out: &mut [u8]) {
    let angle = stream.between(-PI / 2.0, PI / 2.0);
    let (sin, cos) = (libm::sin(angle), libm::cos(angle));
    fill(digit, out, SIDE, |x, y| {
        let (x, y) = (x - MIDDLE, y - MIDDLE);
        [cos * x + sin * y + MIDDLE, cos * y - sin * x + MIDDLE]
    });
}

fn rotated_scaled_moved(digit: &[u8], stream: &mut Stream, out: &mut [u8]) {
    let side = Distortion::RotatedScaledMoved.side();
    let angle = stream.between(-PI / 4.0, PI / 4.0);
    let scale = stream.between(0.7, 1.2);
    // The scaled 28 × 28 square, before it is turned, lies within the picture.
    let half = scale * SIDE as f64 / 2.0;
    let mut middle = || stream.between(half, side as f64 - half) - 0.5;
    let (to_x, to_y) = (middle(), middle());
    let (sin, cos) = (libm::sin(angle) / scale, libm::cos(angle) / scale);
    fill(digit, out, side, |x, y| {
        let (x, y) = (x - to_x, y - to_y);
        [cos * x + sin * y + MIDDLE, cos * y - sin * x + MIDDLE]
    });
}

fn projected(digit: &[u8], stream: &mut Stream, out: &mut [u8]) {
    const MOVED_BY: f64 = 5.0;
    let scale = stream.between(0.75, 1.0);
    let last = SIDE as f64 - 1.0;
    let corners = [[0.0, 0.0], [last, 0.0], [last, last], [0.0, last]];
    // Corners that cross give no projective map of a square: they are drawn again.
    let moved = loop {
        let moved = corners.map(|corner| corner.map(|c| MIDDLE + scale * (c - MIDDLE) + MOVED_BY * stream.normal()));
        if convex(&moved) {
            break moved;
        }
    };
    let h = homography(&moved, &corners);
    fill(digit, out, SIDE, |x, y| {
        let depth = h[6] * x + h[7] * y + 1.0;
        [(h[0] * x + h[1] * y + h[2]) / depth, (h[3] * x + h[4] * y + h[5]) / depth]
    });
}

fn elastic(digit: &[u8], basis: &[f64], stream: &mut Stream, out: &mut [u8]) {
    const MOVED_BY: f64 = 1.5;
    let scale = stream.between(0.75, 1.0);
    let offsets: Vec<[f64; 2]> =
        (0..POINTS * POINTS).map(|_| [MOVED_BY * stream.normal(), MOVED_BY * stream.normal()]).collect();
    let mut rows = basis.chunks_exact(POINTS * POINTS);
    fill(digit, out, SIDE, |x, y| {
        let weights = rows.next().unwrap_or(&[]);
        let [mut x, mut y] = [x, y];
        for (weight, offset) in weights.iter().zip(&offsets) {
            x += weight * offset[0];
            y += weight * offset[1];
        }
        [(x - MIDDLE) / scale + MIDDLE, (y - MIDDLE) / scale + MIDDLE]
    });
}

fn cluttered(digits: &Labelled, digit: &[u8], stream: &mut Stream, out: &mut [u8]) {
    let side = Distortion::Cluttered.side();
    let mut below = |bound: usize| usize::try_from(stream.below(bound as u64)).unwrap_or(0);
    out.fill(0);
    let mut put = |from: &[u8], size: usize, [left, top]: [usize; 2], [x, y]: [usize; 2]| {
        for row in 0..size {
            for column in 0..size {
                let to = &mut out[(y + row) * side + x + column];
                *to = (*to).max(from[(top + row) * SIDE + left + column]);
            }
        }
    };
    let place = [below(side - SIDE + 1), below(side - SIDE + 1)];
    put(digit, SIDE, [0, 0], place);
    for _ in 0..PATCHES {
        let other = below(digits.len());
        let corner = [below(SIDE - PATCH + 1), below(SIDE - PATCH + 1)];
        let place = [below(side - PATCH + 1), below(side - PATCH + 1)];
        let other = digits.pixels.get(other * PIXELS..(other + 1) * PIXELS).unwrap_or(&[0; PIXELS]);
        put(other, PATCH, corner, place);
    }
}

/// Looks the digit up, bilinearly, at the place that `look` gives for each pixel; outside it is black.
fn fill(digit: &[u8], out: &mut [u8], side: usize, mut look: impl FnMut(f64, f64) -> [f64; 2]) {
    let digit = framed(digit);
    for (row, values) in out.chunks_exact_mut(side).enumerate() {
        for (column, value) in values.iter_mut().enumerate() {
            let [x, y] = look(column as f64, row as f64);
            *value = bilinear(&digit, x, y);
        }
    }
}

/// A digit with black pixels around it, so that each place within a pixel of it has four neighbours.
type Framed = [[f64; SIDE + 2]; SIDE + 2];

fn framed(digit: &[u8]) -> Framed {
    let mut framed = [[0.0; SIDE + 2]; SIDE + 2];
    for (row, pixels) in digit.chunks_exact(SIDE).enumerate() {
        for (to, pixel) in framed[row + 1][1..].iter_mut().zip(pixels) {
            *to = f64::from(*pixel);
        }
    }
    framed
}

fn bilinear(digit: &Framed, x: f64, y: f64) -> u8 {
    let (x, y) = (x + 1.0, y + 1.0);
    let end = SIDE as f64 + 1.0;
    if !(x > 0.0 && x < end && y > 0.0 && y < end) {
        return 0;
    }
    // Cut off, which is the floor of what is not negative.
    let (column, row) = (x as i32, y as i32);
    let (right, bottom) = (x - f64::from(column), y - f64::from(row));
    let (column, row) = (column as usize, row as usize);
    let (upper, lower) = (&digit[row], &digit[row + 1]);
    let upper = upper[column] + (upper[column + 1] - upper[column]) * right;
    let lower = lower[column] + (lower[column + 1] - lower[column]) * right;
    (upper + (lower - upper) * bottom + 0.5) as u8
}

/// Whether the corners, in their order, turn the same way at each.
fn convex(corners: &[[f64; 2]; 4]) -> bool {
    (0..4).all(|index| {
        let [a, b, c] = [0, 1, 2].map(|step| corners[(index + step) % 4]);
        (b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0]) > 1.0
    })
}

/// The first 8 numbers (the ninth is 1) of the projective map that takes each of `from` to that of `to`.
fn homography(from: &[[f64; 2]; 4], to: &[[f64; 2]; 4]) -> [f64; 8] {
    let mut system = [[0.0; 9]; 8];
    for (index, ([x, y], [u, v])) in from.iter().zip(to).enumerate() {
        system[2 * index] = [*x, *y, 1.0, 0.0, 0.0, 0.0, -u * x, -u * y, *u];
        system[2 * index + 1] = [0.0, 0.0, 0.0, *x, *y, 1.0, -v * x, -v * y, *v];
    }
    for column in 0..8 {
        let best = (column..8).max_by(|a, b| system[*a][column].abs().total_cmp(&system[*b][column].abs()));
        system.swap(column, best.unwrap_or(column));
        let pivot = system[column];
        for (_, numbers) in system.iter_mut().enumerate().filter(|(row, _)| *row != column) {
            let factor = numbers[column] / pivot[column];
            for (number, other) in numbers.iter_mut().zip(pivot) {
                *number -= factor * other;
            }
        }
    }
    std::array::from_fn(|row| system[row][8] / system[row][row])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square() -> Vec<u8> {
        (0..PIXELS)
            .map(|at| if (8..20).contains(&(at % SIDE)) && (4..24).contains(&(at / SIDE)) { 200 } else { 0 })
            .collect()
    }

    #[test]
    fn the_map_that_changes_nothing_changes_nothing() {
        let digit: Vec<u8> = (0..PIXELS).map(|at| (at * 7 % 251) as u8).collect();
        let mut out = vec![0; PIXELS];
        fill(&digit, &mut out, SIDE, |x, y| [x, y]);
        assert_eq!(out, digit);
        let corners = [[0.0, 0.0], [27.0, 0.0], [27.0, 27.0], [0.0, 27.0]];
        let h = homography(&corners, &corners);
        for (number, wanted) in h.iter().zip([1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0]) {
            assert!((number - wanted).abs() < 1e-12, "{h:?}");
        }
    }

    #[test]
    fn a_homography_takes_corners_to_corners() {
        let from = [[1.0, 2.0], [25.0, 0.5], [29.0, 24.0], [-3.0, 27.0]];
        let to = [[0.0, 0.0], [27.0, 0.0], [27.0, 27.0], [0.0, 27.0]];
        let h = homography(&from, &to);
        for ([x, y], [u, v]) in from.iter().zip(&to) {
            let depth = h[6] * x + h[7] * y + 1.0;
            assert!(((h[0] * x + h[1] * y + h[2]) / depth - u).abs() < 1e-9);
            assert!(((h[3] * x + h[4] * y + h[5]) / depth - v).abs() < 1e-9);
        }
        assert!(convex(&from) && !convex(&[from[0], from[2], from[1], from[3]]));
    }

    #[test]
    fn every_distortion_keeps_ink_and_follows_its_stream() {
        let digits = Labelled { size: [SIDE, SIDE], pixels: square(), labels: vec![1] };
        for (name, distortion) in Distortion::ALL {
            let maker = Maker::new(distortion);
            let make = |index| {
                let mut out = vec![7; distortion.side() * distortion.side()];
                maker.write(&digits, 0, Stream::new(0, "test", index), &mut out);
                out
            };
            assert_eq!(make(1), make(1), "{name}");
            assert_ne!(make(1), make(2), "{name}");
            let ink: usize = (0..8).map(|index| make(index).iter().filter(|value| **value > 100).count()).sum();
            assert!((8 * 60..8 * 480).contains(&ink), "{name}: {ink}");
            assert_eq!(Distortion::named(name), Some(distortion));
        }
    }
}
