//! Projections as pictures: grey is zero, and a patch's own contrast is stretched.
//!
//! Must not compare patches by their contrast: each has its own.

use engine::drawing::scaled;
use engine::error::{Error, Result};
use engine::explain::project::alone;
use engine::explain::{Field, Method, Place, Trace, project};
use engine::picture::Image;
use images::Crop;
use replications::zfnet::recipe;
use tch::{Kind, Tensor};

use super::subject::Looked;

/// This share of a patch's numbers keeps its own colour; the few beyond it are cut off, so that one pixel does not grey out
/// all others.
const KEPT: f64 = 0.995;

/// The engine's name for it.
pub(super) fn method(method: recipe::Method) -> Method {
    match method {
        recipe::Method::Deconvnet => Method::Deconvnet,
        recipe::Method::Gradient => Method::Gradient,
        recipe::Method::Guided => Method::Guided,
    }
}

/// Projections of one activation of each of some pictures, `[N, 3, H, W]`.
pub(super) fn projections(
    looked: &Looked<'_, '_>,
    layer: usize,
    crops: &[Crop],
    places: &[Place],
    methods: &[Method],
) -> Result<Vec<Tensor>> {
    let trace = Trace::of(&looked.model, &looked.batch(crops)?)?;
    let seed = alone(&trace, layer, places)?;
    methods.iter().map(|method| project(&looked.model, &trace, layer, &seed, *method)).collect()
}

/// The corner, row and column, of a square of `side` pixels within the picture: around all of what an activation sees, or
/// where that is larger around the middle of its projection `[3, H, W]`.
pub(super) fn corner(field: &Field, side: usize, projection: &Tensor) -> Result<(usize, usize)> {
    let size = projection.f_abs()?.f_sum_dim_intlist([0i64].as_slice(), false, Kind::Double)?;
    let start = |(first, last): (usize, usize), axis: i64| -> Result<usize> {
        let along = size.f_sum_dim_intlist([1 - axis].as_slice(), false, Kind::Double)?;
        let along = Vec::<f64>::try_from(along.f_to_device(tch::Device::Cpu)?)?;
        let room = along.len().saturating_sub(side);
        if last - first < side {
            // At a border the field is cut off there, and the square begins or ends with it.
            let start = if first == 0 { (last + 1).saturating_sub(side) } else { first };
            return Ok(start.min(room));
        }
        let sum: f64 = along.iter().sum();
        let middle = along.iter().enumerate().map(|(place, size)| place as f64 * size).sum::<f64>() / sum.max(1e-30);
        let start = (middle.round() as usize).saturating_sub(side / 2);
        Ok(start.clamp(first, (last + 1 - side).max(first)).min(room))
    };
    Ok((start(field.rows, 0)?, start(field.columns, 1)?))
}

/// The side of the square that holds any of these fields.
pub(super) fn side(fields: &[Field]) -> usize {
    fields.iter().map(|field| field.width().max(field.height())).max().unwrap_or(1)
}

/// A part of a picture.
pub(super) fn part(image: &Image, (top, left): (usize, usize), side: usize) -> Image {
    let mut part = Image::filled(side, side, image.channels, 0);
    for row in 0..side {
        let from = ((top + row) * image.width + left) * image.channels;
        let to = row * side * image.channels;
        let bytes = side * image.channels;
        part.pixels[to..to + bytes].copy_from_slice(&image.pixels[from..from + bytes]);
    }
    part
}

/// One projection `[3, H, W]`, or the part of it that the square holds, as a picture of `tile` pixels.
pub(super) fn picture(
    looked: &Looked<'_, '_>,
    projection: &Tensor,
    (top, left): (usize, usize),
    side: usize,
    tile: usize,
) -> Result<Image> {
    let int = |number: usize| i64::try_from(number).unwrap_or(0);
    let part = projection.f_narrow(1, int(top), int(side))?.f_narrow(2, int(left), int(side))?;
    let part = part.f_to_device(tch::Device::Cpu)?.f_to_kind(Kind::Float)?.f_contiguous()?;
    let numbers = Vec::<f32>::try_from(part.f_reshape([-1])?)?;
    let mut sizes: Vec<f32> = numbers.iter().map(|number| number.abs()).collect();
    if sizes.iter().any(|size| !size.is_finite()) {
        return Err(Error::Diverged("a projection's numbers are not finite".to_owned()));
    }
    sizes.sort_by(f32::total_cmp);
    let most = sizes.get((sizes.len() as f64 * KEPT) as usize).copied().filter(|most| *most > 0.0);
    let most = most.or(sizes.last().copied()).unwrap_or(0.0).max(f32::MIN_POSITIVE);
    let plane = side * side;
    let mut shown = vec![0.5; numbers.len()];
    for channel in 0..3 {
        let to = if looked.blue_first() { 2 - channel } else { channel };
        for place in 0..plane {
            shown[to * plane + place] = 0.5 + 0.5 * numbers[channel * plane + place] / most;
        }
    }
    Ok(scaled(&Image::from_floats(&shown, 3, side, side), tile, tile))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_stays_in_the_picture_and_holds_the_field() {
        let projection = Tensor::zeros([3, 224, 224], (Kind::Float, tch::Device::Cpu));
        let corner =
            |first, last, side| corner(&Field { rows: (first, last), columns: (3, 12) }, side, &projection).unwrap();
        assert_eq!(corner(40, 49, 10), (40, 3));
        assert_eq!(corner(0, 5, 10), (0, 3));
        assert_eq!(corner(0, 12, 13), (0, 3));
        assert_eq!(corner(220, 223, 10), (214, 3));
        // Larger than the square: around the projection.
        let _ = projection.narrow(1, 100, 11).narrow(2, 5, 3).fill_(1.0);
        assert_eq!(corner(20, 199, 20), (95, 3));
        assert_eq!(corner(98, 199, 20), (98, 3));
    }
}
