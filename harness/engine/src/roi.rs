//! RoI pooling: of each region of a map the largest numbers in a grid of bins (Girshick 2015, section 2.1), with Caffe's rounding.
//!
//! torchvision's `roi_pool` rounds alike. Must not choose regions.

use tch::{Device, Kind, Tensor};

use crate::error::{Error, Result};

/// Regions `[R, 5]` (the image of the batch; left, top, right, bottom: first and last pixels) of a map `[N, C, H, W]` to
/// `[R, C, bins, bins]`; `scale` takes pixels to places of the map. A bin without a place is 0.
///
/// # Errors
/// A region of no image, or libtorch's refusal.
pub fn roi_pool(map: &Tensor, regions: &Tensor, scale: f64, bins: i64) -> Result<Tensor> {
    if map.device() == Device::Cpu && map.kind() == Kind::Float {
        return Ok(torch_shim::roi_pool(&map.f_contiguous()?, regions, scale, [bins, bins])?);
    }
    if map.device() == Device::Cpu && map.kind() == Kind::BFloat16 {
        // The largest of some numbers is one of them, in any type that holds them all.
        return Ok(roi_pool(&map.f_to_kind(Kind::Float)?, regions, scale, bins)?.f_to_kind(Kind::BFloat16)?);
    }
    composed(map, regions, scale, bins)
}

/// The same of plain operators, bin by bin, for other devices and types.
pub(crate) fn composed(map: &Tensor, regions: &Tensor, scale: f64, bins: i64) -> Result<Tensor> {
    let (images, channels, height, width) = map.size4()?;
    if regions.size2()?.1 != 5 || bins < 1 {
        return Err(Error::Other("regions are [R, 5], and there is a bin or more".to_owned()));
    }
    let corners =
        Vec::<f32>::try_from(regions.f_to_device(Device::Cpu)?.f_to_kind(Kind::Float)?.f_contiguous()?.f_view([-1])?)?;
    let nothing = Tensor::f_zeros([1, channels], (map.kind(), map.device()))?;
    let mut pooled = Vec::new();
    for (number, roi) in corners.as_chunks::<5>().0.iter().enumerate() {
        let is_place = roi.iter().all(|corner| corner.is_finite() && corner.abs() < 1e7);
        if !is_place || roi[0] < 0.0 || roi[0] >= images as f32 || roi[0].fract() != 0.0 {
            let message = format!("region {number} is of no image of the batch, or its corners are no places");
            return Err(Error::Other(message));
        }
        let image = map.f_select(0, roi[0] as i64)?;
        // As Caffe, in single precision.
        let place = |corner: f32| (corner * scale as f32).round() as i64;
        let [left, top, right, bottom] = [roi[1], roi[2], roi[3], roi[4]].map(place);
        let side = |first: i64, last: i64| (last - first + 1).max(1) as f32 / bins as f32;
        let (across, down) = (side(left, right), side(top, bottom));
        for row in 0..bins {
            let (first, last) = reach(row, down, top, height);
            for column in 0..bins {
                let (begin, end) = reach(column, across, left, width);
                if first >= last || begin >= end {
                    pooled.push(nothing.shallow_clone());
                    continue;
                }
                let part = image.f_narrow(1, first, last - first)?.f_narrow(2, begin, end - begin)?;
                pooled.push(part.f_amax([1_i64, 2], false)?.f_unsqueeze(0)?);
            }
        }
    }
    if pooled.is_empty() {
        return Ok(Tensor::f_zeros([0, channels, bins, bins], (map.kind(), map.device()))?);
    }
    let pooled = Tensor::f_cat(&pooled, 0)?.f_view([-1, bins, bins, channels])?;
    Ok(pooled.f_permute([0, 3, 1, 2])?.f_contiguous()?)
}

/// From where to where a bin reaches along a side of the map, by the operations that Caffe takes.
fn reach(bin: i64, side: f32, first: i64, most: i64) -> (i64, i64) {
    let begin = (bin as f32 * side).floor() as i64 + first;
    let end = ((bin + 1) as f32 * side).ceil() as i64 + first;
    (begin.clamp(0, most), end.clamp(0, most))
}
