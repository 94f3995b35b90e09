//! A libtorch that was found: where it is, whose it is.
//!
//! Must not search.

use std::path::PathBuf;

use serde::Serialize;

/// A libtorch that can be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Libtorch {
    /// Usable as `LIBTORCH`: `include/`, `lib/`, `build-version`; no CUDA library in `lib/`.
    pub dir: PathBuf,
    /// With its build, where that is known: `2.11.0+cu130`.
    pub version: String,
    /// Whose it is.
    pub origin: Origin,
    /// The folder of `libtorch_cuda.so`, where CUDA is wanted and there; see [`crate::cuda::environment`].
    pub cuda_libs: Option<PathBuf>,
    /// What a person should know: why CUDA is not used though there is a GPU, what was passed over.
    pub notes: Vec<String>,
}

/// Whose libtorch it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// The folder that this environment variable names.
    Given {
        /// `REPLICATIONS_LIBTORCH` or `LIBTORCH`.
        variable: String,
        /// What it names.
        path: PathBuf,
    },
    /// Fetched once, kept below the home.
    Cache,
    /// That Python's torch.
    Python(PathBuf),
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Given { variable, path } => write!(f, "{variable}={}", path.display()),
            Self::Cache => f.write_str("fetched, in the cache"),
            Self::Python(python) => write!(f, "torch of {}", python.display()),
        }
    }
}
