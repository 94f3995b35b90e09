//! Weight files in, a network's parameters out.
//!
//! ```text
//! file (tfjs, safetensors, PyTorch) ──► RawWeights, by the file's names ──► table of names ──► Parameters, by ours
//! ```
//! Must not touch libtorch: numbers are plain until a network is built from them.

pub mod assign;
mod pickle;
mod pytorch;
pub mod random;
mod safetensors;
mod tfjs;

use std::collections::BTreeMap;
use std::path::Path;

use spec::paper::WeightsFormat;

use crate::error::{Error, Result};

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

/// A network's parameters by the names of its graph.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Parameters {
    /// The tensors: `<node>.weight` and so on.
    pub tensors: BTreeMap<String, RawTensor>,
    /// Epsilons of batch norm by node, where the weights bring their own.
    pub epsilons: BTreeMap<String, f64>,
}

/// Reads a weight file.
///
/// # Errors
/// The file is missing, damaged, or of another format; the message names it.
pub fn read(path: &Path, format: WeightsFormat) -> Result<RawWeights> {
    let read = match format {
        WeightsFormat::TfjsLayers => tfjs::read(path),
        WeightsFormat::Safetensors => safetensors::read(path),
        WeightsFormat::PytorchZip => pytorch::read(path),
    };
    // The readers say what is wrong; here it is said where. fs_err names the file by itself.
    read.map_err(|problem| {
        let path = path.display().to_string();
        let named = if problem.contains(&path) { problem } else { format!("{path}: {problem}") };
        Error::Input(format!(
            "the weights cannot be read: {named}; fetch them again (`harness data verify` says which bytes differ)"
        ))
    })
}

/// What a reader says is wrong.
type Problem = String;

/// The number types that weight files use, as bytes to f32.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dtype {
    F32,
    F64,
    F16,
    Bf16,
    I64,
    I32,
    U8,
}

impl Dtype {
    fn bytes(self) -> usize {
        match self {
            Dtype::F64 | Dtype::I64 => 8,
            Dtype::F32 | Dtype::I32 => 4,
            Dtype::F16 | Dtype::Bf16 => 2,
            Dtype::U8 => 1,
        }
    }

    /// Little-endian bytes as numbers; a last part of one is left off (callers check lengths).
    #[expect(clippy::cast_possible_truncation, reason = "weights are used in single precision")]
    fn to_f32(self, bytes: &[u8]) -> Vec<f32> {
        fn each<const N: usize>(bytes: &[u8], number: impl Fn([u8; N]) -> f32) -> Vec<f32> {
            bytes.as_chunks::<N>().0.iter().map(|chunk| number(*chunk)).collect()
        }
        match self {
            Dtype::F32 => each(bytes, f32::from_le_bytes),
            Dtype::F64 => each(bytes, |b| f64::from_le_bytes(b) as f32),
            Dtype::F16 => each(bytes, |b| half_to_f32(u16::from_le_bytes(b))),
            Dtype::Bf16 => each(bytes, |b| f32::from_bits(u32::from(u16::from_le_bytes(b)) << 16)),
            Dtype::I64 => each(bytes, |b| i64::from_le_bytes(b) as f32),
            Dtype::I32 => each(bytes, |b| i32::from_le_bytes(b) as f32),
            Dtype::U8 => bytes.iter().map(|b| f32::from(*b)).collect(),
        }
    }
}

fn half_to_f32(bits: u16) -> f32 {
    let sign = u32::from(bits >> 15) << 31;
    let exponent = u32::from(bits >> 10 & 0x1f);
    let fraction = u32::from(bits & 0x3ff);
    match (exponent, fraction) {
        // Subnormal: a multiple of 2^-24.
        (0, fraction) => {
            let value = fraction as f32 / 16_777_216.0;
            if sign == 0 { value } else { -value }
        }
        (0x1f, fraction) => f32::from_bits(sign | 0x7f80_0000 | fraction << 13),
        _ => f32::from_bits(sign | (exponent + 112) << 23 | fraction << 13),
    }
}

/// The number of elements of a shape; an error where the product overflows.
fn elements(shape: &[usize]) -> std::result::Result<usize, Problem> {
    shape
        .iter()
        .try_fold(1usize, |product, side| product.checked_mul(*side))
        .ok_or_else(|| format!("the shape {shape:?} is impossibly large"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_exact() {
        for (bits, value) in
            [(0x3c00, 1.0), (0xc000, -2.0), (0x0001, 5.960_464_5e-8), (0x7bff, 65504.0), (0x3555, 0.333_251_95)]
        {
            assert_eq!(half_to_f32(bits), value);
        }
        assert!(half_to_f32(0x7e00).is_nan());
        assert_eq!(half_to_f32(0xfc00), f32::NEG_INFINITY);
    }

    #[test]
    fn a_missing_file_is_named_once() {
        let error = read(Path::new("/nonexistent/model.json"), WeightsFormat::TfjsLayers).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert_eq!(error.to_string().matches("/nonexistent/model.json").count(), 1, "{error}");
    }
}
