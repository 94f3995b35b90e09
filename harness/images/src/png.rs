//! PNG to RGB by Pillow's `convert("RGB")` rules. Must not apply gamma, profiles or transparency: Pillow does not.

use std::io::Cursor;

use ::png::{BitDepth, ColorType, Decoder, DecodingError, Info, Limits, Transformations};

use crate::limits::{add_note, check_size};
use crate::{Error, Rgb};

/// Deflate's best: 258 bytes for two bits.
const DEFLATE_RATIO: usize = 1032;

/// Decodes a PNG to RGB: alpha is dropped, sixteen bits become their high byte, palettes and small greys are expanded.
pub(crate) fn decode(bytes: &[u8], name: &str) -> Result<Rgb, Error> {
    let fail = |error| said(error, bytes.len(), name);
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), Limits { bytes: 1 << 31 });
    decoder.set_transformations(Transformations::EXPAND);
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    let info = decoder.read_header_info().map_err(fail)?;
    let (width, height) = info.size();
    check_size(width, height, name)?;
    // Before its size is believed: a few bytes must not ask for hundreds of megabytes.
    if info.raw_bytes() / DEFLATE_RATIO > bytes.len() {
        let detail = format!("{} bytes cannot hold {width}×{height} pixels", bytes.len());
        return Err(Error::CutShort { name: name.to_owned(), detail });
    }

    let mut reader = decoder.read_info().map_err(fail)?;
    check_palette(reader.info(), name)?;
    let grey16 = reader.info().color_type == ColorType::Grayscale && reader.info().bit_depth == BitDepth::Sixteen;
    let (colour, depth) = reader.output_color_type();
    let size = reader.output_buffer_size().ok_or_else(|| Error::TooLarge { name: name.to_owned(), width, height })?;
    let mut raw = vec![0; size];
    reader.next_frame(&mut raw).map_err(fail)?;

    let wide = depth == BitDepth::Sixteen;
    let step = colour.samples() * if wide { 2 } else { 1 };
    let mut pixels = Vec::with_capacity(width as usize * height as usize * 3);
    for pixel in raw.chunks_exact(step) {
        match (colour, wide) {
            // Pillow reads sixteen-bit grey as integers and clips them instead of scaling.
            (ColorType::Grayscale | ColorType::GrayscaleAlpha, true) if grey16 => {
                pixels.extend([if pixel[0] == 0 { pixel[1] } else { 255 }; 3]);
            }
            (ColorType::Grayscale | ColorType::GrayscaleAlpha, _) => pixels.extend([pixel[0]; 3]),
            (_, false) => pixels.extend_from_slice(&pixel[..3]),
            (_, true) => pixels.extend([pixel[0], pixel[2], pixel[4]]),
        }
    }
    let mut note = None;
    if grey16 {
        add_note(&mut note, "16-bit grey clipped to 8 bits, as Pillow does".to_owned());
    }
    Ok(Rgb { width, height, pixels, note })
}

/// Refuses half a colour at a palette's end, over which png 0.18.1 panics (image-rs/image-png#694).
fn check_palette(info: &Info<'_>, name: &str) -> Result<(), Error> {
    match info.palette.as_deref().map(<[u8]>::len) {
        Some(length) if !length.is_multiple_of(3) => {
            let detail = format!("its palette has {length} bytes, and a colour has three");
            Err(Error::Damaged { name: name.to_owned(), detail })
        }
        _ => Ok(()),
    }
}

fn said(error: DecodingError, length: usize, name: &str) -> Error {
    let name = name.to_owned();
    match error {
        DecodingError::IoError(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => {
            Error::CutShort { name, detail: format!("the data end after {length} bytes, before the picture does") }
        }
        other => Error::Damaged { name, detail: other.to_string() },
    }
}
