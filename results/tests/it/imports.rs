//! Somebody else's predictions and the labels they are scored by, from outside.

mod labels;
mod mirror;
mod predictions;
mod verdicts;

use std::path::Path;

use results::References;
use results::import::{Imported, read};
use results::references::Truth;

/// Four examples of three classes, by name.
pub(crate) fn four() -> References {
    let files = ["a/1.jpg", "a/2.jpg", "b/3.jpg", "b/4.jpg"].map(str::to_owned).to_vec();
    References {
        name: "toys".to_owned(),
        truth: Truth::Classes { files: Some(files), classes: vec![0, 1, 2, 2], order: "by name".to_owned() },
        class_names: Vec::new(),
        classes: Some(3),
        count: Some(4),
    }
}

pub(crate) fn text(name: &str, text: &str) -> References {
    References::file(Path::new(name).to_owned(), text.as_bytes().to_vec())
}

/// A version 1 file of int64.
pub(crate) fn npy(rows: usize, columns: usize, values: &[i64]) -> Vec<u8> {
    let text = format!("{{'descr': '<i8', 'fortran_order': False, 'shape': ({rows}, {columns}), }}");
    let text = format!("{text:<117}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend(u16::try_from(text.len()).unwrap().to_le_bytes());
    bytes.extend(text.as_bytes());
    bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    bytes
}

pub(crate) fn imported(name: &str, bytes: &[u8], references: &References) -> Result<Imported, String> {
    read(Path::new(name), bytes, references).map_err(|error| error.to_string())
}

/// How many of the four are right by the first answer.
pub(crate) fn right(name: &str, bytes: &[u8], references: &References) -> u64 {
    let imported = imported(name, bytes, references).unwrap_or_else(|error| panic!("{error}"));
    imported.scores()[0].correct.unwrap()
}
