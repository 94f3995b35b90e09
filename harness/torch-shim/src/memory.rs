//! The accelerator's memory and synchronisation, whichever accelerator it is.
//!
//! Must not be called where none is loaded: libtorch answers with an error.
#![allow(unsafe_code, reason = "this crate is the one place where Rust meets C++")]

use crate::{Result, ffi};

/// Memory of the current accelerator, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceMemory {
    /// The most that tensors took since [`reset_peaks`].
    pub allocated_peak: u64,
    /// The most that libtorch's allocator held of the device since [`reset_peaks`].
    pub reserved_peak: u64,
    /// Free on the device now, whoever uses the rest.
    pub free: u64,
    /// The device's memory.
    pub total: u64,
}

/// Reads the memory statistics.
///
/// # Errors
/// No accelerator is loaded.
pub fn device_memory() -> Result<DeviceMemory> {
    let mut memory = ffi::Memory::default();
    // SAFETY: `memory` outlives the call and has the layout that C++ writes.
    ffi::check(unsafe { ffi::shim_accelerator_memory(&raw mut memory) })?;
    let bytes = |value: i64| u64::try_from(value).unwrap_or(0);
    Ok(DeviceMemory {
        allocated_peak: bytes(memory.allocated_peak),
        reserved_peak: bytes(memory.reserved_peak),
        free: memory.free,
        total: memory.total,
    })
}

/// Starts the peaks anew.
///
/// # Errors
/// No accelerator is loaded.
pub fn reset_peaks() -> Result<()> {
    // SAFETY: no arguments.
    ffi::check(unsafe { ffi::shim_accelerator_reset_peaks() })
}

/// Gives cached memory back to the device.
///
/// # Errors
/// No accelerator is loaded.
pub fn empty_cache() -> Result<()> {
    // SAFETY: no arguments.
    ffi::check(unsafe { ffi::shim_accelerator_empty_cache() })
}

/// Waits until the device has done everything it was given.
///
/// # Errors
/// No accelerator is loaded, or something that it was given failed.
pub fn synchronize() -> Result<()> {
    // SAFETY: no arguments.
    ffi::check(unsafe { ffi::shim_accelerator_synchronize() })
}
