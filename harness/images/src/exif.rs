//! Which way up a photograph was taken, as cameras and phones note it, and turning it that way.
//!
//! Must not decode pixels, and must take a note that makes no sense for none.

use crate::Rgb;

/// The orientation that a JPEG's EXIF data name, 2 to 8; 1 (as it lies) where they name none or something else.
#[must_use]
pub fn orientation(bytes: &[u8]) -> u8 {
    exif(bytes).and_then(tag).filter(|value| (1..=8).contains(value)).map_or(1, |value| value as u8)
}

/// What follows `Exif\0\0` in the first segment that has it.
fn exif(bytes: &[u8]) -> Option<&[u8]> {
    let mut rest = bytes.strip_prefix(&[0xff, 0xd8])?;
    loop {
        let [0xff, marker, high, low, ..] = *rest else { return None };
        // The picture begins: no more notes.
        if marker == 0xda {
            return None;
        }
        let length = usize::from(u16::from_be_bytes([high, low]));
        let segment = rest.get(4..2 + length)?;
        if marker == 0xe1
            && let Some(tiff) = segment.strip_prefix(b"Exif\0\0")
        {
            return Some(tiff);
        }
        rest = rest.get(2 + length..)?;
    }
}

/// Tag 0x0112 of the first directory.
fn tag(tiff: &[u8]) -> Option<u16> {
    let little = match tiff.get(..4)? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let short = |at: usize| {
        let pair = [*tiff.get(at)?, *tiff.get(at + 1)?];
        Some(if little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) })
    };
    let long = |at: usize| {
        let (one, other) = (u32::from(short(at)?), u32::from(short(at + 2)?));
        usize::try_from(if little { one | other << 16 } else { one << 16 | other }).ok()
    };
    let directory = long(4)?;
    (0..usize::from(short(directory)?)).find_map(|entry| {
        let at = directory.checked_add(2 + 12 * entry)?;
        (short(at)? == 0x0112).then(|| short(at + 8))?
    })
}

impl Rgb {
    /// The picture the way up that `orientation` says (EXIF's numbers, 1 to 8), as Pillow's `ImageOps.exif_transpose`.
    #[must_use]
    pub fn turned(self, orientation: u8) -> Rgb {
        let (w, h) = (self.width as usize, self.height as usize);
        // Where the pixel at (x, y) of the turned picture comes from.
        let from = |x: usize, y: usize| match orientation {
            2 => (w - 1 - x, y),
            3 => (w - 1 - x, h - 1 - y),
            4 => (x, h - 1 - y),
            5 => (y, x),
            6 => (y, h - 1 - x),
            7 => (w - 1 - y, h - 1 - x),
            8 => (w - 1 - y, x),
            _ => (x, y),
        };
        if !(2..=8).contains(&orientation) {
            return self;
        }
        let (width, height) = if orientation >= 5 { (self.height, self.width) } else { (self.width, self.height) };
        let mut pixels = Vec::with_capacity(self.pixels.len());
        for y in 0..height as usize {
            for x in 0..width as usize {
                let (x, y) = from(x, y);
                let at = 3 * (y * w + x);
                pixels.extend_from_slice(&self.pixels[at..at + 3]);
            }
        }
        Rgb { width, height, pixels, note: self.note }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A JPEG's beginning with that orientation in its EXIF data, in either byte order.
    fn noted(value: u16, little: bool) -> Vec<u8> {
        let short = |value: u16| if little { value.to_le_bytes() } else { value.to_be_bytes() };
        let mut tiff = if little { b"II*\0".to_vec() } else { b"MM\0*".to_vec() };
        tiff.extend(if little { 8_u32.to_le_bytes() } else { 8_u32.to_be_bytes() });
        tiff.extend([short(1), short(0x0112), short(3)].concat());
        tiff.extend(if little { 1_u32.to_le_bytes() } else { 1_u32.to_be_bytes() });
        tiff.extend([short(value), short(0)].concat());
        let mut bytes = vec![0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xe1];
        bytes.extend((2 + 6 + tiff.len() as u16).to_be_bytes());
        bytes.extend(b"Exif\0\0");
        bytes.extend(tiff);
        bytes.extend([0xff, 0xda]);
        bytes
    }

    #[test]
    fn the_note_is_found_in_either_order_and_nonsense_is_none() {
        for little in [true, false] {
            assert_eq!([1, 3, 6, 8, 0, 9, 4000].map(|value| orientation(&noted(value, little))), [1, 3, 6, 8, 1, 1, 1]);
        }
        let whole = noted(6, true);
        for end in 0..whole.len() - 6 {
            assert_eq!(orientation(&whole[..end]), 1, "{end}");
        }
        assert_eq!(orientation(b"\x89PNG"), 1);
    }

    #[test]
    fn pictures_are_turned_as_pillow_turns_them() {
        // 3 by 2: a b c / d e f.
        let picture = || Rgb {
            width: 3,
            height: 2,
            pixels: b"abcdef".iter().flat_map(|letter| [*letter; 3]).collect(),
            note: None,
        };
        let letters = |orientation: u8| {
            let turned = picture().turned(orientation);
            let rows = turned.pixels.chunks(3 * turned.width as usize);
            rows.map(|row| row.chunks(3).map(|pixel| char::from(pixel[0])).collect::<String>())
                .collect::<Vec<_>>()
                .join("/")
        };
        // Computed by PIL.ImageOps.exif_transpose.
        let all = ["abc/def", "cba/fed", "fed/cba", "def/abc", "ad/be/cf", "da/eb/fc", "fc/eb/da", "cf/be/ad"];
        for (orientation, expected) in (1..).zip(all) {
            assert_eq!(letters(orientation), expected, "{orientation}");
        }
    }
}
