//! The views a protocol asks for, with torchvision's rounding and order. Must not decode, nor say where a view lies:
//! [`Place`] does.

use spec::protocol::{Filter, Protocol, ViewKind};

use crate::place::{Place, bounds};
use crate::resample::{Window, resample};
use crate::{Error, Rgb};

/// A part of a picture, as the network will see it.
#[derive(Debug, Clone, PartialEq)]
pub struct Crop {
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// What its answer counts beside those of the picture's other views.
    pub weight: f64,
    /// Red, green, blue interleaved, `[height, width, 3]`.
    pub pixels: Vec<u8>,
}

/// Cuts a protocol's views, one resize a scale, in the order of [`Place::all`].
///
/// # Errors
/// When the resize is impossible or the resized picture is smaller than a crop.
pub fn views(picture: &Rgb, protocol: &Protocol) -> Result<Vec<Crop>, Error> {
    picture.check()?;
    let (filter, antialias) = filter(protocol);
    let places = Place::all(picture.width, picture.height, protocol)?;
    let mut crops = Vec::with_capacity(places.len());
    for scale in places.chunk_by(|one, next| one.scaled == next.scaled) {
        // Only what the views show is computed: of a centre crop that is two thirds of the picture.
        let part = bounds(scale);
        let size = scale.first().map_or((0, 0), |place| place.scaled);
        let resized;
        let (source, origin) = if size == (picture.width, picture.height) {
            (picture, (0, 0))
        } else {
            let pixels = resample(picture, size, part, filter, antialias);
            resized = Rgb { width: part.width, height: part.height, pixels, note: None };
            (&resized, (part.left, part.top))
        };
        for place in scale {
            let Window { left, top, width, height } = place.window;
            let window = Window { left: left - origin.0, top: top - origin.1, width, height };
            let mut pixels = cut(source, window).pixels;
            if place.size != (width, height) {
                let part = Rgb { width, height, pixels, note: None };
                let all = Window { left: 0, top: 0, width: place.size.0, height: place.size.1 };
                pixels = resample(&part, place.size, all, filter, antialias);
            }
            if place.mirrored {
                pixels = mirror(&pixels, place.size.0);
            }
            crops.push(Crop { width: place.size.0, height: place.size.1, weight: place.weight, pixels });
        }
    }
    Ok(crops)
}

/// Whether a protocol's views can be cut out of a picture of that size, without having its pixels.
///
/// # Errors
/// As [`views`].
pub fn can_cut(width: u32, height: u32, protocol: &Protocol) -> Result<(), Error> {
    Place::all(width, height, protocol).map(drop)
}

/// How pixels are resampled where a protocol does not resize: only `central-squeezed` does then, without antialiasing as its
/// source.
fn filter(protocol: &Protocol) -> (Filter, bool) {
    let squeezed = protocol.views.kind == ViewKind::CentralSqueezed;
    let resize = protocol.resize.as_ref();
    resize.map_or((Filter::Bilinear, !squeezed), |resize| (resize.filter, resize.antialias))
}

/// A window of a picture that holds it, as it is.
#[must_use]
pub fn cut(picture: &Rgb, window: Window) -> Crop {
    let (left, width) = (window.left as usize * 3, window.width as usize * 3);
    let rows = picture.pixels.chunks_exact(picture.width as usize * 3);
    let mut pixels = Vec::with_capacity(width * window.height as usize);
    for row in rows.skip(window.top as usize).take(window.height as usize) {
        pixels.extend_from_slice(&row[left..left + width]);
    }
    Crop { width: window.width, height: window.height, weight: 1.0, pixels }
}

/// The mirror image, left to right, of pixels of three bytes each in rows of that width.
#[must_use]
pub fn mirror(pixels: &[u8], width: u32) -> Vec<u8> {
    let mut mirrored = Vec::with_capacity(pixels.len());
    for row in pixels.chunks_exact(width as usize * 3) {
        mirrored.extend(row.as_chunks::<3>().0.iter().rev().flatten());
    }
    mirrored
}
