//! Operators for training on a CPU that libtorch has in slower forms.
//!
//! Must not decide where they are used: the caller's graph does.
#![allow(unsafe_code, reason = "this crate is the one place where Rust meets C++")]

use tch::Tensor;

use crate::{Result, ffi};

/// A convolution of stride 1 and padding 1 with 3 × 3 filters and no bias: `[N, C, H, W]` and `[C', C, 3, 3]` to
/// `[N, C', H, W]`. Float maps on a processor with AVX-512, of even sides and channels in sixteens, are convolved by
/// Winograd's algorithm (Lavin and Gray 2015), channels last; all others by libtorch. Gradients flow to both.
///
/// # Errors
/// Other shapes, or libtorch's refusal.
pub fn conv3x3(x: &Tensor, weight: &Tensor) -> Result<Tensor> {
    // SAFETY: the tensors outlive the call.
    ffi::tensor(|out| unsafe { ffi::shim_conv3x3(x.as_ptr(), weight.as_ptr(), out) })
}

/// The largest number of each of `bins` (down, across) in each region: float `[N, C, H, W]` and regions `[R, 5]`, each the image
/// of the batch and its first and last pixels across and down (left, top, right, bottom), to `[R, C, down, across]`. `scale` takes
/// pixels to places of the map; corners are rounded to whole places, halves away from zero, as Caffe does. A bin without a place
/// is 0. Gradients flow to the map. On the CPU.
///
/// # Errors
/// Another type, device or shape, or a region of no image.
pub fn roi_pool(x: &Tensor, regions: &Tensor, scale: f64, [down, across]: [i64; 2]) -> Result<Tensor> {
    // SAFETY: the tensors outlive the call.
    ffi::tensor(|out| unsafe { ffi::shim_roi_pool(x.as_ptr(), regions.as_ptr(), scale, down, across, out) })
}

/// A batch norm in training, and what follows it.
#[derive(Debug, Clone, Copy)]
pub struct BatchNorm<'a> {
    /// The scale, `[C]`.
    pub weight: &'a Tensor,
    /// The shift, `[C]`.
    pub bias: &'a Tensor,
    /// The running mean, `[C]`, which moves to the batch's.
    pub running_mean: &'a Tensor,
    /// The running variance, `[C]`, which moves to the batch's unbiased one.
    pub running_variance: &'a Tensor,
    /// How far the running statistics move, 0 to 1.
    pub momentum: f64,
    /// Added to the variance.
    pub epsilon: f64,
}

impl BatchNorm<'_> {
    /// The map normalised by its own statistics, plus `other`, and max(·, 0) if `relu`: float `[N, C, H, W]` on the CPU, C in
    /// sixteens; the answer is channels last. Gradients flow to the map, to `other`, to the scale and the shift.
    ///
    /// # Errors
    /// Another type, device or shape.
    pub fn forward(&self, x: &Tensor, other: Option<&Tensor>, relu: bool) -> Result<Tensor> {
        // SAFETY: the tensors outlive the call; the running statistics are written to through libtorch's own interior.
        ffi::tensor(|out| unsafe {
            ffi::shim_batch_norm(
                x.as_ptr(),
                self.weight.as_ptr(),
                self.bias.as_ptr(),
                self.running_mean.as_ptr(),
                self.running_variance.as_ptr(),
                ffi::optional(other),
                self.momentum,
                self.epsilon,
                relu,
                out,
            )
        })
    }
}
