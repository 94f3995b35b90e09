//! Numbers as colours: a map, its colour bar, and colours for kinds.
//!
//! Must not rely on red and green: the scale runs from dark violet to yellow, evenly in lightness, and prints in grey.

use super::font;
use crate::picture::Image;

/// Nine stops of matplotlib's viridis (van der Walt and Smith, CC0).
const STOPS: [[u8; 3]; 9] = [
    [68, 1, 84],
    [71, 44, 122],
    [59, 81, 139],
    [44, 113, 142],
    [33, 144, 141],
    [39, 173, 129],
    [92, 200, 99],
    [170, 220, 50],
    [253, 231, 37],
];

/// Colours of kinds that can be told apart by most people (Okabe and Ito 2008), the commonest first; grey for all others.
const KINDS: [[u8; 3]; 8] = [
    [0, 114, 178],
    [230, 159, 0],
    [0, 158, 115],
    [204, 121, 167],
    [86, 180, 233],
    [213, 94, 0],
    [240, 228, 66],
    [150, 150, 150],
];

/// Numbers in rows and columns, and the range of their colours.
#[derive(Debug, Clone, Copy)]
pub struct Heat<'a> {
    /// The numbers, row by row.
    pub numbers: &'a [f32],
    /// Columns.
    pub columns: usize,
    /// What the darkest colour stands for.
    pub least: f32,
    /// What the lightest colour stands for.
    pub most: f32,
}

impl Heat<'_> {
    /// A pixel a number.
    #[must_use]
    pub fn image(&self) -> Image {
        let columns = self.columns.max(1);
        let mut image = Image::filled(columns, self.numbers.len() / columns, 3, 0);
        for (pixel, number) in image.pixels.chunks_exact_mut(3).zip(self.numbers) {
            let range = self.most - self.least;
            pixel.copy_from_slice(&colour(if range > 0.0 { (number - self.least) / range } else { 0.0 }));
        }
        image
    }
}

/// From 0, the darkest, to 1.
fn colour(share: f32) -> [u8; 3] {
    let place = share.clamp(0.0, 1.0) * (STOPS.len() - 1) as f32;
    let below = (place as usize).min(STOPS.len() - 2);
    let part = place - below as f32;
    std::array::from_fn(|channel| {
        let [from, to] = [STOPS[below][channel], STOPS[below + 1][channel]].map(f32::from);
        (from + part * (to - from)).round() as u8
    })
}

/// A colour bar of that width with the numbers at its ends below it, on white.
#[must_use]
pub fn bar(width: usize, least: f32, most: f32) -> Image {
    const HEIGHT: usize = 8;
    let mut image = Image::filled(width, HEIGHT + 3 + font::LINE, 3, 255);
    for y in 0..HEIGHT {
        for x in 0..width {
            let at = 3 * (y * width + x);
            image.pixels[at..at + 3].copy_from_slice(&colour(x as f32 / width.saturating_sub(1).max(1) as f32));
        }
    }
    let [least, most] = [least, most].map(words);
    font::text(&mut image, 0, HEIGHT + 3, &least);
    font::text(&mut image, width.saturating_sub(font::width(&most)), HEIGHT + 3, &most);
    image
}

/// A number beside a colour, in three digits or so.
#[must_use]
pub fn words(number: f32) -> String {
    let size = number.abs();
    match size {
        _ if size == 0.0 => "0".to_owned(),
        _ if size >= 100.0 => format!("{number:.0}"),
        _ if size >= 10.0 => format!("{number:.1}"),
        _ if size >= 0.01 => format!("{number:.2}"),
        _ => format!("{number:.0e}"),
    }
}

/// A line of a legend: the kind, None for all others, and its colour.
pub type Entry = (Option<i64>, [u8; 3]);

/// A pixel a kind, and each kind with its colour, the commonest first. Kinds beyond the colours share the last one, under
/// None.
#[must_use]
pub fn categories(kinds: &[i64], columns: usize) -> (Image, Vec<Entry>) {
    let mut counts: Vec<(i64, usize)> = Vec::new();
    for kind in kinds {
        match counts.iter_mut().find(|(known, _)| known == kind) {
            Some((_, count)) => *count += 1,
            None => counts.push((*kind, 1)),
        }
    }
    // The first that came stays before another of as many.
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let named = if counts.len() > KINDS.len() { KINDS.len() - 1 } else { counts.len() };
    let place = |kind: i64| counts[..named].iter().position(|(known, _)| *known == kind).unwrap_or(KINDS.len() - 1);
    let columns = columns.max(1);
    let mut image = Image::filled(columns, kinds.len() / columns, 3, 0);
    for (pixel, kind) in image.pixels.chunks_exact_mut(3).zip(kinds) {
        pixel.copy_from_slice(&KINDS[place(*kind)]);
    }
    let mut legend: Vec<_> =
        counts[..named].iter().zip(KINDS).map(|((kind, _), colour)| (Some(*kind), colour)).collect();
    if counts.len() > named {
        legend.push((None, KINDS[KINDS.len() - 1]));
    }
    (image, legend)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_run_from_the_first_stop_to_the_last() {
        assert_eq!((colour(-1.0), colour(0.0), colour(1.0)), (STOPS[0], STOPS[0], STOPS[8]));
        assert_eq!(colour(0.5), STOPS[4]);
        let heat = Heat { numbers: &[1.0, 1.5, 2.0, 1.0], columns: 2, least: 1.0, most: 2.0 };
        assert_eq!(heat.image().pixels, [STOPS[0], STOPS[4], STOPS[8], STOPS[0]].concat());
        // Nothing to tell apart.
        assert_eq!(Heat { least: 1.0, most: 1.0, ..heat }.image().pixels[..3], STOPS[0]);
    }

    #[test]
    fn the_commonest_kinds_have_colours_of_their_own() {
        let (image, legend) = categories(&[5, 5, 3, 5], 2);
        assert_eq!(legend, [(Some(5), KINDS[0]), (Some(3), KINDS[1])]);
        assert_eq!(image.pixels, [KINDS[0], KINDS[0], KINDS[1], KINDS[0]].concat());
        let (_, legend) = categories(&(0..20).collect::<Vec<i64>>(), 5);
        assert_eq!((legend.len(), legend[7].0), (8, None));
    }

    #[test]
    fn numbers_at_a_bar_have_three_digits() {
        assert_eq!([0.0, 0.1234, 3.126, 42.25, 1234.5].map(words), ["0", "0.12", "3.13", "42.2", "1234"]);
    }
}
