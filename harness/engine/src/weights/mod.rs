//! Weight files in, a network's parameters out.
//!
//! ```text
//! file (tfjs, safetensors, PyTorch, Caffe) ──► RawWeights, by the file's names ──► table of names ──► Parameters, by ours
//! ```
//! The files are read by the package `weights`. Must not touch libtorch: numbers are plain until a network is built from
//! them.

pub mod assign;
pub mod random;

use std::collections::BTreeMap;

pub use ::weights::{RawTensor, RawWeights, read};

/// A network's parameters by the names of its graph.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Parameters {
    /// The tensors: `<node>.weight` and so on.
    pub tensors: BTreeMap<String, RawTensor>,
    /// Epsilons of batch norm by node, where the weights bring their own.
    pub epsilons: BTreeMap<String, f64>,
}
