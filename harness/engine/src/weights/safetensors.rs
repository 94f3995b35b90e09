//! The safetensors format.
//!
//! Must not know the names of any network.

use std::path::Path;

use ::safetensors::{Dtype as FileDtype, SafeTensors};

use super::{Dtype, Problem, RawTensor, RawWeights};

pub(super) fn read(path: &Path) -> Result<RawWeights, Problem> {
    let bytes = fs_err::read(path).map_err(|error| error.to_string())?;
    parse(&bytes)
}

fn parse(bytes: &[u8]) -> Result<RawWeights, Problem> {
    let file = SafeTensors::deserialize(bytes).map_err(|error| format!("is not a whole safetensors file ({error})"))?;
    let mut weights = RawWeights::default();
    for (name, view) in file.iter() {
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
        for cut in [0, 7, 20, bytes.len() - 1] {
            let problem = parse(&bytes[..cut]).unwrap_err();
            assert!(problem.contains("not a whole safetensors file"), "{problem}");
        }
    }
}
