//! libtorch's global state, set once at the start as the job says: CUDA, TF32, determinism, threads.
//!
//! Must come before the first tensor, and everything set here is recorded by `environment`.

use std::path::PathBuf;

use spec::job::{Device, Precision, Settings};
use torch_shim::Switch;

use crate::error::{Error, Result};

/// The variable that names the folder of `libtorch_cuda.so`.
const CUDA_LIBS: &str = "REPLICATIONS_CUDA_LIBS";

/// Sets everything that the settings ask for.
///
/// # Errors
/// CUDA that is asked for and not there.
pub fn apply(settings: &Settings) -> Result<()> {
    if settings.device == Device::Cuda {
        load_cuda()?;
    }
    // cuDNN's convolutions use TF32 unless told otherwise: an fp32 run would not be one.
    let tf32 = settings.precision == Precision::Tf32;
    torch_shim::set(Switch::Tf32Matmul, tf32)?;
    torch_shim::set(Switch::Tf32Cudnn, tf32)?;
    // Trying algorithms out would choose by the clock, and the clock differs from run to run.
    torch_shim::set(Switch::BenchmarkCudnn, false)?;
    torch_shim::set(Switch::DeterministicCudnn, true)?;
    let threads = i32::try_from(settings.threads).map_err(|_| Error::Input("`threads` is too large".to_owned()))?;
    tch::set_num_threads(threads);
    Ok(())
}

/// libtorch asks for CUDA once and remembers the answer, so the library must be there before any question is asked.
fn load_cuda() -> Result<()> {
    match std::env::var_os(CUDA_LIBS).map(PathBuf::from) {
        Some(folder) => torch_shim::load_cuda(&folder)?,
        // A libtorch that was linked with CUDA has it already.
        None if tch::Cuda::is_available() => {}
        None => {
            return Err(Error::Input(format!(
                "the job wants cuda, but {CUDA_LIBS} does not name the folder of libtorch_cuda.so; set it, or use the CPU"
            )));
        }
    }
    if tch::Cuda::device_count() < 1 {
        return Err(Error::Input(
            "CUDA's libraries are loaded but see no device; check the driver (nvidia-smi) and CUDA_VISIBLE_DEVICES, or use the CPU"
                .to_owned(),
        ));
    }
    Ok(())
}
