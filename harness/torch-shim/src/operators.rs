//! Fused operators of oneDNN with packed weights, local response normalisation, and memory formats. All for the CPU,
//! except the memory formats.
//!
//! Must not decide what to fuse: the runner's plan does.
#![allow(unsafe_code, reason = "this crate is the one place where Rust meets C++")]

use tch::Tensor;

use crate::{Result, ffi};

/// The geometry of a square convolution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Convolution {
    /// Zeros on each side.
    pub padding: i64,
    /// Stride.
    pub stride: i64,
    /// Groups.
    pub groups: i64,
}

impl Convolution {
    fn ffi(self) -> ffi::Conv {
        ffi::Conv { padding: [self.padding; 2], stride: [self.stride; 2], dilation: [1; 2], groups: self.groups }
    }
}

/// A convolution whose weight lies as oneDNN wants it for one input shape. Other batches work too, perhaps slower.
#[derive(Debug)]
pub struct PackedConv {
    weight: Tensor,
    bias: Option<Tensor>,
    conv: Convolution,
}

impl PackedConv {
    /// Packs a weight `[out, in / groups, k, k]` (fp32 or bf16) for channels-last inputs `[N, C, H, W]`.
    ///
    /// # Errors
    /// libtorch's refusal: another type, a device that is not the CPU, shapes that do not fit.
    pub fn new(weight: &Tensor, bias: Option<Tensor>, conv: Convolution, input: [i64; 4]) -> Result<PackedConv> {
        let geometry = conv.ffi();
        // SAFETY: all pointers are to values that outlive the call.
        let weight = ffi::tensor(|out| unsafe {
            ffi::shim_pack_conv(weight.as_ptr(), &raw const geometry, input.as_ptr(), out)
        })?;
        Ok(PackedConv { weight, bias, conv })
    }

    /// Convolution, and max(·, 0) if `relu`: `[N, C, H, W]` to `[N, C', H', W']`.
    ///
    /// # Errors
    /// libtorch's refusal.
    pub fn forward(&self, x: &Tensor, relu: bool) -> Result<Tensor> {
        let geometry = self.conv.ffi();
        // SAFETY: all pointers are to values that outlive the call.
        ffi::tensor(|out| unsafe {
            ffi::shim_conv(
                x.as_ptr(),
                self.weight.as_ptr(),
                ffi::optional(self.bias.as_ref()),
                &raw const geometry,
                relu,
                out,
            )
        })
    }

    /// Convolution plus `other` (of the output's shape), and max(·, 0) if `relu`, as a new tensor.
    ///
    /// # Errors
    /// libtorch's refusal.
    pub fn forward_add(&self, x: &Tensor, other: &Tensor, relu: bool) -> Result<Tensor> {
        let geometry = self.conv.ffi();
        // SAFETY: all pointers are to values that outlive the call.
        ffi::tensor(|out| unsafe {
            ffi::shim_conv_add(
                x.as_ptr(),
                other.as_ptr(),
                self.weight.as_ptr(),
                ffi::optional(self.bias.as_ref()),
                &raw const geometry,
                relu,
                out,
            )
        })
    }

    /// As [`PackedConv::forward_add`], but the result is written over `other`, which saves a tensor.
    ///
    /// # Errors
    /// libtorch's refusal.
    pub fn forward_add_into(&self, x: &Tensor, mut other: Tensor, relu: bool) -> Result<Tensor> {
        let geometry = self.conv.ffi();
        // SAFETY: all pointers are to values that outlive the call, and `other` is held by nobody else's Rust borrow.
        ffi::check(unsafe {
            ffi::shim_conv_add_into(
                x.as_ptr(),
                other.as_mut_ptr(),
                self.weight.as_ptr(),
                ffi::optional(self.bias.as_ref()),
                &raw const geometry,
                relu,
            )
        })?;
        Ok(other)
    }
}

/// A fully connected layer whose weight lies as oneDNN wants it for one batch size.
#[derive(Debug)]
pub struct PackedLinear {
    weight: Tensor,
    bias: Option<Tensor>,
}

impl PackedLinear {
    /// Packs a weight `[out, in]` (fp32 or bf16) for inputs `[batch, in]`.
    ///
    /// # Errors
    /// libtorch's refusal.
    pub fn new(weight: &Tensor, bias: Option<Tensor>, batch: i64) -> Result<PackedLinear> {
        // SAFETY: the weight outlives the call.
        let weight = ffi::tensor(|out| unsafe { ffi::shim_pack_linear(weight.as_ptr(), batch, out) })?;
        Ok(PackedLinear { weight, bias })
    }

    /// `[N, in]` to `[N, out]`, and max(·, 0) if `relu`.
    ///
    /// # Errors
    /// libtorch's refusal.
    pub fn forward(&self, x: &Tensor, relu: bool) -> Result<Tensor> {
        // SAFETY: all pointers are to values that outlive the call.
        ffi::tensor(|out| unsafe {
            ffi::shim_linear(x.as_ptr(), self.weight.as_ptr(), ffi::optional(self.bias.as_ref()), relu, out)
        })
    }
}

/// x / (k + α/n Σ x²)^β over n neighbouring channels, for a float `[N, C, H, W]` on the CPU; the answer is channels
/// last.
///
/// # Errors
/// Another type or device, or an even n.
pub fn local_response_norm(x: &Tensor, size: i64, alpha: f64, beta: f64, k: f64) -> Result<Tensor> {
    // SAFETY: the tensor outlives the call.
    ffi::tensor(|out| unsafe { ffi::shim_lrn(x.as_ptr(), size, alpha, beta, k, out) })
}

/// A convolution for training on the CPU, stride 1 and no padding: float maps `[N, 1, H, W]`, weight `[C, 1, k, k]`, bias
/// `[C]`. The answer is channels last; gradients flow to all three.
///
/// # Errors
/// Another type, device or count of channels.
pub fn conv_plane(map: &Tensor, weight: &Tensor, bias: &Tensor) -> Result<Tensor> {
    // SAFETY: the tensors outlive the call.
    ffi::tensor(|out| unsafe { ffi::shim_conv_plane(map.as_ptr(), weight.as_ptr(), bias.as_ptr(), out) })
}

/// The largest of each group of `pieces` neighbouring columns: float `[N, groups * pieces]` on the CPU to `[N, groups]`, the
/// first of equals. Gradients flow to the largest alone.
///
/// # Errors
/// Another type or device, columns that are no whole number of groups, or more than 255 pieces.
pub fn maxout(x: &Tensor, pieces: i64) -> Result<Tensor> {
    // SAFETY: the tensor outlives the call.
    ffi::tensor(|out| unsafe { ffi::shim_maxout(x.as_ptr(), pieces, out) })
}

/// The same values with their places in memory in NHWC order (`channels_last`) or NCHW order; no copy where they
/// are already so.
///
/// # Errors
/// Channels last needs four dimensions.
pub fn to_memory_format(x: &Tensor, channels_last: bool) -> Result<Tensor> {
    // SAFETY: the tensor outlives the call.
    ffi::tensor(|out| unsafe { ffi::shim_contiguous(x.as_ptr(), channels_last, out) })
}

/// Whether a tensor `[N, C, H, W]` lies in NHWC order.
///
/// # Errors
/// libtorch's refusal.
pub fn is_channels_last(x: &Tensor) -> Result<bool> {
    let mut yes = false;
    // SAFETY: both outlive the call.
    ffi::check(unsafe { ffi::shim_is_contiguous(x.as_ptr(), true, &raw mut yes) })?;
    Ok(yes)
}
