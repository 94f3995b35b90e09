//! PyTorch state dicts: zip files (since 1.6) and the older run of pickles.
//!
//! Must not run anything that a pickle asks for: see [`super::pickle`].

mod older;
mod view;
mod zipped;

use std::borrow::Cow;
use std::collections::HashMap;

use spec::paper::WeightsFormat;

use super::pickle::{ALONE, Pickle, Value, View};
use super::{Dtype, Problem, RawWeights, kind};

/// All tensors together show at most this many numbers a byte of the file: a number takes a byte or more, and networks that
/// share weights share few of them. Without a limit a file of many views of one storage would take any memory.
const SHARED: usize = 4;

/// As many numbers a file of any size may show, so that a small one may hold an expanded tensor (one stored number shown again
/// and again, by a stride of 0): 4 MiB as they are kept here.
const ANY: usize = 1 << 20;

/// The storages' bytes by their keys.
type Storages<'a> = HashMap<String, Cow<'a, [u8]>>;

/// Reads a file's bytes.
///
/// All tensors together have no more numbers than 4 a byte of the file, or 2²⁰ (4 MiB) where that is more.
///
/// # Errors
/// The bytes are neither format, are cut, ask for more than a state dict needs, or show tensors that their storages do not
/// hold.
pub fn parse(bytes: &[u8]) -> Result<RawWeights, Problem> {
    let (pickle, storages) = if kind::is_older(bytes) {
        older::read(bytes)?
    } else if kind::is_zip(bytes) {
        zipped::read(bytes)?
    } else {
        return Err(kind::another(bytes, WeightsFormat::PytorchZip));
    };
    let mut weights = RawWeights::default();
    let mut left = bytes.len().saturating_mul(SHARED).max(ANY);
    for (name, view) in state_dict(&pickle)? {
        // A counter of batches seen, which only training reads.
        if name.ends_with(".num_batches_tracked") {
            continue;
        }
        let storage = storages
            .get(&*view.key)
            .ok_or_else(|| Problem::damaged(format!("the storage of tensor `{name}` is missing")))?;
        let tensor = view::tensor(view, storage, left).map_err(|problem| problem.at(&format!("tensor `{name}`")))?;
        left -= tensor.data.len();
        weights.tensors.insert(name.to_owned(), tensor);
    }
    Ok(weights)
}

/// The tensors of a state dict, or of a checkpoint that holds one under `state_dict`.
fn state_dict(pickle: &Pickle) -> Result<Vec<(&str, &View)>, Problem> {
    let entries = |value| pickle.entries(value).map(Iterator::collect::<Vec<_>>);
    let Some(root) = entries(&pickle.root) else {
        return Err(Problem::unsupported("the file holds no state dict but something else", ALONE));
    };
    let inner = root.iter().find(|(key, _)| *key == "state_dict").and_then(|(_, value)| entries(value));
    let found = inner.unwrap_or(root);
    let tensors: Vec<_> = found
        .iter()
        .filter_map(|(key, value)| match value {
            Value::Tensor(view) => Some((*key, &**view)),
            _ => None,
        })
        .collect();
    if tensors.is_empty() {
        let mut keys: Vec<_> = found.iter().take(5).map(|(key, _)| format!("`{key}`")).collect();
        keys.extend((found.len() > keys.len()).then(|| "…".to_owned()));
        let what = if keys.is_empty() { "nothing".to_owned() } else { format!("but {}", keys.join(", ")) };
        return Err(Problem::unsupported(format!("the file's dictionary holds no tensor: {what}"), ALONE));
    }
    Ok(tensors)
}

