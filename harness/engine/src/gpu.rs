//! The accelerator's name, memory and driver, as NVIDIA's management library tells them.
//!
//! Must not start CUDA: libtorch has done that.

use nvml_wrapper::{Device, Nvml};
use spec::event::Gpu;

use crate::error::Result;

/// Describes the first visible device; what the library does not tell is `unknown`.
pub(crate) fn describe(cuda: i64, cudnn: i64) -> Result<Gpu> {
    let memory = torch_shim::device_memory()?.total;
    let nvml = Nvml::init().ok();
    let unknown = || "unknown".to_owned();
    Ok(Gpu {
        name: nvml.as_ref().and_then(|nvml| first(nvml)?.name().ok()).unwrap_or_else(unknown),
        memory,
        driver: nvml.as_ref().and_then(|nvml| nvml.sys_driver_version().ok()).unwrap_or_else(unknown),
        cuda: format!("{}.{}", cuda / 1000, cuda % 1000 / 10),
        cudnn: dotted(cudnn),
    })
}

/// The device that CUDA calls 0: the first of `CUDA_VISIBLE_DEVICES`, a number or a unique name.
fn first(nvml: &Nvml) -> Option<Device<'_>> {
    let visible = std::env::var("CUDA_VISIBLE_DEVICES").unwrap_or_default();
    let first = visible.split(',').next().unwrap_or_default().trim();
    match first.parse::<u32>() {
        Ok(index) => nvml.device_by_index(index).ok(),
        Err(_) if first.is_empty() => nvml.device_by_index(0).ok(),
        Err(_) => nvml.device_by_uuid(first).ok(),
    }
}

/// cuDNN 9 numbers itself 91300 for 9.13.0, earlier ones 8907 for 8.9.7.
fn dotted(version: i64) -> String {
    if version >= 90_000 {
        format!("{}.{}.{}", version / 10_000, version / 100 % 100, version % 100)
    } else {
        format!("{}.{}.{}", version / 1000, version / 100 % 10, version % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_dotted() {
        assert_eq!(dotted(91_300), "9.13.0");
        assert_eq!(dotted(8907), "8.9.7");
    }
}
