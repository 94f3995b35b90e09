//! Pictures for the page: grey or colour pixels, grids of them, PNG files.
//!
//! Must not scale: the page does, and for figures [`crate::drawing`].

use std::path::Path;

use spec::event::{self, Event};

use crate::emit::Emitter;
use crate::error::{Error, Result};
use crate::outcomes;

/// Writes a picture for the page, under a name and with a caption. `private`: it shows data that may not be passed on.
///
/// # Errors
/// The disk is full, or nobody reads any more.
pub(crate) fn write(
    (out, emitter): (&Path, &Emitter<'_>),
    (name, caption): (&str, &str),
    image: &Image,
    private: bool,
) -> Result<()> {
    let file = format!("picture-{}.png", base::files::file_name(name));
    let png = image.png()?;
    outcomes::write_file(&out.join(&file), &png)?;
    let (name, caption, sha256) = (name.to_owned(), caption.to_owned(), base::hash::sha256(&png));
    emitter.event(&Event::Picture(event::Picture { name, caption, file, sha256, private }))
}

/// Pixels, row by row, `channels` bytes each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// 1 (grey) or 3 (red, green, blue).
    pub channels: usize,
    /// The bytes.
    pub pixels: Vec<u8>,
}

impl Image {
    /// One colour.
    #[must_use]
    pub fn filled(width: usize, height: usize, channels: usize, value: u8) -> Image {
        Image { width, height, channels, pixels: vec![value; width * height * channels] }
    }

    /// A picture from numbers of 0 to 1 in the order `[C, H, W]`; what lies outside is cut off.
    #[must_use]
    pub fn from_floats(numbers: &[f32], channels: usize, height: usize, width: usize) -> Image {
        let mut image = Image::filled(width, height, channels, 0);
        for place in 0..height * width {
            for channel in 0..channels {
                let value = numbers.get(channel * height * width + place).copied().unwrap_or(0.0);
                image.pixels[place * channels + channel] = (value.clamp(0.0, 1.0) * 255.0).round() as u8;
            }
        }
        image
    }

    /// Puts another picture of as many channels with its corner at `x`, `y`; what does not fit is cut off.
    pub fn put(&mut self, other: &Image, x: usize, y: usize) {
        let columns = other.width.min(self.width.saturating_sub(x)) * self.channels;
        for row in 0..other.height.min(self.height.saturating_sub(y)) {
            let to = ((y + row) * self.width + x) * self.channels;
            let from = row * other.width * other.channels;
            self.pixels[to..to + columns].copy_from_slice(&other.pixels[from..from + columns]);
        }
    }

    /// Pictures of one size in rows of `columns`, `gap` pixels of grey apart.
    #[must_use]
    pub fn grid(tiles: &[Image], columns: usize, gap: usize) -> Image {
        const GREY: u8 = 128;
        let Some(first) = tiles.first() else { return Image::filled(1, 1, 1, GREY) };
        let columns = columns.clamp(1, tiles.len());
        let rows = tiles.len().div_ceil(columns);
        let side = |count: usize, size: usize| count * (size + gap) + gap;
        let mut grid = Image::filled(side(columns, first.width), side(rows, first.height), first.channels, GREY);
        for (index, tile) in tiles.iter().enumerate() {
            grid.put(tile, side(index % columns, first.width), side(index / columns, first.height));
        }
        grid
    }

    /// The picture as a PNG file.
    ///
    /// # Errors
    /// Sizes that a PNG file cannot have.
    pub fn png(&self) -> Result<Vec<u8>> {
        let number = |size: usize| u32::try_from(size).unwrap_or(0);
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, number(self.width), number(self.height));
        encoder.set_color(if self.channels == 3 { png::ColorType::Rgb } else { png::ColorType::Grayscale });
        encoder.set_depth(png::BitDepth::Eight);
        let written = encoder.write_header().and_then(|mut writer| writer.write_image_data(&self.pixels));
        written.map_err(|error| Error::Other(format!("a picture cannot be written: {error}")))?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grid_has_its_tiles_in_rows() {
        let tiles: Vec<Image> = (0..3).map(|value| Image::filled(2, 1, 1, value)).collect();
        let grid = Image::grid(&tiles, 2, 1);
        assert_eq!((grid.width, grid.height), (7, 5));
        assert_eq!(grid.pixels[7..14], [128, 0, 0, 128, 1, 1, 128]);
        assert_eq!(grid.pixels[21..28], [128, 2, 2, 128, 128, 128, 128]);
        assert_eq!(&grid.png().unwrap()[1..4], b"PNG");
    }
}
