//! What stops a run, by what the harness does next.
//!
//! Must not print anything: `main` turns an error into the last event and the exit code.

use spec::event::FailureKind;
use thiserror::Error;
use torch_shim::ShimError;

/// A result of the runner.
pub type Result<T> = std::result::Result<T, Error>;

/// What stops a run. Each message is a sentence: what, where, what to do.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Error {
    /// The job or a file it names is wrong.
    #[error("{0}")]
    Input(String),
    /// A known answer of the canary did not come.
    #[error("{0}")]
    Canary(String),
    /// Out of memory: a smaller batch may do.
    #[error("{0}")]
    OutOfMemory(String),
    /// A file could not be written.
    #[error("{0}")]
    Disk(String),
    /// A training whose numbers are no longer finite: taking the same steps again ends there again.
    #[error("{0}")]
    Diverged(String),
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

impl Error {
    /// A failure in libtorch's or a panic's own words.
    #[must_use]
    pub fn from_words(words: &str) -> Error {
        // What the CPU allocator, CUDA's allocator, cuDNN, cuBLAS and C++ say when memory is short.
        const SIGNS: [&str; 6] = [
            "can't allocate memory",
            "DefaultCPUAllocator",
            "out of memory",
            "CUDNN_STATUS_ALLOC_FAILED",
            "CUBLAS_STATUS_ALLOC_FAILED",
            "std::bad_alloc",
        ];
        let short = words.lines().next().unwrap_or_default().trim();
        if SIGNS.iter().any(|sign| words.contains(sign)) {
            Error::OutOfMemory(format!("memory does not suffice ({short}); try a smaller batch"))
        } else {
            Error::Other(short.to_owned())
        }
    }

    /// The kind that the last event names.
    #[must_use]
    pub fn kind(&self) -> FailureKind {
        match self {
            Error::Input(_) => FailureKind::Input,
            Error::Canary(_) => FailureKind::Canary,
            Error::OutOfMemory(_) => FailureKind::OutOfMemory,
            Error::Disk(_) => FailureKind::Disk,
            Error::Diverged(_) => FailureKind::Diverged,
            Error::Other(_) => FailureKind::Other,
        }
    }

    /// The process's exit code: 2 where the person must change something, else 1.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Error::Input(_) | Error::Canary(_) => 2,
            Error::OutOfMemory(_) | Error::Disk(_) | Error::Diverged(_) | Error::Other(_) => 1,
        }
    }
}

impl From<tch::TchError> for Error {
    fn from(error: tch::TchError) -> Error {
        Error::from_words(&error.to_string())
    }
}

impl From<ShimError> for Error {
    fn from(error: ShimError) -> Error {
        match error {
            ShimError::Load { .. } => Error::Input(error.to_string()),
            ShimError::Torch(_) | ShimError::Path(_) => Error::from_words(&error.to_string()),
        }
    }
}

impl From<weights::Error> for Error {
    fn from(error: weights::Error) -> Error {
        Error::Input(error.to_string())
    }
}

impl From<replications::shapes::GraphError> for Error {
    fn from(error: replications::shapes::GraphError) -> Error {
        Error::Input(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_that_is_short_is_told_apart() {
        for words in [
            "[enforce fail at alloc_cpu.cpp:124] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate 4 bytes.",
            "CUDA out of memory. Tried to allocate 20.00 MiB.",
            "libtorch: cuDNN error: CUDNN_STATUS_ALLOC_FAILED",
        ] {
            assert_eq!(Error::from_words(words).kind(), FailureKind::OutOfMemory, "{words}");
        }
        let other = Error::from_words("sizes do not match\nException raised from here\n#1 there");
        assert_eq!(other, Error::Other("sizes do not match".to_owned()));
        assert_eq!((other.exit_code(), Error::Input(String::new()).exit_code()), (1, 2));
    }
}
