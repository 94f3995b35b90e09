//! What the models say of images, for the page: sentences below them, the aligned segments over their regions, and how well each word fits
//! each region. Tested images may not be passed on; free photographs are shown always.
//!
//! Must not pick images by how well they came out.

use std::path::Path;

use base::boxes::Bounds;
use engine::drawing::{Framed, Heat, LINE, bar, colour, enlarged, fitting, framed, text, width};
use engine::error::Result;
use engine::picture::Image;
use engine::train::Context;

use super::segments::{aligned, segments};
use crate::detectors::pictures::{fitted, opened, placed};

/// A tile's width, and the height of its picture, in pixels.
const TILE: [usize; 2] = [300, 220];
/// Tiles in a row, and tested images that are shown.
const COLUMNS: usize = 3;
const SHOWN: usize = 12;
/// Lines below a picture.
const LINES: usize = 6;
/// Stands where a text goes on.
const CUT: &str = "...";
/// A place of the matrix of words and regions, in pixels.
const PLACE: usize = 18;

/// One image with what is written below it and drawn on it.
pub(super) struct Tile<'b> {
    pub(super) path: &'b Path,
    pub(super) boxes: Vec<(Bounds, String)>,
    pub(super) below: Vec<String>,
}

/// Which of so many images are shown, evenly spread.
pub(super) fn shown(count: usize) -> impl Iterator<Item = usize> {
    (0..count).step_by(count.div_ceil(SHOWN).max(1))
}

/// Draws tiles on one sheet.
pub(super) fn sheet(
    context: &Context<'_, '_>,
    (name, caption): (&str, &str),
    tiles: &[Tile<'_>],
    private: bool,
) -> Result<()> {
    if tiles.is_empty() {
        return Ok(());
    }
    let tiles = tiles.iter().map(drawn).collect::<Result<Vec<_>>>()?;
    context.picture(name, caption, &Image::grid(&tiles, COLUMNS, 6), private)
}

fn drawn(tile: &Tile<'_>) -> Result<Image> {
    let (mut small, scale) = fitted(&opened(tile.path)?, TILE);
    let boxes: Vec<Framed> = tile
        .boxes
        .iter()
        .enumerate()
        .map(|(number, (bounds, words))| Framed {
            bounds: bounds.scaled(scale),
            colour: colour(number),
            words: words.clone(),
        })
        .collect();
    framed(&mut small, &boxes);
    let mut image = Image::filled(TILE[0], TILE[1] + LINES * (LINE + 2) + 4, 3, 255);
    image.put(&placed(&small, TILE), 0, 0);
    let lines: Vec<String> = tile.below.iter().flat_map(|words| lines(words, TILE[0] - 4)).collect();
    for (row, line) in lines.iter().take(LINES).enumerate() {
        let place = (2, TILE[1] + 3 + row * (LINE + 2));
        if row + 1 == LINES && lines.len() > LINES {
            let cut = fitting(line, TILE[0] - 4 - width(CUT));
            text(&mut image, place.0, place.1, &format!("{cut}{CUT}"));
        } else {
            text(&mut image, place.0, place.1, fitting(line, TILE[0] - 4));
        }
    }
    Ok(image)
}

/// Words in lines no wider than that.
fn lines(words: &str, most: usize) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for word in words.split(' ') {
        match all.last_mut().filter(|line| width(line) + width(" ") + width(word) <= most) {
            Some(line) => {
                line.push(' ');
                line.push_str(word);
            }
            None => all.push(word.to_owned()),
        }
    }
    all
}

/// The segments of a sentence over the regions that they are aligned to.
pub(super) fn over_regions(products: &[f32], words: &[String], boxes: &[Bounds], beta: f64) -> Vec<(Bounds, String)> {
    let assigned = aligned(products, boxes.len(), beta);
    let named = |(region, first, count): (usize, usize, usize)| (boxes[region], words[first..first + count].join(" "));
    segments(&assigned).into_iter().map(named).collect()
}

/// Draws how well each word of a sentence fits each region of its image: a row a word, a column a region, the whole image first.
pub(super) fn matrix(
    context: &Context<'_, '_>,
    (name, caption): (&str, &str),
    (products, words): (&[f32], &[String]),
    private: bool,
) -> Result<()> {
    let columns = products.len().checked_div(words.len()).unwrap_or(0);
    if columns == 0 {
        return Ok(());
    }
    let (least, most) = products.iter().fold((f32::MAX, f32::MIN), |(a, b), own| (a.min(*own), b.max(*own)));
    let heat = Heat { numbers: products, columns, least, most };
    let map = enlarged(&heat.image(), PLACE);
    let left = words.iter().map(|word| width(word)).max().unwrap_or(0) + 6;
    let scale = bar(map.width.max(60), least, most);
    let mut image = Image::filled(left + map.width.max(60) + 4, map.height + 8 + scale.height, 3, 255);
    image.put(&map, left, 2);
    for (row, word) in words.iter().enumerate() {
        text(&mut image, 2, 2 + row * PLACE + (PLACE - LINE) / 2, word);
    }
    image.put(&scale, left, map.height + 6);
    context.picture(name, caption, &image, private)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_broken_into_lines_and_images_are_spread() {
        let broken = lines("a man rides a horse on a beach", 60);
        assert!(broken.len() > 1 && broken.iter().all(|line| width(line) <= 60), "{broken:?}");
        assert_eq!(broken.join(" "), "a man rides a horse on a beach");
        assert_eq!((shown(125).count(), shown(3).collect::<Vec<_>>(), shown(0).count()), (12, vec![0, 1, 2], 0));
    }
}
