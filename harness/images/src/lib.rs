//! Pictures in, crops out: decode, resize and crop as Pillow and torchvision do, to the byte. And idx files of grey images.
//!
//! Published accuracies of ported weights were measured on pixels that libjpeg and Pillow made, so this crate repeats their arithmetic
//! instead of something close to it. It knows nothing about networks: colour order, mean and std are the runner's business.
//! It must not read labels, link libtorch or decide by a file's suffix.

mod crop;
mod decode;
mod error;
mod exif;
pub mod idx;
mod jpeg;
mod limits;
pub mod packed;
mod place;
mod png;
mod resample;
mod thumbnail;

pub use crop::{Crop, can_cut, cut, mirror, views};
pub use decode::{decode, load};
pub use error::Error;
pub use exif::orientation;
pub use place::Place;
pub use resample::{Window, resize_short_side, stretched};
pub use thumbnail::thumbnail_jpeg;

/// The most pixels a picture may have, before anything is allocated for them: Pillow's limit.
pub const MAX_PIXELS: u64 = 178_956_970;

/// The decoders' names and versions, for records: they are a part of the protocol.
pub const DECODER: &str = "mozjpeg 0.10.13 (libjpeg-turbo code: islow IDCT, fancy upsampling), png 0.18";

/// The resampler's name and version, for records.
pub const RESAMPLER: &str =
    concat!("images ", env!("CARGO_PKG_VERSION"), " (Pillow's 8-bit fixed-point resampling, across then down)");

/// A decoded picture, eight bits a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rgb {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Red, green, blue interleaved, `[height, width, 3]`.
    pub pixels: Vec<u8>,
    /// What a reader of the record should know about how it was read: a PNG named .JPEG, clipped 16-bit grey.
    pub note: Option<String>,
}

impl Rgb {
    /// Refuses a picture that was put together wrongly, so that no later step need index with care.
    fn check(&self) -> Result<(), Error> {
        let (width, height, bytes) = (self.width, self.height, self.pixels.len());
        if width == 0 || height == 0 || bytes as u64 != u64::from(width) * u64::from(height) * 3 {
            return Err(Error::Shape { width, height, bytes });
        }
        Ok(())
    }
}
