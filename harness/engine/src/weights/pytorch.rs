//! PyTorch state dicts: zip files (since 1.6) and the older run of pickles.
//!
//! Must not run anything that a pickle asks for: see [`super::pickle`].

use std::collections::HashMap;
use std::io::{Cursor, Read as _};
use std::path::Path;

use zip::ZipArchive;

use super::pickle::{self, Pickle, Value, View};
use super::{Dtype, Problem, RawTensor, RawWeights, elements};

/// The first bytes of the older format: a pickle of its magic number.
const LEGACY_MAGIC: &[u8] = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.";

pub(super) fn read(path: &Path) -> Result<RawWeights, Problem> {
    let bytes = fs_err::read(path).map_err(|error| error.to_string())?;
    parse(&bytes)
}

fn parse(bytes: &[u8]) -> Result<RawWeights, Problem> {
    let (pickle, storages) = if bytes.starts_with(LEGACY_MAGIC) {
        legacy(bytes)?
    } else if bytes.starts_with(b"PK\x03\x04") {
        zipped(bytes)?
    } else {
        return Err("is neither a zip file nor an older PyTorch file by its first bytes".to_owned());
    };
    let mut weights = RawWeights::default();
    for (name, view) in state_dict(&pickle)? {
        // A counter of batches seen, which only training reads.
        if name.ends_with(".num_batches_tracked") {
            continue;
        }
        let storage = storages.get(&*view.key).ok_or_else(|| format!("the storage of tensor `{name}` is missing"))?;
        let tensor = tensor(view, storage).map_err(|problem| format!("tensor `{name}`: {problem}"))?;
        weights.tensors.insert(name.to_owned(), tensor);
    }
    Ok(weights)
}

/// The tensors of a state dict, or of a checkpoint that holds one under `state_dict`.
fn state_dict(pickle: &Pickle) -> Result<Vec<(&str, &View)>, Problem> {
    let entries = |value| pickle.entries(value).map(Iterator::collect::<Vec<_>>);
    let root = entries(&pickle.root).ok_or("the file holds no state dict but something else")?;
    let inner = root.iter().find(|(key, _)| *key == "state_dict").and_then(|(_, value)| entries(value));
    let tensors: Vec<_> = inner
        .unwrap_or(root)
        .into_iter()
        .filter_map(|(key, value)| match value {
            Value::Tensor(view) => Some((key, &**view)),
            _ => None,
        })
        .collect();
    if tensors.is_empty() { Err("the file's state dict holds no tensor".to_owned()) } else { Ok(tensors) }
}

type Storages<'a> = HashMap<String, std::borrow::Cow<'a, [u8]>>;

fn zipped(bytes: &[u8]) -> Result<(Pickle, Storages<'_>), Problem> {
    let broken = |error: zip::result::ZipError| format!("is not a whole zip file ({error})");
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    let names = archive.file_names().map(|name| name.map(std::borrow::Cow::into_owned));
    let names: Vec<String> = names.collect::<Result<_, _>>().map_err(broken)?;
    let pickle_name = names
        .iter()
        .find(|name| name.ends_with("/data.pkl"))
        .ok_or("the zip file holds no data.pkl, so no state dict")?;
    let prefix = format!("{}data/", pickle_name.trim_end_matches("data.pkl"));
    let mut entry = |name: &str| -> Result<Vec<u8>, Problem> {
        let file = archive.by_name(name).map_err(broken)?;
        // PyTorch stores without compression, so nothing can be larger than the file itself.
        let limit = bytes.len() as u64;
        let mut content = Vec::new();
        file.take(limit).read_to_end(&mut content).map_err(|error| format!("{name} in the zip file: {error}"))?;
        Ok(content)
    };
    let pickle = pickle::read(&entry(pickle_name)?)?;
    let mut storages = Storages::new();
    for name in &names {
        if let Some(key) = name.strip_prefix(&prefix) {
            storages.insert(key.to_owned(), entry(name)?.into());
        }
    }
    Ok((pickle, storages))
}

/// Magic number, protocol, machine, state dict, list of storages: five pickles; then each storage's length and bytes.
fn legacy(bytes: &[u8]) -> Result<(Pickle, Storages<'_>), Problem> {
    let mut rest = bytes;
    let mut next = || -> Result<Pickle, Problem> {
        let pickle = pickle::read(rest)?;
        rest = &rest[pickle.end..];
        Ok(pickle)
    };
    for _ in 0..3 {
        next()?;
    }
    let pickle = next()?;
    let keys = next()?;
    let mut storages = Storages::new();
    for key in keys.items(&keys.root).ok_or("the file holds no list of storages")? {
        let Value::Text(key) = key else { return Err("a storage's name is no text".to_owned()) };
        let class = pickle.storages.get(key).ok_or_else(|| format!("nothing says what storage {key} holds"))?;
        let cut = || format!("the file ends in the middle of storage {key}");
        let (count, after) = rest.split_first_chunk::<8>().ok_or_else(cut)?;
        let count = usize::try_from(u64::from_le_bytes(*count)).map_err(|_| cut())?;
        let length = count.checked_mul(dtype(class)?.bytes()).ok_or_else(cut)?;
        let (own, others) = after.split_at_checked(length).ok_or_else(cut)?;
        storages.insert(key.to_string(), own.into());
        rest = others;
    }
    Ok((pickle, storages))
}

