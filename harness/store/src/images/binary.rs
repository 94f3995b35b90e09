//! CIFAR-10's binary version: the labels of its records.
//!
//! Must not unpack a picture.

use spec::lock::LabelledImages;

use super::Labelled;
use crate::error::{At, Error};
use crate::fetched::Fetched;

/// The records of every `.bin` file, named `test_batch.bin/00042` so that they sort as they lie.
pub(super) fn of_entry(fetched: &Fetched, images: &LabelledImages) -> Result<Vec<Labelled>, Error> {
    let mut labelled = Vec::new();
    for file in fetched.files.iter().filter(|file| file.path.ends_with(".bin")) {
        let wrong = |reason: String| Error::Text { path: file.at.clone(), line: None, reason };
        let labels = images::packed::labels(&fs_err::read(&file.at).at(&file.at)?).map_err(wrong)?;
        for (index, label) in (0..).zip(labels) {
            if u32::from(label) >= images.classes {
                return Err(wrong(format!("record {index} is of class {label}, and there are {}", images.classes)));
            }
            labelled.push(Labelled {
                file: format!("{}/{index:05}", file.path),
                path: images::packed::address(&file.at, index),
                class: u32::from(label),
            });
        }
    }
    Ok(labelled)
}
