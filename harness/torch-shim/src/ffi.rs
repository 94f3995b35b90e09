//! The C functions of `cpp/`, and the one way in which their errors become ours.
//!
//! Must not be used outside this crate: every pointer here is checked by the functions around it.
#![allow(unsafe_code, reason = "this crate is the one place where Rust meets C++")]

use std::ffi::{CStr, c_char, c_int, c_void};

use tch::Tensor;
use torch_sys::C_tensor;

use crate::{Result, ShimError};

/// A convolution's geometry as C++ reads it.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub(crate) struct Conv {
    pub(crate) padding: [i64; 2],
    pub(crate) stride: [i64; 2],
    pub(crate) dilation: [i64; 2],
    pub(crate) groups: i64,
}

/// Memory statistics as C++ writes them.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Memory {
    pub(crate) allocated_peak: i64,
    pub(crate) reserved_peak: i64,
    pub(crate) free: u64,
    pub(crate) total: u64,
}

type Message = *mut c_char;

/// How a function of the shim ended, as C++ writes it.
#[repr(C)]
#[derive(Debug)]
#[must_use]
pub(crate) struct Status {
    failed: i32,
    message: Message,
}

unsafe extern "C" {
    pub(crate) fn shim_free(text: Message);
    pub(crate) fn shim_set(which: c_int, on: bool) -> Status;
    pub(crate) fn shim_get(which: c_int, on: *mut bool) -> Status;
    pub(crate) fn shim_text(which: c_int, out: *mut Message) -> Status;
    pub(crate) fn shim_packs_bf16(can: *mut bool) -> Status;
    pub(crate) fn shim_cuda_versions(runtime: *mut i64, cudnn: *mut i64) -> Status;
    pub(crate) fn shim_inference_enter(guard: *mut *mut c_void) -> Status;
    pub(crate) fn shim_inference_leave(guard: *mut c_void) -> Status;
    #[cfg(test)]
    pub(crate) fn shim_fail(of_memory: bool) -> Status;
    pub(crate) fn shim_load(path: *const c_char) -> Status;

    pub(crate) fn shim_sgd(
        parameters: *const *mut C_tensor,
        gradients: *const *mut C_tensor,
        velocities: *const *mut C_tensor,
        count: i64,
        rate: f64,
        momentum: f64,
        decay: f64,
        max_norm: f64,
    ) -> Status;

    pub(crate) fn shim_maxout(x: *const C_tensor, pieces: i64, out: *mut *mut C_tensor) -> Status;

    pub(crate) fn shim_roi_pool(
        x: *const C_tensor,
        rois: *const C_tensor,
        scale: f64,
        down: i64,
        across: i64,
        out: *mut *mut C_tensor,
    ) -> Status;

    pub(crate) fn shim_conv_plane(
        map: *const C_tensor,
        weight: *const C_tensor,
        bias: *const C_tensor,
        out: *mut *mut C_tensor,
    ) -> Status;

    pub(crate) fn shim_conv3x3(x: *const C_tensor, weight: *const C_tensor, out: *mut *mut C_tensor) -> Status;

    pub(crate) fn shim_batch_norm(
        x: *const C_tensor,
        weight: *const C_tensor,
        bias: *const C_tensor,
        running_mean: *const C_tensor,
        running_variance: *const C_tensor,
        other: *const C_tensor,
        momentum: f64,
        epsilon: f64,
        relu: bool,
        out: *mut *mut C_tensor,
    ) -> Status;

    pub(crate) fn shim_accelerator_memory(out: *mut Memory) -> Status;
    pub(crate) fn shim_accelerator_reset_peaks() -> Status;
    pub(crate) fn shim_accelerator_empty_cache() -> Status;
    pub(crate) fn shim_accelerator_synchronize() -> Status;

    pub(crate) fn shim_pack_conv(
        weight: *const C_tensor,
        conv: *const Conv,
        input: *const i64,
        out: *mut *mut C_tensor,
    ) -> Status;
    pub(crate) fn shim_conv(
        x: *const C_tensor,
        weight: *const C_tensor,
        bias: *const C_tensor,
        conv: *const Conv,
        relu: bool,
        out: *mut *mut C_tensor,
    ) -> Status;
    pub(crate) fn shim_conv_add(
        x: *const C_tensor,
        other: *const C_tensor,
        weight: *const C_tensor,
        bias: *const C_tensor,
        conv: *const Conv,
        relu: bool,
        out: *mut *mut C_tensor,
    ) -> Status;
    pub(crate) fn shim_conv_add_into(
        x: *const C_tensor,
        other: *mut C_tensor,
        weight: *const C_tensor,
        bias: *const C_tensor,
        conv: *const Conv,
        relu: bool,
    ) -> Status;
    pub(crate) fn shim_pack_linear(weight: *const C_tensor, batch: i64, out: *mut *mut C_tensor) -> Status;
    pub(crate) fn shim_linear(
        x: *const C_tensor,
        weight: *const C_tensor,
        bias: *const C_tensor,
        relu: bool,
        out: *mut *mut C_tensor,
    ) -> Status;
    pub(crate) fn shim_contiguous(x: *const C_tensor, channels_last: bool, out: *mut *mut C_tensor) -> Status;
    pub(crate) fn shim_is_contiguous(x: *const C_tensor, channels_last: bool, out: *mut bool) -> Status;
    pub(crate) fn shim_lrn(
        x: *const C_tensor,
        size: i64,
        alpha: f64,
        beta: f64,
        k: f64,
        out: *mut *mut C_tensor,
    ) -> Status;
}