/// The numbers of a storage of that class.
fn dtype(class: &str) -> Result<Dtype, Problem> {
    Ok(match class {
        "torch.FloatStorage" => Dtype::F32,
        "torch.DoubleStorage" => Dtype::F64,
        "torch.HalfStorage" => Dtype::F16,
        "torch.BFloat16Storage" => Dtype::Bf16,
        "torch.LongStorage" => Dtype::I64,
        "torch.IntStorage" => Dtype::I32,
        "torch.ShortStorage" => Dtype::I16,
        "torch.CharStorage" => Dtype::I8,
        "torch.ByteStorage" => Dtype::U8,
        "torch.BoolStorage" => Dtype::Bool,
        other => {
            let what = format!("the type {other} is not read here");
            return Err(Problem::unsupported(what, "save the tensors as floats: `tensor.float()`"));
        }
    })
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write as _};

    use super::super::RawTensor;
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
                let problem = parse(&bytes[..cut]).unwrap_err();
                assert!(matches!(problem, Problem::Damaged(_)), "cut at {cut}: {problem}");
            }
        }
    }

    #[test]
    fn another_file_is_refused() {
        let problem = parse(&[&b"GIF89a"[..], &[0; 40]].concat()).unwrap_err().to_string();
        assert!(problem.contains("by its first bytes, and no PyTorch file"), "{problem}");
    }

    #[test]
    fn numbers_shown_again_and_again_are_refused() {
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
        let bytes =
            [b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.", &pickle[..], &10_000u64.to_le_bytes(), &[7; 10_000]].concat();
        let problem = parse(&bytes).unwrap_err().to_string();
        assert!(problem.contains("more often"), "{problem}");
    }

    /// A zip file of these members, as `how` they are kept.
    fn zip(members: &[(&str, &[u8])], how: zip::write::SimpleFileOptions) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in members {
            zip.start_file(*name, how).unwrap();
            zip.write_all(content).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn zip_files_of_other_kinds_are_told_as_what_they_are() {
        let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        let packed = stored.compression_method(zip::CompressionMethod::Deflated);
        let dict: (&str, &[u8]) = ("x/data.pkl", b"}.");
        let mut encrypted = zip(&[dict], stored);
        // The flag of encryption, in the member's own head and in the directory's.
        for (head, flags) in [(&b"PK\x03\x04"[..], 6), (b"PK\x01\x02", 8)] {
            let at = encrypted.windows(4).position(|bytes| bytes == head).unwrap();
            encrypted[at + flags] |= 1;
        }
        for (bytes, what, instead) in [
            (zip(&[dict, ("x/data/0", &[0; 9000])], packed), "data.pkl in the zip file: is compressed", "zip -0"),
            (encrypted, "data.pkl in the zip file: is encrypted", "password"),
            (zip(&[dict, ("x/constants.pkl", b"")], stored), "TorchScript", "torch.jit.load"),
            (zip(&[("a.npy", b""), ("b.npy", b"")], stored), "no data.pkl but `a.npy`, `b.npy`", "unpack it"),
            (zip(&[dict], stored), "holds no tensor: nothing", "model.state_dict()"),
            (zip(&[("x/data.pkl", b"}X\x05\0\0\0modelNs.")], stored), "no tensor: but `model`", "model.state_dict()"),
            (zip(&[("x/data.pkl", b"].")], stored), "no state dict", "model.state_dict()"),
        ] {
            let problem = parse(&bytes).unwrap_err();
            assert!(matches!(problem, Problem::Unsupported { .. }), "{problem}");
            let said = problem.to_string();
            assert!(said.contains(what) && said.contains(instead) && !said.contains("fetch"), "{said}");
        }
    }

    #[test]
    fn damaged_zip_files_are_told_as_damaged() {
        let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        let whole = zip(&[("x/data.pkl", b"}."), ("x/data/0", &[7; 100])], stored);
        let mut flipped = whole.clone();
        let at = flipped.windows(2).position(|bytes| bytes == [7, 7]).unwrap();
        flipped[at] = 8;
        let order = zip(&[("x/data.pkl", b"}."), ("x/byteorder", b"middle")], stored);
        // Three members, two of which the directory says to be where the large one is, and what it is.
        let mut over =
            zip(&[("x/data.pkl", b"}."), ("x/data/0", &[7; 9000]), ("x/data/1", b""), ("x/data/2", b"")], stored);
        let heads: Vec<_> = (0..over.len() - 4).filter(|at| over[*at..].starts_with(b"PK\x01\x02")).collect();
        for part in [16..28, 42..46] {
            let large = over[heads[1] + part.start..heads[1] + part.end].to_vec();
            for head in &heads[2..] {
                over[head + part.start..head + part.end].copy_from_slice(&large);
            }
        }
        for (bytes, said) in [
            (&flipped[..], "checksum"),
            (&whole[..150], "not a whole zip"),
            (&order, "`middle`"),
            (&over, "more comes out than the file holds"),
        ] {
            let problem = parse(bytes).unwrap_err();
            assert!(matches!(&problem, Problem::Damaged(what) if what.contains(said)), "{problem}");
        }
    }
}
