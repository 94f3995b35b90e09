//! Weight files of other people's formats, read to plain numbers.
//!
//! A file is not trusted: nothing in it is run, what it declares is checked against what it holds, and the memory that its
//! tensors take is bounded by its own size. Must not know the names of any network, and must not link libtorch, so that
//! these readers can be tested and fuzzed without it.

mod number;
mod pickle;
pub mod pytorch;
pub mod safetensors;
pub mod tfjs;

use std::collections::BTreeMap;
use std::path::Path;

use spec::paper::WeightsFormat;

use number::{Dtype, elements};

/// A tensor as a file has it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RawTensor {
    /// Its shape.
    pub shape: Vec<usize>,
    /// Its numbers, the last dimension fastest.
    pub data: Vec<f32>,
}

/// What a weight file holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RawWeights {
    /// The tensors by the file's names.
    pub tensors: BTreeMap<String, RawTensor>,
    /// Epsilons of batch norm by the file's layer names, where the format has them.
    pub epsilons: BTreeMap<String, f64>,
}

/// A weight file that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the weights cannot be read: {0}; fetch them again (`harness data verify` says which bytes differ)")]
pub struct Error(String);

/// What a reader says is wrong; where, its caller knows.
pub type Problem = String;

/// Reads a weight file.
///
/// # Errors
/// The file is missing, damaged, or of another format; the message names it.
pub fn read(path: &Path, format: WeightsFormat) -> Result<RawWeights, Error> {
    let read = match format {
        WeightsFormat::TfjsLayers => tfjs::read(path),
        WeightsFormat::Safetensors => bytes(path).and_then(|bytes| safetensors::parse(&bytes)),
        WeightsFormat::PytorchZip => bytes(path).and_then(|bytes| pytorch::parse(&bytes)),
    };
    // The readers say what is wrong; here it is said where. fs_err names the file by itself.
    read.map_err(|problem| {
        let path = path.display().to_string();
        Error(if problem.contains(&path) { problem } else { format!("{path}: {problem}") })
    })
}

fn bytes(path: &Path) -> Result<Vec<u8>, Problem> {
    fs_err::read(path).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_file_is_named_once() {
        for format in [WeightsFormat::TfjsLayers, WeightsFormat::Safetensors, WeightsFormat::PytorchZip] {
            let error = read(Path::new("/nonexistent/model.json"), format).unwrap_err();
            assert_eq!(error.to_string().matches("/nonexistent/model.json").count(), 1, "{error}");
        }
    }
}