/// The text that C++ allocated, freed there once copied.
fn taken(text: Message) -> String {
    // SAFETY: every text of the shim is a zero-terminated copy of its own, which nobody else holds.
    unsafe {
        let copy = CStr::from_ptr(text).to_string_lossy().into_owned();
        shim_free(text);
        copy
    }
}

/// What stands for words that there was no memory for; it names what C++ calls memory that is short.
const NO_WORDS: &str = "std::bad_alloc, and no memory was left to say more";

/// What C++ says of its success.
pub(crate) fn check(Status { failed, message }: Status) -> Result<()> {
    let text = if message.is_null() { NO_WORDS.to_owned() } else { taken(message) };
    if failed == 0 {
        return Ok(());
    }
    // The first line says what; the rest is a list of backends or a C++ backtrace.
    let first = text.lines().next().unwrap_or_default().trim();
    Err(ShimError::Torch(first.to_owned()))
}

/// Calls a function that writes a text.
pub(crate) fn text(call: impl FnOnce(*mut Message) -> Status) -> Result<String> {
    let mut out: Message = std::ptr::null_mut();
    check(call(&raw mut out))?;
    if out.is_null() { Err(ShimError::Torch("no text came".to_owned())) } else { Ok(taken(out)) }
}

/// Calls a function that writes a new tensor.
pub(crate) fn tensor(call: impl FnOnce(*mut *mut C_tensor) -> Status) -> Result<Tensor> {
    let mut out: *mut C_tensor = std::ptr::null_mut();
    check(call(&raw mut out))?;
    if out.is_null() {
        return Err(ShimError::Torch("no tensor came".to_owned()));
    }
    // SAFETY: the shim made this tensor with `new` for its caller; tch deletes it.
    Ok(unsafe { Tensor::from_ptr(out) })
}

/// The tensor's pointer, null for none.
pub(crate) fn optional(tensor: Option<&Tensor>) -> *const C_tensor {
    tensor.map_or(std::ptr::null(), Tensor::as_ptr)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_one_with_words_and_without() {
        let failed = |message| check(Status { failed: 1, message }).unwrap_err().to_string();
        assert_eq!(failed(std::ptr::null_mut()), format!("libtorch: {NO_WORDS}"));
        assert!(check(Status { failed: 0, message: std::ptr::null_mut() }).is_ok());
    }

    #[test]
    fn whatever_cpp_throws_stays_there() {
        // SAFETY: it takes no pointers.
        let failed = |of_memory| check(unsafe { shim_fail(of_memory) }).unwrap_err().to_string();
        assert_eq!(failed(true), "libtorch: std::bad_alloc");
        assert_eq!(failed(false), "libtorch: an unknown C++ exception");
    }
}
