//! This process's peak memory, as the kernel counts it.
//!
//! Must not be asked for the accelerator's memory: `torch_shim` knows that.

/// Starts the peak anew at the memory used now; false where the kernel does not allow it, so that the peak is the
/// whole process's.
#[must_use]
pub(crate) fn reset_peak() -> bool {
    fs_err::write("/proc/self/clear_refs", "5").is_ok()
}

/// The most resident memory since the start or [`reset_peak`], in bytes.
#[must_use]
pub(crate) fn peak() -> Option<u64> {
    status_bytes(&fs_err::read_to_string("/proc/self/status").ok()?, "VmHWM:")
}

fn status_bytes(status: &str, key: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(key))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_line_is_read() {
        assert_eq!(status_bytes("VmPeak:\t  9 kB\nVmHWM:\t  12 kB\n", "VmHWM:"), Some(12 * 1024));
        assert_eq!(status_bytes("VmPeak:\t  9 kB\n", "VmHWM:"), None);
        assert!(peak().is_some_and(|bytes| bytes > 1 << 20));
    }
}
