//! What tch lacks of libtorch: global switches, inference mode, memory statistics, loading CUDA, fused CPU operators.
//!
//! The only crate with `unsafe`. Must not know networks, jobs or files: tensors and numbers in, tensors and numbers
//! out.

mod context;
mod ffi;
mod memory;
mod operators;
mod sgd;
mod training;

pub use context::{
    InferenceMode, Switch, build_information, cpu_capability, cuda_versions, is_on, load_cuda, packs_bf16,
    parallel_information, set, torch_version,
};
pub use memory::{DeviceMemory, device_memory, empty_cache, reset_peaks, synchronize};
pub use operators::{
    Convolution, PackedConv, PackedLinear, conv_plane, is_channels_last, local_response_norm, maxout, to_memory_format,
};
pub use sgd::{Step, sgd_step};
pub use training::{BatchNorm, conv3x3, roi_pool};

use thiserror::Error;

/// What libtorch refused, in its own words.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ShimError {
    /// A C++ exception.
    #[error("libtorch: {0}")]
    Torch(String),
    /// A text that C cannot take.
    #[error("the path `{0}` cannot be given to C: it has a zero byte")]
    Path(String),
    /// A CUDA library that did not load.
    #[error(
        "CUDA's library {path} could not be loaded ({why}); install torch 2.11.0 with its NVIDIA packages, or run on the CPU"
    )]
    Load {
        /// The library.
        path: String,
        /// The dynamic linker's words.
        why: String,
    },
}

/// A result of this crate.
pub type Result<T> = std::result::Result<T, ShimError>;
