//! JPEG by libjpeg-turbo's code, with Pillow's rules for colour and for files that end too soon. Must not resize.

mod frame;
mod warnings;

use std::cell::Cell;
use std::io::{BufRead, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use mozjpeg::decompress::DecompressBuilder;
use mozjpeg::{ColorSpace, Decompress};

use self::frame::Frame;
use self::warnings::counting;
use crate::limits::{add_note, check_size};
use crate::{Error, Rgb};

/// Decodes a JPEG to RGB.
pub(crate) fn decode(bytes: &[u8], name: &str) -> Result<Rgb, Error> {
    let frame = Frame::find(bytes, name)?;
    frame.check(name)?;
    check_size(frame.width, frame.height, name)?;
    frame.check_cost(bytes, name)?;

    let dry = Cell::new(false);
    // libjpeg leaves by unwinding without the panic hook; everything it holds is dropped on the way.
    let (decoded, warnings) = counting(|manager| {
        let builder = Decompress::builder().with_err(manager);
        catch_unwind(AssertUnwindSafe(|| pixels(builder, Source { rest: bytes, dry: &dry }, &frame)))
    });
    let detail = match decoded {
        // Where data are missing the decoder makes up an end-of-image marker and grey pixels; Pillow refuses that, so do we.
        _ if dry.get() => {
            let detail = format!("the data end after {} bytes, before the picture does", bytes.len());
            return Err(Error::CutShort { name: name.to_owned(), detail });
        }
        Ok(Ok(pixels)) => {
            let mut note = None;
            if warnings > 0 {
                add_note(&mut note, format!("damaged data passed over with {warnings} warnings, as Pillow does"));
            }
            return Ok(Rgb { width: frame.width, height: frame.height, pixels, note });
        }
        Ok(Err(error)) => error.to_string(),
        Err(_) => last_words(bytes, &frame),
    };
    Err(Error::Damaged { name: name.to_owned(), detail })
}

fn pixels(builder: DecompressBuilder<'_>, source: Source<'_>, frame: &Frame) -> std::io::Result<Vec<u8>> {
    let header = builder.from_reader(source)?;
    let cmyk = frame.components == 4;
    let mut started = header.to_colorspace(if cmyk { ColorSpace::JCS_CMYK } else { ColorSpace::JCS_RGB })?;
    let channels = if cmyk { 4 } else { 3 };
    let mut out = vec![0; frame.width as usize * frame.height as usize * channels];
    started.read_scanlines_into(&mut out)?;
    started.finish()?;
    Ok(if cmyk { cmyk_to_rgb(&out) } else { out })
}

/// Decodes once more with the wrapper's own error manager, which alone can put libjpeg's error into words.
fn last_words(bytes: &[u8], frame: &Frame) -> String {
    let source = Source { rest: bytes, dry: &Cell::new(false) };
    let again = catch_unwind(AssertUnwindSafe(|| pixels(Decompress::builder(), source, frame)));
    let said = again.err().and_then(|panic| panic.downcast::<String>().ok());
    said.map_or_else(|| "the decoder gave up".to_owned(), |s| s.trim_start_matches("libjpeg fatal error: ").to_owned())
}

/// Pillow takes every four-channel JPEG for Adobe's inverted kind, whatever its markers say.
fn cmyk_to_rgb(inverted: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(inverted.len() / 4 * 3);
    for ink in inverted.chunks_exact(4) {
        let light = u32::from(ink[3]);
        for &channel in &ink[..3] {
            let product = u32::from(255 - channel) * light + 128;
            // At most 255: the product of two channels over 255, rounded, taken from one of them.
            out.push((light - (((product >> 8) + product) >> 8).min(light)) as u8);
        }
    }
    out
}

/// The file's bytes, remembering whether the decoder asked for more of them than there are.
struct Source<'a> {
    rest: &'a [u8],
    dry: &'a Cell<bool>,
}

impl Read for Source<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.rest.read(buffer)?;
        self.dry.set(self.dry.get() || (n == 0 && !buffer.is_empty()));
        Ok(n)
    }
}

impl BufRead for Source<'_> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        self.dry.set(self.dry.get() || self.rest.is_empty());
        Ok(self.rest)
    }

    fn consume(&mut self, amount: usize) {
        self.rest = self.rest.get(amount..).unwrap_or_default();
    }
}
