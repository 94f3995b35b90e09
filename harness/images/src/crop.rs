//! The views a protocol asks for, with torchvision's rounding and order. Must not decode.

use spec::protocol::{Protocol, Resize, ViewKind};

use crate::resample::{Window, fitted, resample, whole};
use crate::{Error, Rgb, resize_short_side};

/// A square part of a picture, as the network will see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crop {
    /// The side in pixels.
    pub size: u32,
    /// Red, green, blue interleaved, `[size, size, 3]`.
    pub pixels: Vec<u8>,
}

/// Cuts a protocol's views, one pass a scale: the centre crop, or the ten crops in torchvision's order (top left, top right, bottom left,
/// bottom right, centre; then the same of the mirrored picture).
///
/// # Errors
/// When the views' kind is not implemented, the resize is impossible or the resized picture is smaller than the crop.
pub fn views(picture: &Rgb, protocol: &Protocol) -> Result<Vec<Crop>, Error> {
    picture.check()?;
    let size = protocol.views.size;
    let cut = |resize: Option<(&Resize, u32)>| match protocol.views.kind {
        ViewKind::Center => center(picture, size, resize),
        ViewKind::TenCrop => ten(picture, size, resize),
        other => Err(Error::Views(other)),
    };
    let Some(resize) = &protocol.resize else { return cut(None) };
    let mut all = Vec::new();
    for &short in &resize.short_side {
        all.extend(cut(Some((resize, short)))?);
    }
    Ok(all)
}

/// Whether a protocol's views can be cut out of a picture of that size, without having its pixels.
///
/// # Errors
/// As [`views`].
pub fn can_cut(width: u32, height: u32, protocol: &Protocol) -> Result<(), Error> {
    let size = protocol.views.size;
    let sides = match protocol.views.kind {
        ViewKind::Center => fitted,
        ViewKind::TenCrop => whole,
        other => return Err(Error::Views(other)),
    };
    let Some(resize) = &protocol.resize else { return middle(width, height, size).map(drop) };
    for &short in &resize.short_side {
        let (width, height) = sides(width, height, short)?;
        middle(width, height, size)?;
    }
    Ok(())
}

fn center(picture: &Rgb, size: u32, resize: Option<(&Resize, u32)>) -> Result<Vec<Crop>, Error> {
    let Some((resize, short)) = resize else {
        return Ok(vec![cut(picture, middle(picture.width, picture.height, size)?)]);
    };
    let (width, height) = fitted(picture.width, picture.height, short)?;
    let window = middle(width, height, size)?;
    // Only what the crop shows is computed: a third of the picture usually is not.
    let pixels = resample(picture, (width, height), window, resize.filter, resize.antialias);
    Ok(vec![Crop { size, pixels }])
}

fn ten(picture: &Rgb, size: u32, resize: Option<(&Resize, u32)>) -> Result<Vec<Crop>, Error> {
    let resized = match resize {
        Some((resize, short)) => resize_short_side(picture, short, resize.filter, resize.antialias)?,
        None => picture.clone(),
    };
    let centre = middle(resized.width, resized.height, size)?;
    let (right, bottom) = (resized.width - size, resized.height - size);
    let corner = |left, top| Window { left, top, width: size, height: size };
    let five = [corner(0, 0), corner(right, 0), corner(0, bottom), corner(right, bottom), centre];
    let mirrored = mirror(&resized);
    Ok(five.iter().map(|&w| cut(&resized, w)).chain(five.iter().map(|&w| cut(&mirrored, w))).collect())
}

/// Where the centre crop lies: Python's `round`, which takes halves to the even neighbour.
fn middle(width: u32, height: u32, size: u32) -> Result<Window, Error> {
    if size == 0 || width < size || height < size {
        return Err(Error::SmallerThanCrop { width, height, size });
    }
    let half = |spare: u32| spare / 2 + u32::from(spare % 4 == 3);
    Ok(Window { left: half(width - size), top: half(height - size), width: size, height: size })
}

fn cut(picture: &Rgb, window: Window) -> Crop {
    let (left, width) = (window.left as usize * 3, window.width as usize * 3);
    let rows = picture.pixels.chunks_exact(picture.width as usize * 3);
    let mut pixels = Vec::with_capacity(width * window.height as usize);
    for row in rows.skip(window.top as usize).take(window.height as usize) {
        pixels.extend_from_slice(&row[left..left + width]);
    }
    Crop { size: window.width, pixels }
}

fn mirror(picture: &Rgb) -> Rgb {
    let mut pixels = Vec::with_capacity(picture.pixels.len());
    for row in picture.pixels.chunks_exact(picture.width as usize * 3) {
        pixels.extend(row.chunks_exact(3).rev().flatten());
    }
    Rgb { width: picture.width, height: picture.height, pixels, note: None }
}