fn dtype(class: &str) -> Result<Dtype, Problem> {
    Ok(match class {
        "torch.FloatStorage" => Dtype::F32,
        "torch.DoubleStorage" => Dtype::F64,
        "torch.HalfStorage" => Dtype::F16,
        "torch.BFloat16Storage" => Dtype::Bf16,
        "torch.LongStorage" => Dtype::I64,
        "torch.IntStorage" => Dtype::I32,
        "torch.ByteStorage" => Dtype::U8,
        other => return Err(format!("the type {other} is not read here")),
    })
}

/// The numbers that a view shows, row-major.
fn tensor(view: &View, storage: &[u8]) -> Result<RawTensor, Problem> {
    let dtype = dtype(&view.class)?;
    let unsigned = |numbers: &[i64]| -> Result<Vec<usize>, Problem> {
        numbers.iter().map(|n| usize::try_from(*n).map_err(|_| "has a negative size or stride".to_owned())).collect()
    };
    let (shape, strides) = (unsigned(&view.shape)?, unsigned(&view.strides)?);
    let offset = usize::try_from(view.offset).map_err(|_| "has a negative offset")?;
    let count = elements(&shape)?;
    let stored = storage.len() / dtype.bytes();
    if shape.len() != strides.len() || usize::try_from(view.elements) != Ok(stored) {
        return Err(format!(
            "its storage has {stored} elements, not {}; the file is cut short or damaged",
            view.elements
        ));
    }
    let reach = shape
        .iter()
        .zip(&strides)
        .try_fold(offset, |reach, (side, stride)| reach.checked_add(side.saturating_sub(1).checked_mul(*stride)?));
    if count > stored || (count > 0 && reach.is_none_or(|reach| reach >= stored)) {
        return Err("reaches beyond its storage".to_owned());
    }
    let numbers = dtype.to_f32(storage);
    let mut row_major = vec![1; shape.len()];
    for i in (1..shape.len()).rev() {
        row_major[i - 1] = row_major[i] * shape[i];
    }
    if strides == row_major || count <= 1 {
        return Ok(RawTensor { data: numbers[offset..offset + count].to_vec(), shape });
    }
    let place = |index: usize| {
        let steps = row_major.iter().zip(&shape).zip(&strides);
        offset + steps.map(|((unit, side), stride)| index / unit % side * stride).sum::<usize>()
    };
    Ok(RawTensor { data: (0..count).map(|index| numbers[place(index)]).collect(), shape })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Written by tests/golden/state_dicts.py: `a` [2, 3] transposed from [3, 2], `b` half, `c` bfloat16, a counter.
    const ZIPPED: &[u8] = include_bytes!("../../tests/golden/state_dict_zip.pth");
    const LEGACY: &[u8] = include_bytes!("../../tests/golden/state_dict_legacy.pth");

    #[test]
    fn both_formats_say_the_same() {
        for bytes in [ZIPPED, LEGACY] {
            let weights = parse(bytes).unwrap();
            assert_eq!(weights.tensors.keys().collect::<Vec<_>>(), ["a", "b", "c", "shared"]);
            assert_eq!(weights.tensors["a"], RawTensor { shape: vec![2, 3], data: vec![0.0, 2.0, 4.0, 1.0, 3.0, 5.0] });
            assert_eq!(weights.tensors["b"], RawTensor { shape: vec![2], data: vec![1.5, -0.25] });
            assert_eq!(weights.tensors["c"], RawTensor { shape: vec![], data: vec![3.0] });
            assert_eq!(weights.tensors["shared"], RawTensor { shape: vec![2], data: vec![2.0, 3.0] });
        }
    }

    #[test]
    fn every_cut_is_refused() {
        for bytes in [ZIPPED, LEGACY] {
            for cut in (0..bytes.len()).step_by(7) {
                assert!(parse(&bytes[..cut]).is_err(), "cut at {cut}");
            }
        }
    }

    #[test]
    fn another_file_is_refused() {
        assert!(parse(b"GIF89a").unwrap_err().contains("first bytes"));
    }
}
