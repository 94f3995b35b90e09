//! What training needs to go on as if it had never stopped: tensors and a few words, in one safetensors file.
//!
//! Must not trust a file: what does not fit is refused by name.

use std::collections::HashMap;
use std::path::Path;

use fs_err as fs;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use serde::{Deserialize, Serialize};
use tch::{Device, Kind, Tensor};

use super::curve::Curve;
use crate::error::{Error, Result};

/// Where training is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// Steps done.
    pub step: u64,
    /// Steps to do in all, once that is decided.
    pub steps: Option<u64>,
    /// What is trained, and how: two trainings that differ in anything have different words.
    pub schedule: String,
    /// What was measured so far.
    pub curve: Curve,
}

/// Writes a checkpoint under a temporary name and renames it.
///
/// # Errors
/// The disk is full or refuses.
pub fn save(path: &Path, state: &State, tensors: &[(String, Tensor)]) -> Result<()> {
    let mut bytes: Vec<(String, Vec<usize>, Vec<u8>)> = Vec::with_capacity(tensors.len());
    for (name, tensor) in tensors {
        let tensor = tensor.detach().f_to_device(Device::Cpu)?.f_contiguous()?;
        if tensor.f_kind()? != Kind::Float {
            return Err(Error::Other(format!("`{name}` cannot be kept in a checkpoint: it is not f32")));
        }
        let mut data = vec![0; 4 * tensor.numel()];
        tensor.f_copy_data_u8(&mut data, tensor.numel())?;
        bytes.push((
            name.clone(),
            tensor.size().iter().map(|side| usize::try_from(*side).unwrap_or(0)).collect(),
            data,
        ));
    }
    let views = bytes.iter().map(|(name, shape, data)| {
        let view = TensorView::new(Dtype::F32, shape.clone(), data).map_err(|error| Error::Other(error.to_string()))?;
        Ok((name.as_str(), view))
    });
    let words = serde_json::to_string(state).map_err(|error| Error::Other(error.to_string()))?;
    let metadata = HashMap::from([("state".to_owned(), words)]);
    let file = safetensors::serialize(views.collect::<Result<Vec<_>>>()?, Some(metadata))
        .map_err(|error| Error::Other(format!("a checkpoint cannot be written: {error}")))?;
    crate::outcomes::write_file(path, &file)
}

/// Reads a checkpoint, if there is one, into `tensors` (the same names and shapes).
///
/// # Errors
/// A file that is damaged or of something else; the message says what to do.
pub fn load(path: &Path, schedule: &str, tensors: &[(String, Tensor)]) -> Result<Option<State>> {
    if !path.exists() {
        return Ok(None);
    }
    let wrong = |problem: String| {
        let path = path.display();
        Error::Input(format!("the checkpoint {path} {problem}; remove it to train anew, or resume another run"))
    };
    let bytes = fs::read(path).map_err(|error| Error::Input(error.to_string()))?;
    let (_, head) = SafeTensors::read_metadata(&bytes).map_err(|error| wrong(format!("is damaged: {error}")))?;
    let words = head.metadata().as_ref().and_then(|all| all.get("state")).cloned().unwrap_or_default();
    let state: State = serde_json::from_str(&words).map_err(|error| wrong(format!("is damaged: {error}")))?;
    if state.schedule != schedule {
        return Err(wrong(format!("is of another training (`{}`, not `{schedule}`)", state.schedule)));
    }
    let file = SafeTensors::deserialize(&bytes).map_err(|error| wrong(format!("is damaged: {error}")))?;
    for (name, tensor) in tensors {
        let view = file.tensor(name).map_err(|error| wrong(format!("has no `{name}` ({error})")))?;
        let shape: Vec<i64> = view.shape().iter().map(|side| i64::try_from(*side).unwrap_or(i64::MAX)).collect();
        if shape != tensor.size() || view.dtype() != Dtype::F32 {
            return Err(wrong(format!("has `{name}` in shape {shape:?}, not {:?}", tensor.size())));
        }
        let kept = Tensor::f_from_data_size(view.data(), &shape, Kind::Float)?;
        tensor.detach().f_copy_(&kept)?;
    }
    Ok(Some(state))
}
