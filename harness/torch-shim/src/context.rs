//! Global switches of libtorch, what it says of itself, inference mode, and loading CUDA.
//!
//! Must not choose any setting: the caller does, and records it.
#![allow(unsafe_code, reason = "this crate is the one place where Rust meets C++")]

use std::ffi::{CString, c_int, c_void};
use std::marker::PhantomData;
use std::path::Path;

use crate::{Result, ShimError, ffi};

/// A global switch that numbers or speed depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(i32)]
pub enum Switch {
    /// TF32 in cuBLAS's matrix products (off by default).
    Tf32Matmul = 0,
    /// TF32 in cuDNN's convolutions (on by default!).
    Tf32Cudnn = 1,
    /// Only deterministic algorithms of cuDNN.
    DeterministicCudnn = 2,
    /// cuDNN tries its algorithms out and keeps the fastest.
    BenchmarkCudnn = 3,
    /// libtorch refuses operators that have no deterministic form.
    DeterministicAlgorithms = 4,
}

/// Sets a switch for the whole process.
///
/// # Errors
/// libtorch's refusal.
pub fn set(switch: Switch, on: bool) -> Result<()> {
    // SAFETY: plain numbers.
    ffi::check(unsafe { ffi::shim_set(switch as c_int, on) })
}

/// Whether a switch is on.
///
/// # Errors
/// libtorch's refusal.
pub fn is_on(switch: Switch) -> Result<bool> {
    let mut on = false;
    // SAFETY: `on` outlives the call.
    ffi::check(unsafe { ffi::shim_get(switch as c_int, &raw mut on) })?;
    Ok(on)
}

/// The version of the headers this was built with: `2.11.0`.
///
/// # Errors
/// libtorch's refusal.
pub fn torch_version() -> Result<String> {
    text(0)
}

/// libtorch's account of its build: compiler, MKL, oneDNN, OpenMP, flags (several lines).
///
/// # Errors
/// libtorch's refusal.
pub fn build_information() -> Result<String> {
    text(1)
}

/// libtorch's account of its threads (several lines).
///
/// # Errors
/// libtorch's refusal.
pub fn parallel_information() -> Result<String> {
    text(2)
}

/// The vector units that libtorch's own kernels use here: `AVX512`.
///
/// # Errors
/// libtorch's refusal.
pub fn cpu_capability() -> Result<String> {
    text(3)
}

fn text(which: c_int) -> Result<String> {
    // SAFETY: the pointer given is valid for the call.
    ffi::text(|out| unsafe { ffi::shim_text(which, out) })
}

/// The versions of CUDA's runtime and of cuDNN that are loaded, as they number themselves (13000, 91300).
///
/// # Errors
/// CUDA is not loaded.
pub fn cuda_versions() -> Result<(i64, i64)> {
    let (mut runtime, mut cudnn) = (0, 0);
    // SAFETY: both outlive the call.
    ffi::check(unsafe { ffi::shim_cuda_versions(&raw mut runtime, &raw mut cudnn) })?;
    Ok((runtime, cudnn))
}

/// Whether oneDNN's packed operators compute in bfloat16 on this processor: on x86 that takes AVX-512 or AVX-NE-CONVERT.
///
/// # Errors
/// libtorch's refusal.
pub fn packs_bf16() -> Result<bool> {
    let mut can = false;
    // SAFETY: it outlives the call.
    ffi::check(unsafe { ffi::shim_packs_bf16(&raw mut can) })?;
    Ok(can)
}

/// Loads `libtorch_cuda.so` of a folder, which switches CUDA on for the whole process. Must come before the first
/// tensor and before anybody asks whether there is CUDA, since libtorch remembers the answer. The NVIDIA libraries
/// beside it, or in `../../nvidia/*/lib` as pip lays them out, are found by its own run path.
///
/// # Errors
/// The library, or one that it needs, cannot be loaded; the dynamic linker's words say which.
pub fn load_cuda(folder: &Path) -> Result<()> {
    let path = folder.join("libtorch_cuda.so");
    let name = path.display().to_string();
    let c_path = CString::new(name.as_str()).map_err(|_| ShimError::Path(name.clone()))?;
    // SAFETY: a zero-terminated text that outlives the call.
    ffi::check(unsafe { ffi::shim_load(c_path.as_ptr()) })
        .map_err(|error| ShimError::Load { path: name, why: error.to_string() })
}

/// While it lives, this thread's tensors keep no history and no version counts: the fastest way to predict.
#[derive(Debug)]
pub struct InferenceMode {
    guard: *mut c_void,
    /// The mode belongs to the thread that entered it.
    _thread: PhantomData<*const ()>,
}

impl InferenceMode {
    /// Enters inference mode on this thread, until the value is dropped.
    ///
    /// # Errors
    /// libtorch's refusal.
    pub fn enter() -> Result<InferenceMode> {
        let mut guard = std::ptr::null_mut();
        // SAFETY: `guard` outlives the call.
        ffi::check(unsafe { ffi::shim_inference_enter(&raw mut guard) })?;
        Ok(InferenceMode { guard, _thread: PhantomData })
    }
}

impl Drop for InferenceMode {
    fn drop(&mut self) {
        // SAFETY: made by `shim_inference_enter` on this thread (the type is not Send), and dropped once.
        let left = ffi::check(unsafe { ffi::shim_inference_leave(self.guard) });
        debug_assert!(left.is_ok(), "{left:?}");
    }
}
