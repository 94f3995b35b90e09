//! Everything that a number of this run may depend on.
//!
//! Must say what is, not what was asked for: switches are read back from libtorch.

use base::{hash, machine};
use spec::event::Environment;
use spec::job::{Device, Settings};
use torch_shim::{Switch, is_on};

use crate::error::Result;
use crate::gpu;

/// Environment variables that change numbers or speed.
const VARIABLES: [&str; 14] = [
    "OMP_NUM_THREADS",
    "OMP_PROC_BIND",
    "OMP_WAIT_POLICY",
    "GOMP_SPINCOUNT",
    "KMP_BLOCKTIME",
    "MKL_NUM_THREADS",
    "MKL_CBWR",
    "DNNL_MAX_CPU_ISA",
    "ONEDNN_MAX_CPU_ISA",
    "LD_PRELOAD",
    "MALLOC_ARENA_MAX",
    "CUDA_VISIBLE_DEVICES",
    "NVIDIA_TF32_OVERRIDE",
    "CUBLAS_WORKSPACE_CONFIG",
];

/// Reads everything. `project` is the version of the program that runs, and its commit.
///
/// # Errors
/// libtorch's refusal to tell.
pub fn collect(settings: &Settings, project: String) -> Result<Environment> {
    let on_gpu = settings.device == Device::Cuda;
    let (cuda, cudnn) = if on_gpu { torch_shim::cuda_versions()? } else { (0, 0) };
    // 13000 is CUDA 13.0, whose builds are called cu130.
    let build = if on_gpu { format!("cu{}", cuda / 100) } else { "cpu".to_owned() };
    Ok(Environment {
        project,
        runner: own_hash(),
        libtorch: format!("{}+{build}", torch_shim::torch_version()?),
        libtorch_build: format!(
            "{}\nCPU capability: {}",
            torch_shim::build_information()?.trim(),
            torch_shim::cpu_capability()?
        ),
        os: machine::os(),
        cpu: machine::cpu(),
        cores: machine::cores(),
        memory: machine::memory(),
        gpu: if on_gpu { Some(gpu::describe(cuda, cudnn)?) } else { None },
        precision: settings.precision,
        tf32_matmul: is_on(Switch::Tf32Matmul)?,
        tf32_cudnn: is_on(Switch::Tf32Cudnn)?,
        cudnn_benchmark: is_on(Switch::BenchmarkCudnn)?,
        deterministic_cudnn: is_on(Switch::DeterministicCudnn)?,
        decoder: images::DECODER.to_owned(),
        resampler: images::RESAMPLER.to_owned(),
        variables: VARIABLES.iter().filter_map(|name| Some(((*name).to_owned(), std::env::var(name).ok()?))).collect(),
    })
}

/// SHA-256 of this very binary; empty where the system does not say where it is.
fn own_hash() -> String {
    let hash = || hash::sha256_of(fs_err::File::open(std::env::current_exe()?)?);
    hash().unwrap_or_default()
}
