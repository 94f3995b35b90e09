//! PyTorch state dicts: zip files (since 1.6) and the older run of pickles.
//!
//! Must not run anything that a pickle asks for: see [`super::pickle`].

use std::collections::HashMap;
use std::io::{Cursor, Read as _};

use zip::ZipArchive;

use super::pickle::{self, Pickle, Value, View};
use super::{Dtype, Problem, RawTensor, RawWeights, elements};

/// The first bytes of the older format: a pickle of its magic number.
const LEGACY_MAGIC: &[u8] = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.";

/// All tensors together show at most this many numbers a byte of the file: a number takes a byte or more, and networks that
/// share weights share few of them. Without a limit a file of many views of one storage would take any memory.
const SHARED: usize = 4;

/// Reads a file's bytes.
///
/// # Errors
/// The bytes are neither format, are cut, ask for more than a state dict needs, or show tensors that their storages do not
/// hold.
pub fn parse(bytes: &[u8]) -> Result<RawWeights, Problem> {
    let (pickle, storages) = if bytes.starts_with(LEGACY_MAGIC) {
        legacy(bytes)?
    } else if bytes.starts_with(b"PK\x03\x04") {
        zipped(bytes)?
    } else {
        return Err("is neither a zip file nor an older PyTorch file by its first bytes".to_owned());
    };
    let mut weights = RawWeights::default();
    let mut left = bytes.len().saturating_mul(SHARED);
    for (name, view) in state_dict(&pickle)? {
        // A counter of batches seen, which only training reads.
        if name.ends_with(".num_batches_tracked") {
            continue;
        }
        let storage = storages.get(&*view.key).ok_or_else(|| format!("the storage of tensor `{name}` is missing"))?;
        let tensor = tensor(view, storage, left).map_err(|problem| format!("tensor `{name}`: {problem}"))?;
        left -= tensor.data.len();
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
    // PyTorch stores without compression, so all members together cannot be larger than the file; members that overlap or
    // are packed could be.
    let mut left = bytes.len() as u64;
    let mut entry = |name: &str| -> Result<Vec<u8>, Problem> {
        let file = archive.by_name(name).map_err(broken)?;
        let mut content = Vec::new();
        file.take(left + 1).read_to_end(&mut content).map_err(|error| format!("{name} in the zip file: {error}"))?;
        let size = content.len() as u64;
        left = left.checked_sub(size).ok_or_else(|| {
            format!("{name} in the zip file: more comes out than the file holds; PyTorch packs nothing")
        })?;
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

/// The numbers that a view shows, row-major; not more than `limit`.
fn tensor(view: &View, storage: &[u8], limit: usize) -> Result<RawTensor, Problem> {
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
    if count == 0 {
        return Ok(RawTensor { shape, data: Vec::new() });
    }
    // Every side is 1 or more from here on.
    let last = shape
        .iter()
        .zip(&strides)
        .try_fold(offset, |place, (side, stride)| place.checked_add((side - 1).checked_mul(*stride)?));
    if count > stored || last.is_none_or(|last| last >= stored) {
        return Err("reaches beyond its storage".to_owned());
    }
    if count > limit {
        return Err("the file's tensors show its numbers more often than weights are shared".to_owned());
    }
    let mut row_major = vec![1; shape.len()];
    for i in (1..shape.len()).rev() {
        row_major[i - 1] = row_major[i] * shape[i];
    }
    // Only what is shown becomes numbers: many small tensors may look into one large storage.
    let bytes = |place: usize, count: usize| &storage[place * dtype.bytes()..(place + count) * dtype.bytes()];
    if strides == row_major || count == 1 {
        return Ok(RawTensor { shape, data: dtype.to_f32(bytes(offset, count)) });
    }
    let place = |index: usize| {
        let steps = row_major.iter().zip(&shape).zip(&strides);
        offset + steps.map(|((unit, side), stride)| index / unit % side * stride).sum::<usize>()
    };
    let mut gathered = Vec::with_capacity(count * dtype.bytes());
    (0..count).for_each(|index| gathered.extend_from_slice(bytes(place(index), 1)));
    Ok(RawTensor { data: dtype.to_f32(&gathered), shape })
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    /// Written by tests/golden/state_dicts.py: `a` [2, 3] transposed from [3, 2], `b` half, `c` bfloat16, a counter.
    const ZIPPED: &[u8] = include_bytes!("../tests/golden/state_dict_zip.pth");
    const LEGACY: &[u8] = include_bytes!("../tests/golden/state_dict_legacy.pth");

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

    fn view(offset: i64, shape: &[i64], strides: &[i64], elements: i64) -> View {
        let class = "torch.ByteStorage".into();
        View { class, key: "0".into(), elements, offset, shape: shape.to_vec(), strides: strides.to_vec() }
    }

    #[test]
    fn views_that_show_nothing_are_empty_wherever_they_look() {
        for (offset, shape) in [(9, vec![0]), (i64::MAX, vec![0, i64::MAX, i64::MAX]), (0, vec![0, 3])] {
            let strides = vec![i64::MAX; shape.len()];
            let tensor = tensor(&view(offset, &shape, &strides, 4), &[0; 4], 100).unwrap();
            assert!(tensor.data.is_empty() && tensor.shape.len() == shape.len());
        }
    }

    #[test]
    fn views_beyond_their_storage_are_refused() {
        for (offset, shape, strides) in [
            (4, &[1][..], &[1][..]),
            (1, &[2, 2], &[2, 1]),
            (0, &[2], &[4]),
            (0, &[2, 2], &[i64::MAX, i64::MAX]),
            (-1, &[1], &[1]),
            (0, &[-1], &[1]),
            (0, &[5], &[0]),
        ] {
            assert!(tensor(&view(offset, shape, strides, 4), &[0; 4], 100).is_err(), "{offset} {shape:?} {strides:?}");
        }
        let shown = tensor(&view(1, &[3], &[1], 4), &[9, 1, 2, 3], 100).unwrap();
        assert_eq!(shown.data, [1.0, 2.0, 3.0]);
    }

    #[test]
    fn numbers_shown_again_and_again_are_refused() {
        assert!(tensor(&view(0, &[4], &[1], 4), &[0; 4], 3).unwrap_err().contains("more often"));
        // One tensor of 10,000 numbers under 2,000 names.
        let mut pickle = b"N.N.}(".to_vec();
        let tensor = b"ctorch._utils\n_rebuild_tensor\n((X\x07\0\0\0storagectorch\nByteStorage\nX\x01\0\0\x000NM\x10'tQK\0M\x10'\x85K\x01\x85tRq\0";
        pickle.extend(b"X\x04\0\0\x000000");
        pickle.extend(tensor);
        for key in 1..2000 {
            pickle.extend(b"X\x04\0\0\0");
            pickle.extend(format!("{key:04}h").bytes());
            pickle.push(0);
        }
        pickle.extend(b"u.(X\x01\0\0\x000t.");
        let bytes = [LEGACY_MAGIC, &pickle, &10_000u64.to_le_bytes(), &[7; 10_000]].concat();
        assert!(parse(&bytes).unwrap_err().contains("more often"), "{:?}", parse(&bytes).err());
    }

    #[test]
    fn members_that_overlap_or_are_packed_are_refused() {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        let packed = stored.compression_method(zip::CompressionMethod::Deflated);
        zip.start_file("x/data.pkl", stored).unwrap();
        zip.write_all(b"}.").unwrap();
        zip.start_file("x/data/0", packed).unwrap();
        zip.write_all(&vec![0; 1 << 20]).unwrap();
        let bytes = zip.finish().unwrap().into_inner();
        assert!(parse(&bytes).unwrap_err().contains("PyTorch packs nothing"));
    }
}
