//! Small JPEGs for the report's page. Must not be used for anything that is measured.

use std::panic::{AssertUnwindSafe, catch_unwind};

use mozjpeg::{ColorSpace, Compress};
use spec::protocol::Filter;

use crate::resample::{Window, resample};
use crate::{Error, Rgb};

/// A JPEG of quality 80 whose longer side is at most `max_side` pixels; smaller pictures keep their size.
///
/// # Errors
/// When the picture is empty, its pixels do not match its size, or the encoder fails.
pub fn thumbnail_jpeg(picture: &Rgb, max_side: u32) -> Result<Vec<u8>, Error> {
    let (width, height) = (picture.width, picture.height);
    let fail = |detail: &str| Error::Thumbnail { width, height, detail: detail.to_owned() };
    picture.check()?;
    let long = width.max(height);
    if max_side == 0 {
        return Err(fail("its side may not be zero"));
    }
    let fit = |side: u32| (u64::from(side) * u64::from(max_side.min(long)) / u64::from(long)).max(1) as u32;
    let (w, h) = (fit(width), fit(height));
    let pixels = resample(picture, (w, h), Window { left: 0, top: 0, width: w, height: h }, Filter::Bilinear, true);
    let encoded = catch_unwind(AssertUnwindSafe(|| encode(w, h, &pixels)));
    encoded.map_err(|_| fail("the encoder gave up"))?.map_err(|e| fail(&e.to_string()))
}

fn encode(width: u32, height: u32, pixels: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut settings = Compress::new(ColorSpace::JCS_RGB);
    settings.set_size(width as usize, height as usize);
    settings.set_fastest_defaults();
    settings.set_optimize_coding(true);
    settings.set_quality(80.0);
    let mut started = settings.start_compress(Vec::new())?;
    started.write_scanlines(pixels)?;
    started.finish()
}
