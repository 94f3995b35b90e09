//! What training needs to go on as if it had never stopped: tensors and a few words, in one safetensors file.
//!
//! Must not trust a file: what does not fit is refused by name.

use std::path::Path;

use safetensors::Dtype;
use safetensors::tensor::TensorView;
use serde::{Deserialize, Serialize};
use tch::{Device, Kind, Tensor};

use super::curve::Curve;
use crate::error::{Error, Result};
use crate::keep::{self, Fault, Found};

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
        Ok((name.clone(), view))
    });
    let words = serde_json::to_string(state).map_err(|error| Error::Other(error.to_string()))?;
    keep::save(path, words, views.collect::<Result<Vec<_>>>()?)
}

/// Reads the newest checkpoint that is whole, if there is one, into `tensors` (the same names and shapes).
///
/// # Errors
/// All that there are are damaged or hold numbers that are not finite, or they are of something else; the message says what to
/// do.
pub(crate) fn load(path: &Path, schedule: &str, tensors: &[(String, Tensor)]) -> Result<Option<Found<State>>> {
    keep::load(path, "this training", |words, file| {
        let state: State =
            serde_json::from_str(words).map_err(|error| Fault::Damaged(format!("is damaged: {error}")))?;
        if state.schedule != schedule {
            return Err(Fault::Other(format!("is of another training (`{}`, not `{schedule}`)", state.schedule)));
        }
        for (name, tensor) in tensors {
            let view = file.tensor(name).map_err(|error| Fault::Other(format!("has no `{name}` ({error})")))?;
            let shape: Vec<i64> = view.shape().iter().map(|side| i64::try_from(*side).unwrap_or(i64::MAX)).collect();
            if shape != tensor.size() || view.dtype() != Dtype::F32 {
                return Err(Fault::Other(format!("has `{name}` in shape {shape:?}, not {:?}", tensor.size())));
            }
            if view.data().as_chunks().0.iter().any(|word| !f32::from_le_bytes(*word).is_finite()) {
                return Err(Fault::Damaged(format!("is damaged: `{name}` holds numbers that are not finite")));
            }
            let kept = Tensor::f_from_data_size(view.data(), &shape, Kind::Float);
            let copied = kept.and_then(|kept| tensor.detach().f_copy_(&kept));
            copied.map_err(|error| Fault::Other(format!("cannot be taken: {error}")))?;
        }
        Ok(state)
    })
}
