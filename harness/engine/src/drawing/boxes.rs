//! Boxes on a picture, each with its words.
//!
//! Must not choose which.

use base::boxes::Bounds;

use super::font::{LINE, text, width};
use crate::picture::Image;

/// How wide a box's line is, in pixels.
const LINE_WIDTH: usize = 2;

/// A box to draw.
#[derive(Debug, Clone, PartialEq)]
pub struct Framed {
    /// Where.
    pub bounds: Bounds,
    /// The line's colour.
    pub colour: [u8; 3],
    /// What stands above it; nothing where this is empty.
    pub words: String,
}

/// Colours that are told apart beside each other, by a number: a class's.
#[must_use]
pub fn colour(number: usize) -> [u8; 3] {
    // Around the circle of hues by the golden angle, all of them light enough for black words.
    let hue = (number as f64 * 137.508) % 360.0 / 60.0;
    let part = |shift: f64| {
        let from = (hue + shift) % 6.0;
        let share = (from.min(4.0 - from)).clamp(0.0, 1.0);
        (90.0 + 165.0 * share).round() as u8
    };
    [part(2.0), part(0.0), part(4.0)]
}

/// Draws boxes on a picture of three channels, the first ones uppermost. What lies outside is cut off. Words stand above their box, or
/// in it where the picture ends, and lower where others stand already.
pub fn framed(image: &mut Image, boxes: &[Framed]) {
    let place = |edge: f64, most: usize| edge.round().clamp(0.0, most as f64) as usize;
    for Framed { bounds, colour, .. } in boxes.iter().rev() {
        let (left, right) = (place(bounds.left, image.width), place(bounds.right, image.width));
        let (top, bottom) = (place(bounds.top, image.height), place(bounds.bottom, image.height));
        let line = LINE_WIDTH.min(right - left.min(right)).min(bottom - top.min(bottom));
        fill(image, [left, top, right, top + line], *colour);
        fill(image, [left, bottom - line, right, bottom], *colour);
        fill(image, [left, top, left + line, bottom], *colour);
        fill(image, [right - line, top, right, bottom], *colour);
    }
    let mut taken: Vec<Bounds> = Vec::new();
    for Framed { bounds, colour, words } in boxes.iter().filter(|one| !one.words.is_empty()) {
        let top = place(bounds.top, image.height);
        let (high, wide) = (LINE + 1, width(words) + 3);
        let left = place(bounds.left, image.width).min(image.width.saturating_sub(wide));
        let first = if top >= high { top - high } else { top + LINE_WIDTH };
        let at = |row: usize| [left, row, left + wide, row + high];
        let bounds = |row: usize| Bounds::new(at(row).map(|edge| edge as f64));
        let is_free = |row: &usize| taken.iter().all(|other| bounds(*row).shared(other) == 0.0);
        // Where there is no room at all they stand over others.
        let row = (first..(image.height + 1).saturating_sub(high)).find(is_free).unwrap_or(first);
        fill(image, at(row), *colour);
        text(image, left + 2, row + 1, words);
        taken.push(bounds(row));
    }
}

/// Fills from left and top up to right and bottom.
fn fill(image: &mut Image, [left, top, right, bottom]: [usize; 4], colour: [u8; 3]) {
    for row in top..bottom.min(image.height) {
        for column in left..right.min(image.width) {
            let at = (row * image.width + column) * image.channels;
            image.pixels[at..at + 3].copy_from_slice(&colour);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_is_a_frame_with_words_above() {
        let mut image = Image::filled(60, 40, 3, 255);
        let bounds = Bounds::new([10.0, 20.0, 30.0, 35.0]);
        framed(&mut image, &[Framed { bounds, colour: [255, 0, 0], words: "cat .9".to_owned() }]);
        let at = |x: usize, y: usize| image.pixels[(y * 60 + x) * 3..][..3].to_vec();
        assert_eq!((at(10, 20), at(29, 34), at(20, 21)), (vec![255, 0, 0], vec![255, 0, 0], vec![255, 0, 0]));
        assert_eq!((at(20, 28), at(9, 28), at(30, 28)), (vec![255; 3], vec![255; 3], vec![255; 3]));
        let words: Vec<u8> = (10..20).flat_map(|row| at(14, row)).collect();
        assert!(words.contains(&0), "{words:?}");
    }

    #[test]
    fn words_of_boxes_with_one_corner_stand_below_each_other() {
        let framing = |words: &str, colour: [u8; 3]| Framed {
            bounds: Bounds::new([10.0, 20.0, 50.0, 55.0]),
            colour,
            words: words.to_owned(),
        };
        let mut image = Image::filled(60, 60, 3, 255);
        let two = [framing("cat", [255, 0, 0]), framing("dog", [0, 255, 0])];
        framed(&mut image, &two);
        let at = |x: usize, y: usize| image.pixels[(y * 60 + x) * 3..][..3].to_vec();
        let rows = |first: usize| (first..first + LINE + 1).map(|y| at(10, y)).collect::<Vec<_>>();
        assert_eq!(rows(20 - LINE - 1), vec![vec![255, 0, 0]; LINE + 1]);
        assert_eq!(rows(20), vec![vec![0, 255, 0]; LINE + 1]);
    }

    #[test]
    fn what_lies_outside_is_cut_off() {
        for edges in
            [[-5.0, -5.0, 100.0, 100.0], [58.0, 38.0, 59.0, 39.0], [3.0, 3.0, 3.0, 3.0], [70.0, 50.0, 90.0, 60.0]]
        {
            let mut image = Image::filled(60, 40, 3, 255);
            framed(
                &mut image,
                &[Framed { bounds: Bounds::new(edges), colour: [0, 0, 255], words: "a word".to_owned() }],
            );
            assert_eq!(image.pixels.len(), 60 * 40 * 3);
        }
        let colours: Vec<[u8; 3]> = (0..20).map(colour).collect();
        for (number, own) in colours.iter().enumerate() {
            assert!(own.iter().any(|part| *part > 200) && !colours[..number].contains(own));
        }
    }
}
