//! RoI pooling: of each region of a map the largest numbers in a grid of bins (Girshick 2015, section 2.1), with Caffe's rounding.
//!
//! torchvision's `roi_pool` rounds alike. Must not choose regions.

use tch::{Device, Tensor};

use crate::error::Result;

/// Regions `[R, 5]` (the image of the batch; left, top, right, bottom: first and last pixels) of a map `[N, C, H, W]` to
/// `[R, C, bins, bins]`; `scale` takes pixels to places of the map. A bin without a place is 0.
///
/// # Errors
/// A region of no image, or libtorch's refusal.
pub fn roi_pool(map: &Tensor, regions: &Tensor, scale: f64, bins: i64) -> Result<Tensor> {
    if map.device() == Device::Cpu && map.kind() == tch::Kind::Float {
        return Ok(torch_shim::roi_pool(map, regions, scale, [bins, bins])?);
    }
    composed(map, regions, scale, bins)
}

/// The same of plain operators, region by region, for other devices and types.
pub(crate) fn composed(map: &Tensor, regions: &Tensor, scale: f64, bins: i64) -> Result<Tensor> {
    let (_, channels, height, width) = map.size4()?;
    let corners = Vec::<f32>::try_from(regions.f_to_device(Device::Cpu)?.f_contiguous()?.f_view([-1])?)?;
    let mut pooled = Vec::new();
    for roi in corners.as_chunks::<5>().0 {
        // As Caffe, in single precision.
        let place = |corner: f32| (corner * scale as f32).round() as i64;
        let [left, top, right, bottom] = [place(roi[1]), place(roi[2]), place(roi[3]), place(roi[4])];
        let (across, down) = ((right - left + 1).max(1), (bottom - top + 1).max(1));
        // What lies outside the map is less than anything, and a bin of nothing else is 0.
        let inside = [
            top.clamp(0, height),
            (top + down).clamp(0, height),
            left.clamp(0, width),
            (left + across).clamp(0, width),
        ];
        let [first, last, begin, end] = inside;
        if first >= last || begin >= end {
            pooled.push(Tensor::f_zeros([1, channels, bins, bins], (map.kind(), map.device()))?);
            continue;
        }
        let part =
            map.f_narrow(0, roi[0] as i64, 1)?.f_narrow(2, first, last - first)?.f_narrow(3, begin, end - begin)?;
        let around = [begin - left, left + across - end, first - top, top + down - last];
        let part = part.f_pad(around, "constant", Some(f64::NEG_INFINITY))?;
        let largest = part.f_adaptive_max_pool2d([bins, bins])?.0;
        pooled.push(largest.f_where_self(&largest.f_isfinite()?, &largest.f_zeros_like()?)?);
    }
    if pooled.is_empty() {
        return Ok(Tensor::f_zeros([0, channels, bins, bins], (map.kind(), map.device()))?);
    }
    Ok(Tensor::f_cat(&pooled, 0)?)
}
