//! The safetensors format.
//!
//! Must not know the names of any network.

use std::collections::HashMap;

use ::safetensors::{Dtype as FileDtype, SafeTensors};
use serde_json::Value;

use super::{Dtype, Problem, RawTensor, RawWeights};

/// Reads a file's bytes.
///
/// # Errors
/// The bytes are cut, contradict themselves, or hold a type of number that is not read here.
pub fn parse(bytes: &[u8]) -> Result<RawWeights, Problem> {
    ends_within(bytes)?;
    let file = SafeTensors::deserialize(bytes).map_err(|error| format!("is not a whole safetensors file ({error})"))?;
    let mut weights = RawWeights::default();
    for (name, view) in file.iter() {
        // A counter that PyTorch keeps beside batch norm; no network reads it.
        if name.ends_with(".num_batches_tracked") {
            continue;
        }
        let dtype = match view.dtype() {
            FileDtype::F32 => Dtype::F32,
            FileDtype::F64 => Dtype::F64,
            FileDtype::F16 => Dtype::F16,
            FileDtype::BF16 => Dtype::Bf16,
            FileDtype::I64 => Dtype::I64,
            FileDtype::I32 => Dtype::I32,
            FileDtype::U8 => Dtype::U8,
            other => return Err(format!("tensor `{name}` has the type {other:?}, which is not read here")),
        };
        let tensor = RawTensor { shape: view.shape().to_vec(), data: dtype.to_f32(view.data()) };
        weights.tensors.insert(name.to_owned(), tensor);
    }
    Ok(weights)
}

/// Refuses a header with a tensor that ends behind the file. The library adds a tensor's end to the header's length before
/// it compares them with the file's: ends close to 2⁶⁴ would pass, and the tensor's bytes would then be looked for.
fn ends_within(bytes: &[u8]) -> Result<(), Problem> {
    let header = bytes
        .split_first_chunk::<8>()
        .and_then(|(length, rest)| rest.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?));
    // What is wrong with another header the library says.
    let Some((text, data)) = header else { return Ok(()) };
    let Ok(entries) = serde_json::from_slice::<HashMap<String, Value>>(text) else { return Ok(()) };
    for (name, entry) in entries {
        let ends = entry.get("data_offsets").and_then(Value::as_array).into_iter().flatten();
        if ends.filter_map(Value::as_u64).any(|end| end > data.len() as u64) {
            return Err(format!("is not a whole safetensors file (it ends before tensor `{name}` does)"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::safetensors::tensor::TensorView;

    #[test]
    fn a_written_file_is_read_and_a_cut_one_is_refused() {
        let data: Vec<u8> = [1.5f32, -2.0].iter().flat_map(|value| value.to_le_bytes()).collect();
        let view = TensorView::new(FileDtype::F32, vec![1, 2], &data).unwrap();
        let bytes = ::safetensors::serialize([("a", view)], None).unwrap();
        let weights = parse(&bytes).unwrap();
        assert_eq!(weights.tensors["a"], RawTensor { shape: vec![1, 2], data: vec![1.5, -2.0] });
        let steps = 7_i64.to_le_bytes();
        let counted = TensorView::new(FileDtype::I64, vec![], &steps).unwrap();
        let view = TensorView::new(FileDtype::F32, vec![1, 2], &data).unwrap();
        let more = ::safetensors::serialize([("a", view), ("bn1.num_batches_tracked", counted)], None).unwrap();
        assert_eq!(parse(&more).unwrap().tensors.len(), 1);
        for cut in [0, 7, 20, bytes.len() - 1] {
            let problem = parse(&bytes[..cut]).unwrap_err();
            assert!(problem.contains("not a whole safetensors file"), "{problem}");
        }
    }

    #[test]
    fn ends_that_overflow_are_refused() {
        // Sixteen tensors of 2⁶⁰ bytes each but for the last, whose end plus the header's length is the file's length again.
        let header = |end: u64| {
            let ends: Vec<u64> = (1..16).map(|at| at << 60).chain([end]).collect();
            let starts = std::iter::once(0).chain(ends.clone());
            let entries = starts.zip(&ends).enumerate().map(|(at, (start, end))| {
                let size = end - start;
                format!(r#""{at}":{{"dtype":"U8","shape":[{size}],"data_offsets":[{start},{end}]}}"#)
            });
            format!("{{{}}}", entries.collect::<Vec<_>>().join(","))
        };
        let length = header(u64::MAX - 1000).len() as u64;
        let text = header((8 + length).wrapping_neg());
        assert_eq!(text.len() as u64, length);
        let bytes = [&length.to_le_bytes()[..], text.as_bytes()].concat();
        let problem = parse(&bytes[..bytes.len()]).unwrap_err();
        assert!(problem.contains("ends before tensor"), "{problem}");
    }
}
