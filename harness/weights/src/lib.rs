//! Weight files of other people's formats, read to plain numbers.
//!
//! A file is not trusted: nothing in it is run, what it declares is checked against what it holds, and the memory that its
//! tensors take is bounded by its own size. Must not know the names of any network, and must not link libtorch, so that
//! these readers can be tested and fuzzed without it.

pub mod caffe;
mod kind;
mod number;
mod pickle;
mod problem;
pub mod pytorch;
pub mod safetensors;
pub mod tfjs;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use spec::paper::WeightsFormat;

use number::{Dtype, elements};

pub use problem::Problem;

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
#[error("the weights cannot be read: {}{problem}", self.place())]
pub struct Error {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it, and what to do.
    pub problem: Problem,
}

impl Error {
    /// The path in front of what a reader says; fs_err names it by itself.
    fn place(&self) -> String {
        let path = self.path.display().to_string();
        if self.problem.to_string().contains(&path) { String::new() } else { format!("{path}: ") }
    }
}

/// Reads a weight file.
///
/// # Errors
/// The file is missing, damaged, or of another format; the message names it, and says what to do.
pub fn read(path: &Path, format: WeightsFormat) -> Result<RawWeights, Error> {
    let read = match format {
        WeightsFormat::TfjsLayers => tfjs::read(path),
        WeightsFormat::Safetensors => bytes(path).and_then(|bytes| safetensors::parse(&bytes)),
        WeightsFormat::Caffemodel => caffe::read(path),
        WeightsFormat::PytorchZip => bytes(path).and_then(|bytes| pytorch::parse(&bytes)),
    };
    read.map_err(|problem| Error { path: path.to_owned(), problem })
}

fn bytes(path: &Path) -> Result<Vec<u8>, Problem> {
    Ok(fs_err::read(path)?)
}
