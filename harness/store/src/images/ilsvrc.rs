//! ILSVRC-2012's own layout: `ILSVRC2012_val_00000001.JPEG` … and the development kit's ground truth.
//!
//! Must turn the kit's own numbering (`ILSVRC2012_ID`, 1 to 1000) into ours: the wnid's place among the sorted wnids.

use std::collections::BTreeMap;
use std::path::Path;

use spec::lock::LabelledImages;

use super::{Labelled, mat};
use crate::error::{At, Error};
use crate::fetched::Fetched;

/// In the development kit: the `ILSVRC2012_ID` of each image, a line an image.
pub(crate) const GROUND_TRUTH: &str = "ILSVRC2012_validation_ground_truth.txt";
/// In the development kit: the classes' numbers and wnids.
pub(crate) const META: &str = "meta.mat";
/// How the name of every image begins.
const PREFIX: &str = "ILSVRC2012_val_";
/// Digits in a name.
const DIGITS: usize = 8;

pub(super) fn of_entry(fetched: &Fetched, images: &LabelledImages) -> Result<Vec<Labelled>, Error> {
    if let Some(in_place) = &fetched.in_place {
        let class = |path: &String| in_place.classes.get(path).copied();
        let image = |file: &crate::FileFact| {
            Some(Labelled { file: file.path.clone(), path: file.at.clone(), class: class(&file.path)? })
        };
        return Ok(fetched.files.iter().filter_map(image).collect());
    }
    let find = |name: &str| {
        let found = fetched.files.iter().find(|file| file.path == name || file.path.ends_with(&format!("/{name}")));
        found.map(|file| file.at.clone()).ok_or_else(|| Error::Text {
            path: fetched.dir.clone(),
            line: None,
            reason: format!(
                "{} has no file {name}, which is in ILSVRC2012_devkit_t12.tar.gz under data/",
                fetched.entry
            ),
        })
    };
    let truth = find(GROUND_TRUTH)?;
    let kit = Kit::read(&truth, &find(META)?, images.classes)?;
    let mut labelled = Vec::new();
    for file in &fetched.files {
        let Some(number) = file.path.rsplit('/').next().and_then(number_in) else { continue };
        let class = kit.class(number).ok_or_else(|| Error::Text {
            path: truth.clone(),
            line: None,
            reason: format!("it has {} lines, and none for {}", kit.classes.len(), file.path),
        })?;
        labelled.push(Labelled { file: file.path.clone(), path: file.at.clone(), class });
    }
    Ok(labelled)
}

/// `ILSVRC2012_val_00000347.JPEG`, which some write with `.jpeg` or `.jpg`, is number 347.
pub(crate) fn number_in(name: &str) -> Option<u64> {
    let (digits, ending) = name.strip_prefix(PREFIX)?.split_once('.')?;
    let plain = digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit());
    let jpeg = ["jpeg", "jpg"].iter().any(|known| ending.eq_ignore_ascii_case(known));
    digits.parse().ok().filter(|_| plain && jpeg)
}

/// The name that the organisers' archive gives to an image.
pub(crate) fn name_of(number: u64) -> String {
    format!("{PREFIX}{number:0DIGITS$}.JPEG")
}

/// `n01440764`.
pub(crate) fn is_wnid(name: &str) -> bool {
    name.strip_prefix('n').is_some_and(|digits| digits.len() == 8 && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// What the development kit says of the validation images.
pub(crate) struct Kit {
    /// The wnids of the classes, sorted: the place is the class.
    pub(crate) wnids: Vec<String>,
    /// The class of each image; image 1 is the first.
    pub(crate) classes: Vec<u32>,
}

impl Kit {
    /// Reads the ground truth and `meta.mat`.
    pub(crate) fn read(truth: &Path, meta: &Path, classes: u32) -> Result<Self, Error> {
        let leaves = leaves(meta, classes)?;
        let by_id: BTreeMap<u32, u32> = leaves.iter().zip(0..).map(|((_, id), class)| (*id, class)).collect();
        if by_id.len() != classes as usize || leaves.len() != by_id.len() {
            let reason = format!("{} synsets with numbers 1 to {classes}; {classes} are wanted", leaves.len());
            return Err(Error::Text { path: meta.to_path_buf(), line: None, reason });
        }
        let text = fs_err::read_to_string(truth).at(truth)?;
        let class = |(index, line): (usize, &str)| {
            let wrong =
                |reason: String| Error::Text { path: truth.to_path_buf(), line: Some(index as u64 + 1), reason };
            let id: u32 = line.trim().parse().map_err(|_| wrong(format!("{line:?} is no ILSVRC2012_ID")))?;
            by_id.get(&id).copied().ok_or_else(|| wrong(format!("{id} is no ILSVRC2012_ID from 1 to {classes}")))
        };
        let of = text.lines().enumerate().map(class).collect::<Result<_, Error>>()?;
        Ok(Self { wnids: leaves.into_iter().map(|(wnid, _)| wnid).collect(), classes: of })
    }

    /// The class of an image, by its number.
    fn class(&self, number: u64) -> Option<u32> {
        let index = usize::try_from(number.checked_sub(1)?).ok()?;
        self.classes.get(index).copied()
    }
}

/// Wnid and number of the classes, sorted: the leaves are the numbers 1 to 1000, the rest are inner nodes of WordNet.
fn leaves(meta: &Path, classes: u32) -> Result<Vec<(String, u32)>, Error> {
    let bytes = fs_err::read(meta).at(meta)?;
    let synsets = mat::synsets(&bytes).map_err(|reason| Error::Text {
        path: meta.to_path_buf(),
        line: None,
        reason: format!("not the development kit's meta.mat: {reason}"),
    })?;
    let mut leaves: Vec<(String, u32)> = synsets
        .into_iter()
        .filter(|synset| (1..=classes).contains(&synset.id))
        .map(|synset| (synset.wnid, synset.id))
        .collect();
    leaves.sort();
    Ok(leaves)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_organisers_names_have_a_number() {
        for name in ["ILSVRC2012_val_00000347.JPEG", "ILSVRC2012_val_00000347.jpeg", "ILSVRC2012_val_00000347.jpg"] {
            assert_eq!(number_in(name), Some(347), "{name}");
        }
        assert_eq!(number_in(&name_of(50_000)), Some(50_000));
        for name in [
            "ILSVRC2012_val_347.JPEG",
            "ILSVRC2012_val_+0000347.JPEG",
            "ILSVRC2012_val_00000347.png",
            "ILSVRC2012_val_00000347.JPEG.part",
            "ILSVRC2012_test_00000347.JPEG",
            "._ILSVRC2012_val_00000347.JPEG",
            "n01440764_347.JPEG",
        ] {
            assert_eq!(number_in(name), None, "{name}");
        }
        assert!(is_wnid("n01440764") && !is_wnid("n0144076") && !is_wnid("train"));
    }
}
