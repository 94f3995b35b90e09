//! Words in pixels, seven high, for figures whose numbers must stand beside their colours in print too.
//!
//! Must not be used for sentences: those are captions. The glyphs are `font.txt`, a line each, rows from the top.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::picture::Image;

/// A line's height, what hangs below it included.
pub const LINE: usize = 9;
/// Columns of a space.
const SPACE: usize = 3;

static GLYPHS: LazyLock<HashMap<char, Vec<&'static str>>> = LazyLock::new(|| {
    let lines = include_str!("font.txt").lines();
    lines.filter_map(|line| Some((line.chars().next()?, line.split_once(' ')?.1.split('/').collect()))).collect()
});

/// The glyph; what there is none for is a question mark.
fn glyph(letter: char) -> &'static [&'static str] {
    GLYPHS.get(&letter).or_else(|| GLYPHS.get(&'?')).map_or(&[], Vec::as_slice)
}

/// A letter's columns, with the gap after it.
fn advance(letter: char) -> usize {
    if letter == ' ' { SPACE } else { glyph(letter).first().map_or(0, |row| row.len()) + 1 }
}

/// How wide the words are.
#[must_use]
pub fn width(words: &str) -> usize {
    words.chars().map(advance).sum()
}

/// As much of the words as is no wider than that.
#[must_use]
pub fn fitting(words: &str, most: usize) -> &str {
    let mut used = 0;
    for (at, letter) in words.char_indices() {
        used += advance(letter);
        if used > most + 1 {
            return &words[..at];
        }
    }
    words
}

/// Writes words in black with their corner at `x`, `y`; what does not fit is cut off.
pub fn text(image: &mut Image, x: usize, y: usize, words: &str) {
    let mut left = x;
    for letter in words.chars() {
        if letter != ' ' {
            for (row, line) in glyph(letter).iter().enumerate() {
                for (column, dot) in line.bytes().enumerate() {
                    let (x, y) = (left + column, y + row);
                    if dot == b'#' && x < image.width && y < image.height {
                        let at = (y * image.width + x) * image.channels;
                        image.pixels[at..at + image.channels].fill(0);
                    }
                }
            }
        }
        left += advance(letter);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_glyph_has_rows_of_one_length() {
        assert_eq!(include_str!("font.txt").lines().count(), GLYPHS.len());
        for (letter, rows) in GLYPHS.iter() {
            assert!(rows.len() >= 7 && rows.len() <= LINE, "{letter}");
            assert!(rows.iter().all(|row| row.len() == rows[0].len() && !row.is_empty()), "{letter}");
        }
        let all = ('a'..='z').chain('A'..='Z').chain('0'..='9').chain(".,:;-+=%/()'_?".chars());
        assert!(all.into_iter().all(|letter| GLYPHS.contains_key(&letter)));
    }

    #[test]
    fn words_are_as_wide_as_they_are_drawn() {
        assert_eq!((fitting("abc", width("abc")), fitting("abc", width("ab") + 3)), ("abc", "ab"));
        let words = "p = 0.5 µ";
        let mut image = Image::filled(width(words), LINE, 1, 255);
        text(&mut image, 0, 0, words);
        let dark = |x: usize| (0..LINE).any(|y| image.pixels[y * image.width + x] == 0);
        assert!(dark(0) && dark(image.width - 2) && !dark(image.width - 1));
    }
}
