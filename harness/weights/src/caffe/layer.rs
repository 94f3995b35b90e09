//! A layer: its name, its type, its blobs, and what its type says of them.
//!
//! Must not know the names of any network. Types are Caffe's own.

use std::io::BufRead;

use super::super::{Problem, RawTensor, RawWeights};
use super::blob::{self, Blob};
use super::wire::{Kind, Wire};

/// Where a layer's parts stand in its message.
#[derive(Debug)]
pub(super) struct Form {
    name: u32,
    kind: u32,
    blobs: u32,
    batch_norm: Option<u32>,
    /// The field that holds a layer of before 2014.
    older: Option<u32>,
}

/// `LayerParameter`, since 2015.
pub(super) const V2: Form = Form { name: 1, kind: 2, blobs: 7, batch_norm: Some(139), older: None };
/// `V1LayerParameter`.
pub(super) const V1: Form = Form { name: 4, kind: 5, blobs: 6, batch_norm: None, older: Some(1) };

/// Caffe's `BatchNormParameter.eps` where a file does not say.
const EPSILON: f64 = 1e-5;

/// Types whose blobs are read in a way of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Type {
    Convolution,
    InnerProduct,
    BatchNorm,
    Other,
}

impl Type {
    fn of_name(name: &str) -> Self {
        match name {
            "Convolution" | "Deconvolution" => Self::Convolution,
            "InnerProduct" => Self::InnerProduct,
            "BatchNorm" => Self::BatchNorm,
            _ => Self::Other,
        }
    }

    /// `V1LayerParameter.LayerType`.
    fn of_number(number: u64) -> Self {
        match number {
            4 | 39 => Self::Convolution,
            14 => Self::InnerProduct,
            _ => Self::Other,
        }
    }
}

/// Reads the layer that ends at `end`, and puts what it holds to the rest.
pub(super) fn read<R: BufRead>(
    wire: &mut Wire<R>,
    form: &Form,
    at: u64,
    end: u64,
    weights: &mut RawWeights,
) -> Result<(), Problem> {
    let (mut name, mut kind, mut epsilon) = (String::new(), Type::Other, EPSILON);
    let mut blobs = Vec::new();
    while let Some(field) = wire.field(end)? {
        match (field.number, field.kind) {
            (number, Kind::Bytes(stop)) if number == form.name => name = wire.text(stop)?,
            (number, Kind::Bytes(stop)) if number == form.kind => kind = Type::of_name(&wire.text(stop)?),
            (number, Kind::Varint(value)) if number == form.kind => kind = Type::of_number(value),
            (number, Kind::Bytes(stop)) if number == form.blobs => {
                let whose = if name.is_empty() { "a layer".to_owned() } else { format!("layer `{name}`") };
                let place = format!("blob {} of {whose}", blobs.len());
                blobs.push(blob::read(wire, &place, field.at, stop)?);
            }
            (number, Kind::Bytes(stop)) if Some(number) == form.batch_norm => {
                epsilon = batch_norm_epsilon(wire, stop)?.unwrap_or(epsilon);
            }
            (number, Kind::Bytes(_)) if Some(number) == form.older => {
                let what = format!("the layer at byte {at} is written as before 2014 (`V0LayerParameter`)");
                return Err(Problem::unsupported(what, super::UPGRADE));
            }
            (number, _) if [form.name, form.kind, form.blobs].contains(&number) => {
                let what = format!("field {number} at byte {} is not what a layer has there", field.at);
                return Err(Problem::damaged(what));
            }
            _ => wire.skip(&field)?,
        }
    }
    if blobs.is_empty() {
        return Ok(());
    }
    if name.is_empty() {
        return Err(Problem::damaged(format!("the layer at byte {at} has weights and no name")));
    }
    if weights.tensors.contains_key(&format!("{name}/0")) {
        let what = format!("a second layer with weights is called `{name}`, at byte {at}");
        return Err(Problem::unsupported(what, "give it another name, in the file and in the table of names"));
    }
    let tensors = if kind == Type::BatchNorm {
        weights.epsilons.insert(name.clone(), epsilon);
        statistics(blobs, &name, at)?
    } else {
        blobs.into_iter().enumerate().map(|(index, blob)| own_shape(blob, kind, index)).collect()
    };
    weights.tensors.extend((0..).zip(tensors).map(|(index, tensor): (usize, _)| (format!("{name}/{index}"), tensor)));
    Ok(())
}

/// `BatchNormParameter.eps`.
fn batch_norm_epsilon<R: BufRead>(wire: &mut Wire<R>, end: u64) -> Result<Option<f64>, Problem> {
    let mut found = Vec::new();
    while let Some(field) = wire.field(end)? {
        match (field.number, field.kind) {
            (3, Kind::Fixed32) => wire.one(super::super::Dtype::F32, &mut found)?,
            _ => wire.skip(&field)?,
        }
    }
    // Its shortest decimal: 1e-5 in single precision is meant to be 1e-5.
    Ok(found.last().and_then(|epsilon| epsilon.to_string().parse().ok()))
}

/// Mean and variance. The file has their sums and, third, what they were summed with: Caffe divides by it, and by nothing
/// where it is 0 (`BatchNormLayer::Forward_cpu`).
fn statistics(blobs: Vec<Blob>, name: &str, at: u64) -> Result<Vec<RawTensor>, Problem> {
    let [mut mean, mut variance, factor] = <[Blob; 3]>::try_from(blobs).map_err(|blobs| {
        let what = format!("the batch norm `{name}` at byte {at} has {} blobs, where Caffe's has 3", blobs.len());
        Problem::unsupported(what, "save the network with BVLC's Caffe")
    })?;
    let &[factor] = factor.tensor.data.as_slice() else {
        let count = factor.tensor.data.len();
        return Err(Problem::damaged(format!(
            "the batch norm `{name}` at byte {at} has {count} scale factors, not one"
        )));
    };
    let scale = if factor == 0.0 { 0.0 } else { 1.0 / factor };
    for statistic in [&mut mean, &mut variance] {
        statistic.tensor.data.iter_mut().for_each(|value| *value *= scale);
    }
    Ok([mean, variance].into_iter().enumerate().map(|(index, blob)| own_shape(blob, Type::BatchNorm, index)).collect())
}

/// A shape of four sides as the layer itself has it: a fully connected layer's weight is `1 × 1 × out × in` there, and a bias
/// `1 × 1 × 1 × n`.
fn own_shape(blob: Blob, kind: Type, index: usize) -> RawTensor {
    let Blob { mut tensor, four_sides } = blob;
    let keep = match (kind, index) {
        _ if !four_sides => return tensor,
        (Type::Convolution, 0) => 4,
        (Type::InnerProduct, 0) => 2,
        _ => 1,
    };
    while tensor.shape.len() > keep && tensor.shape[0] == 1 {
        tensor.shape.remove(0);
    }
    tensor
}
