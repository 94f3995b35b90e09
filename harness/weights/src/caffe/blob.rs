//! A blob: a shape, and numbers in single or double precision.
//!
//! Must not know what a layer does with it.

use std::io::BufRead;

use super::super::{Dtype, Problem, RawTensor, elements};
use super::wire::{Field, Kind, Wire};

/// As many dimensions a blob may have in Caffe (`kMaxBlobAxes`).
const MOST_DIMENSIONS: usize = 32;

/// A blob as the file has it.
#[derive(Debug)]
pub(super) struct Blob {
    /// Its shape and its numbers.
    pub(super) tensor: RawTensor,
    /// Whether its shape is written as four sides, as before 2015, filled up with ones from the left.
    pub(super) four_sides: bool,
}

/// Reads the blob that ends at `end`; `place` names it in messages.
pub(super) fn read<R: BufRead>(wire: &mut Wire<R>, place: &str, at: u64, end: u64) -> Result<Blob, Problem> {
    let here = |problem: Problem| problem.at(&format!("{place} at byte {at}"));
    let (mut single, mut double) = (Vec::new(), Vec::new());
    let mut sides: [Option<u64>; 4] = [None; 4];
    let mut shape: Option<Vec<u64>> = None;
    while let Some(field) = wire.field(end).map_err(here)? {
        match (field.number, field.kind) {
            (side @ 1..=4, Kind::Varint(value)) => sides[side as usize - 1] = Some(value),
            (5, _) => numbers(wire, &field, Dtype::F32, &mut single).map_err(here)?,
            (8, _) => numbers(wire, &field, Dtype::F64, &mut double).map_err(here)?,
            (7, Kind::Bytes(stop)) => dimensions(wire, stop, shape.get_or_insert_default()).map_err(here)?,
            // Gradients.
            (6 | 9, _) => wire.skip(&field).map_err(here)?,
            (10..=13, _) => {
                let what =
                    "its numbers are raw bytes, as NVIDIA's Caffe writes half precision, which are not read here";
                let instead = "save the network in single precision (`solver_data_type: FLOAT`, or BVLC's Caffe)";
                return Err(here(Problem::unsupported(what, instead)));
            }
            (1..=4 | 7, _) => {
                let what = format!("field {} is no {}", field.number, if field.number == 7 { "shape" } else { "side" });
                return Err(here(Problem::damaged(what)));
            }
            _ => wire.skip(&field).map_err(here)?,
        }
    }
    // As Caffe does: four sides come before a shape, numbers in double precision before others.
    let four_sides = sides.iter().any(Option::is_some);
    let written = if four_sides { Some(sides.map(|side| side.unwrap_or(0)).to_vec()) } else { shape };
    let Some(written) = written else { return Err(here(Problem::damaged("it has no shape"))) };
    let shape = sizes(&written).map_err(here)?;
    let data = if double.is_empty() { single } else { double };
    let wanted = elements(&shape).map_err(here)?;
    if wanted != data.len() {
        let what = format!("its shape {shape:?} takes {wanted} numbers, and it has {}", data.len());
        return Err(here(Problem::damaged(what)));
    }
    Ok(Blob { tensor: RawTensor { shape, data }, four_sides })
}

/// Packed numbers, or a single one.
fn numbers<R: BufRead>(wire: &mut Wire<R>, field: &Field, dtype: Dtype, found: &mut Vec<f32>) -> Result<(), Problem> {
    match (field.kind, dtype) {
        (Kind::Bytes(stop), _) => wire.numbers(dtype, stop, found),
        (Kind::Fixed32, Dtype::F32) | (Kind::Fixed64, Dtype::F64) => wire.one(dtype, found),
        _ => Err(Problem::damaged(format!("field {} at byte {} holds no numbers of its type", field.number, field.at))),
    }
}

/// `BlobShape`: one field, packed or not.
fn dimensions<R: BufRead>(wire: &mut Wire<R>, end: u64, shape: &mut Vec<u64>) -> Result<(), Problem> {
    while let Some(field) = wire.field(end)? {
        match (field.number, field.kind) {
            (1, Kind::Varint(value)) => push(shape, value)?,
            (1, Kind::Bytes(stop)) => {
                while wire.at() < stop {
                    let value = wire.varint(stop)?;
                    push(shape, value)?;
                }
            }
            _ => wire.skip(&field)?,
        }
    }
    Ok(())
}

fn push(shape: &mut Vec<u64>, value: u64) -> Result<(), Problem> {
    if shape.len() == MOST_DIMENSIONS {
        return Err(Problem::damaged(format!("its shape has more than {MOST_DIMENSIONS} dimensions")));
    }
    shape.push(value);
    Ok(())
}

/// Dimensions as sizes. Caffe counts with 32 bits; a negative one is larger here.
fn sizes(written: &[u64]) -> Result<Vec<usize>, Problem> {
    let size = |value: &u64| {
        let size = i32::try_from(*value).ok().and_then(|value| usize::try_from(value).ok());
        size.ok_or_else(|| Problem::damaged(format!("its shape has the dimension {}", value.cast_signed())))
    };
    written.iter().map(size).collect()
}
