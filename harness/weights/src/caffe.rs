//! Caffe's trained networks: `.caffemodel`, the message `NetParameter` of its `caffe.proto` (BVLC/caffe @9b89154).
//!
//! ```text
//! NetParameter: layer (100) or, before 2015, layers (2) ──► name, type, blobs ──► shape, numbers
//! ```
//! A tensor's name is its layer's and its place among that layer's blobs: `conv1/0` is a convolution's kernel, `conv1/1` its
//! bias. The file is read from front to back and is never in memory as a whole: of 550 MB only the numbers are kept. Must not
//! know the names of any network.

mod blob;
mod layer;
mod wire;

use std::io::{BufRead, BufReader};
use std::path::Path;

use spec::paper::WeightsFormat;

use super::{Problem, RawWeights, kind};
use wire::{Kind, Wire};

/// What to do with a file of before 2014, as Caffe's own tool does it.
const UPGRADE: &str = "convert it with Caffe's tool: `upgrade_net_proto_binary OLD NEW`";

/// The network's layers, and how they are written.
const LAYERS_V1: u32 = 2;
const LAYERS: u32 = 100;

/// Reads a file.
pub(crate) fn read(path: &Path) -> Result<RawWeights, Problem> {
    let file = fs_err::File::open(path)?;
    let length = file.metadata()?.len();
    from(BufReader::with_capacity(wire::CHUNK, file), length)
}

/// Reads a file's bytes.
///
/// # Errors
/// The bytes are cut, contradict themselves, are of another format, or hold numbers or layers that are not read here.
pub fn parse(bytes: &[u8]) -> Result<RawWeights, Problem> {
    from(bytes, bytes.len() as u64)
}

fn from(mut source: impl BufRead, length: u64) -> Result<RawWeights, Problem> {
    let head = source.fill_buf()?;
    if !kind::is_caffe(head) {
        return Err(kind::another(head, WeightsFormat::Caffemodel));
    }
    let mut wire = Wire::new(source, length);
    let mut weights = RawWeights::default();
    while let Some(field) = wire.field(length)? {
        match (field.number, field.kind) {
            (LAYERS_V1, Kind::Bytes(end)) => layer::read(&mut wire, &layer::V1, field.at, end, &mut weights)?,
            (LAYERS, Kind::Bytes(end)) => layer::read(&mut wire, &layer::V2, field.at, end, &mut weights)?,
            _ => wire.skip(&field)?,
        }
    }
    if weights.tensors.is_empty() {
        return Err(Problem::damaged(format!(
            "none of the layers in its {length} bytes has weights, so it is cut short"
        )));
    }
    Ok(weights)
}
