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

/// Whether the bytes may be the beginning of Caffe's `NetParameter`: it has no magic number, but a first field that is the
/// network's name, one of its inputs, or a layer, and behind a short name another one.
pub(crate) fn is_caffe(bytes: &[u8]) -> bool {
    const TEXTS: [u8; 2] = [1 << 3 | 2, 3 << 3 | 2];
    let begins_a_field = |rest: &[u8]| match rest {
        [] => true,
        // A field of number 1 to 8, with the wire type that it has.
        [tag, ..] if *tag < 0x80 => matches!((tag >> 3, tag & 7), (1..=3 | 6 | 8, 2) | (4, 0 | 2) | (5 | 7, 0)),
        // `layer`, number 100.
        [0xa2, rest @ ..] => rest.first().is_none_or(|second| *second == 6),
        _ => false,
    };
    let is_other = bytes.len() < LEAST || is_safetensors(bytes) || bytes.trim_ascii_start().starts_with(b"<");
    match bytes {
        _ if is_other => false,
        [tag, length, rest @ ..] if TEXTS.contains(tag) => {
            let (name, rest) = rest.split_at(rest.len().min(usize::from(*length)));
            *length >= 0x80
                || (std::str::from_utf8(name).is_ok_and(|name| !name.contains(char::is_control))
                    && begins_a_field(rest))
        }
        _ => begins_a_field(bytes),
    }
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
            "is an HDF5 file, as Keras and Caffe (`.caffemodel.h5`) write them",
            "convert it, by `tensorflowjs_converter` or to safetensors".to_owned(),
        )
    } else if is_prototxt(text) {
        ("is the description of a Caffe network, without weights", "name its `.caffemodel` as `file`".to_owned())
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
    } else if is_caffe(bytes) {
        ("is a Caffe model", correct(WeightsFormat::Caffemodel))
    } else if matches!(bytes, [0x08, _, 0x10 | 0x12, ..]) {
        (
            "is a message that is no network, such as Caffe's mean images (`.binaryproto`) and solver states (`.solverstate`)",
            "name the `.caffemodel` as `file`".to_owned(),
        )
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
        WeightsFormat::Caffemodel => "Caffe model",
    };
    Problem::unsupported(format!("{what} by its first bytes, and no {wanted}"), instead)
}

/// Whether text, without blanks before it, begins as Caffe's descriptions of networks do, comments or not.
fn is_prototxt(text: &[u8]) -> bool {
    let mut lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let first = lines.find(|line| !line.is_empty() && !line.starts_with(b"#")).unwrap_or_default();
    [&b"name:"[..], b"layer {", b"layers {", b"layer{", b"layers{", b"input:"]
        .iter()
        .any(|begin| first.starts_with(begin))
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
        let kinds: [(&[u8], &str, &str); 17] = [
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
            (b"\n\x07AlexNet\xa2\x06", "is a Caffe model", "to `caffemodel`"),
            (b"# AlexNet\nname: \"AlexNet\"", "description of a Caffe network", "`.caffemodel`"),
            (b"\n\nlayers {", "description of a Caffe network", "`.caffemodel`"),
            (b"\x08\x01\x10\x03\x18", "mean images", "`.caffemodel`"),
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
    fn what_caffe_writes_first_is_its_own() {
        let rest = [b'\n'; LEAST];
        for head in [
            &b"\n\x03net\xa2\x06"[..],
            b"\n\x03net\x12",
            b"\n\0\x1a\x04data ",
            b"\x12\x80\x01",
            b"\xa2\x06\x10",
            b"\n\xff\x01",
        ] {
            assert!(is_caffe(&[head, &rest].concat()), "{head:?}");
        }
        for head in [
            &b"\n\x05a\nb: \x12"[..],
            b"\n<html>",
            b"\xa2\x07",
            b"\x08\x01",
            b"\n\x03netx",
            b"PK\x03\x04",
            b"{",
            b"\x80\x02",
        ] {
            assert!(!is_caffe(&[head, &rest].concat()), "{head:?}");
        }
        assert!(!is_caffe(b"\n\x03net"), "too short to tell");
    }

    #[test]
    fn what_another_copy_may_mend_is_damaged() {
        let page = b"\n<!DOCTYPE html><html><body>no such file</body></html>";
        for bytes in [&b""[..], b"PK", &page[..]] {
            assert!(matches!(another(bytes, WeightsFormat::PytorchZip), Problem::Damaged(_)));
        }
    }
}
