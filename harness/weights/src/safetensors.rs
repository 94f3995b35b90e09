//! The safetensors format.
//!
//! Must not know the names of any network.

use std::collections::BTreeMap;

use ::safetensors::{Dtype as FileDtype, SafeTensors};
use serde_json::Value;
use spec::paper::WeightsFormat;

use super::{Dtype, Problem, RawTensor, RawWeights, kind};

/// A header's length, and the brace that the header begins with.
const LEAST: usize = 9;

/// Reads a file's bytes.
///
/// # Errors
/// The bytes are cut, contradict themselves, are of another format, or hold a type of number that is not read here.
pub fn parse(bytes: &[u8]) -> Result<RawWeights, Problem> {
    if bytes.len() >= LEAST && !kind::is_safetensors(bytes) {
        return Err(kind::another(bytes, WeightsFormat::Safetensors));
    }
    check(bytes)?;
    let file = SafeTensors::deserialize(bytes).map_err(|error| not_whole(&error.to_string()))?;
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
            FileDtype::I16 => Dtype::I16,
            FileDtype::I8 => Dtype::I8,
            FileDtype::U64 => Dtype::U64,
            FileDtype::U32 => Dtype::U32,
            FileDtype::U16 => Dtype::U16,
            FileDtype::U8 => Dtype::U8,
            FileDtype::BOOL => Dtype::Bool,
            other => return Err(not_read(name, &format!("{other:?}"))),
        };
        let tensor = RawTensor { shape: view.shape().to_vec(), data: dtype.to_f32(view.data()) };
        weights.tensors.insert(name.to_owned(), tensor);
    }
    Ok(weights)
}

fn not_whole(why: &str) -> Problem {
    Problem::damaged(format!("is not a whole safetensors file ({why})"))
}

fn not_read(tensor: &str, dtype: &str) -> Problem {
    Problem::unsupported(
        format!("tensor `{tensor}` has the type {dtype}, which is not read here"),
        "save it again as floats: `save_file({name: t.float() for name, t in load_file(OLD).items()}, NEW)`",
    )
}

/// Refuses what the library would get wrong: a tensor of a type that it does not know, which it calls a fault of the header,
/// and one that ends behind the file. The library adds a tensor's end to the header's length before it compares them with
/// the file's: ends close to 2⁶⁴ would pass, and the tensor's bytes would then be looked for.
fn check(bytes: &[u8]) -> Result<(), Problem> {
    let header = bytes
        .split_first_chunk::<8>()
        .and_then(|(length, rest)| rest.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?));
    // What is wrong with another header the library says.
    let Some((text, data)) = header else { return Ok(()) };
    let Ok(entries) = serde_json::from_slice::<BTreeMap<String, Value>>(text) else { return Ok(()) };
    for (name, entry) in entries {
        let ends = entry.get("data_offsets").and_then(Value::as_array).into_iter().flatten();
        if ends.filter_map(Value::as_u64).any(|end| end > data.len() as u64) {
            return Err(not_whole(&format!("it ends before tensor `{name}` does")));
        }
        if let Some(Value::String(dtype)) = entry.get("dtype").filter(|_| name != "__metadata__")
            && serde_json::from_value::<FileDtype>(Value::String(dtype.clone())).is_err()
        {
            return Err(not_read(&name, dtype));
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
            assert!(matches!(problem, Problem::Damaged(_)), "{problem}");
            assert!(problem.to_string().contains("not a whole safetensors file"), "{problem}");
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
        let problem = parse(&bytes).unwrap_err().to_string();
        assert!(problem.contains("ends before tensor"), "{problem}");
    }

    #[test]
    fn a_type_that_is_not_read_is_told_as_such_and_the_rest_are_numbers() {
        // One the library knows, and one that it does not.
        for dtype in ["F8_E4M3", "F5_E3M1"] {
            let header = format!(r#"{{"a":{{"dtype":"{dtype}","shape":[2],"data_offsets":[0,2]}}}}"#);
            let bytes = [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), &[0; 2]].concat();
            let problem = parse(&bytes).unwrap_err();
            assert!(matches!(problem, Problem::Unsupported { .. }), "{problem}");
            let said = problem.to_string();
            assert!(said.contains(&format!("tensor `a` has the type {dtype}")) && said.contains(".float()"), "{said}");
        }
        let numbers: [(FileDtype, &[u8], f32); 6] = [
            (FileDtype::BOOL, &[1], 1.0),
            (FileDtype::I8, &[0xfe], -2.0),
            (FileDtype::I16, &[0xfe, 0xff], -2.0),
            (FileDtype::U16, &[0xfe, 0xff], 65534.0),
            (FileDtype::U32, &[0, 0, 0, 0x80], 2_147_483_648.0),
            (FileDtype::U64, &[2, 0, 0, 0, 0, 0, 0, 0], 2.0),
        ];
        for (dtype, bytes, value) in numbers {
            let view = TensorView::new(dtype, vec![1], bytes).unwrap();
            let file = ::safetensors::serialize([("a", view)], None).unwrap();
            assert_eq!(parse(&file).unwrap().tensors["a"].data, [value], "{dtype:?}");
        }
    }

    #[test]
    fn another_format_is_named() {
        let problem = parse(include_bytes!("../tests/golden/state_dict_zip.pth")).unwrap_err();
        assert!(problem.to_string().contains("correct `format` in the spec to `pytorch-zip`"), "{problem}");
    }
}
