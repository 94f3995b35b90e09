//! What a file is by its first bytes, where it is not what its spec says.
//!
//! Must not judge a file of the wanted format: a damaged one is its reader's matter.

use spec::paper::WeightsFormat;

use super::Problem;

/// A file with fewer bytes has no room for a tensor in any format: it was cut.
const LEAST: usize = 32;

/// Whether the bytes begin as a safetensors file does: a header's length of less than 4 GiB, then JSON.
pub(crate) fn is_safetensors(bytes: &[u8]) -> bool {
    bytes.get(4..9) == Some(b"\0\0\0\0{")
}

/// The first pickle is the magic number, by protocol 2 and later.
const MAGIC: &[u8] = b"\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.";
/// The same number by protocol 1.
const MAGIC_IN_DIGITS: &[u8] = b"L119547037146038801333356L\n.";

/// Whether the bytes begin as a PyTorch file of before 1.6 does, by whatever protocol.
pub(crate) fn is_older(bytes: &[u8]) -> bool {
    let body = match bytes {
        // From protocol 4 on, a frame's length comes first.
        [0x80, _, 0x95, rest @ ..] => rest.get(8..).unwrap_or_default(),
        [0x80, _, rest @ ..] => rest,
        _ => return bytes.starts_with(MAGIC_IN_DIGITS),
    };
    body.starts_with(MAGIC)
}

/// Whether the bytes begin as a zip file's.
pub(crate) fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
}

/// What is wrong with a file that does not begin as one of the wanted format does.
pub(crate) fn another(bytes: &[u8], wanted: WeightsFormat) -> Problem {
    let correct = |format: WeightsFormat| format!("correct `format` in the spec to `{format}`");
    let save = "save the state dict with `torch.save` or as safetensors";
    let text = bytes.trim_ascii_start();
    let (what, instead) = if bytes.len() < LEAST {
        return Problem::damaged(format!("has only {} bytes", bytes.len()));
    } else if is_safetensors(bytes) {
        ("is a safetensors file", correct(WeightsFormat::Safetensors))
    } else if text.starts_with(b"<") {
        // An answer of a server that had no file to give.
        return Problem::damaged("is a web page or XML by its first bytes, and no weights");
    } else if bytes.starts_with(b"version https://git-lfs") {
        ("is a pointer of Git LFS", "fetch the file that it stands for (`git lfs pull`)".to_owned())
    } else if is_zip(bytes) {
        ("is a zip file", format!("if PyTorch wrote it, {}", correct(WeightsFormat::PytorchZip)))
    } else if is_older(bytes) {
        ("is a PyTorch file", correct(WeightsFormat::PytorchZip))
    } else if text.starts_with(b"{") {
        let model = format!("if it is the `model.json` of TensorFlow.js, {}", correct(WeightsFormat::TfjsLayers));
        ("is JSON", format!("{model}; if it is an index of other files, name one of them as `file`"))
    } else if bytes.starts_with(b"\x89HDF\r\n\x1a\n") {
        (
            "is an HDF5 file, as Keras writes them",
            "convert it, by `tensorflowjs_converter` or to safetensors".to_owned(),
        )
    } else if bytes.starts_with(b"\x93NUMPY") {
        ("is a NumPy array", "save the tensors by their names as safetensors".to_owned())
    } else if bytes.starts_with(b"GGUF") {
        ("is a GGUF file", "convert it to safetensors".to_owned())
    } else if let Some(packer) = packer(bytes) {
        ("is packed", format!("unpack it (`{packer}`) and name the file that comes out as `file`"))
    } else if bytes.get(257..262) == Some(b"ustar") {
        (
            "is a tar archive, as PyTorch wrote before version 0.1.10 and others still do",
            format!("unpack it, or {save}"),
        )
    } else if matches!(bytes, [0x80, 2..=5, ..]) {
        ("is a pickle that `torch.save` did not write", format!("load it where you trust it, and {save}"))
    } else {
        let again = "fetch them again (`harness data verify` says which bytes differ)";
        (
            "is of no kind that is known here",
            format!("see that `file` and `format` in the spec are right, then {again}"),
        )
    };
    let wanted = match wanted {
        WeightsFormat::TfjsLayers => "`model.json` of TensorFlow.js",
        WeightsFormat::Safetensors => "safetensors file",
        WeightsFormat::PytorchZip => "PyTorch file",
    };
    Problem::unsupported(format!("{what} by its first bytes, and no {wanted}"), instead)
}

/// The program that unpacks it.
fn packer(bytes: &[u8]) -> Option<&'static str> {
    let packers: [(&[u8], _); 4] =
        [(b"\x1f\x8b", "gunzip"), (b"\xfd7zXZ\0", "unxz"), (b"BZh", "bunzip2"), (b"\x28\xb5\x2f\xfd", "unzstd")];
    packers.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, program)| *program)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// First bytes, and what must be said of them; each format is spoken of as every other's file.
    #[test]
    fn every_kind_has_its_own_advice() {
        let mut tar = vec![b'a'; 600];
        tar[257..262].copy_from_slice(b"ustar");
        let kinds: [(&[u8], &str, &str); 13] = [
            (b"PK\x03\x04", "is a zip file", "to `pytorch-zip`"),
            (b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.", "is a PyTorch file", "to `pytorch-zip`"),
            (b"{\0\0\0\0\0\0\0{\"a\":", "is a safetensors file", "to `safetensors`"),
            (b"{\"abc\": {}", "is JSON", "to `tfjs-layers`"),
            (b"\x89HDF\r\n\x1a\n", "HDF5", "convert it"),
            (b"\x93NUMPY\x01\0", "NumPy", "safetensors"),
            (b"GGUF", "GGUF", "convert it"),
            (b"\x1f\x8b\x08", "is packed", "`gunzip`"),
            (b"\x28\xb5\x2f\xfd", "is packed", "`unzstd`"),
            (&tar, "tar archive", "unpack it"),
            (b"\x80\x04\x95", "is a pickle", "`torch.save`"),
            (b"version https://git-lfs.github.com/spec/v1", "Git LFS", "git lfs pull"),
            (b"GIF89a", "is of no kind", "`file` and `format`"),
        ];
        for (head, what, instead) in kinds {
            let bytes = [head, &[b'\n'; LEAST]].concat();
            let Problem::Unsupported { what: said, instead: advice } = another(&bytes, WeightsFormat::Safetensors)
            else {
                panic!("{what}")
            };
            assert!(said.contains(what) && said.ends_with("and no safetensors file"), "{said}");
            assert!(advice.contains(instead), "{advice}");
        }
    }

    #[test]
    fn what_another_copy_may_mend_is_damaged() {
        let page = b"\n<!DOCTYPE html><html><body>no such file</body></html>";
        for bytes in [&b""[..], b"PK", &page[..]] {
            assert!(matches!(another(bytes, WeightsFormat::PytorchZip), Problem::Damaged(_)));
        }
    }
}
