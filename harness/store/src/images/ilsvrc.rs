//! ILSVRC-2012's own layout: `ILSVRC2012_val_00000001.JPEG` … and the development kit's ground truth.
//!
//! Must turn the kit's own numbering (`ILSVRC2012_ID`, 1 to 1000) into ours: the wnid's place among the sorted wnids.

use std::collections::BTreeMap;
use std::path::Path;

use spec::lock::LabelledImages;

use super::{Labelled, mat};
use crate::error::{At, Error};
use crate::fetched::Fetched;

const GROUND_TRUTH: &str = "ILSVRC2012_validation_ground_truth.txt";
const META: &str = "meta.mat";

pub(super) fn of_entry(fetched: &Fetched, images: &LabelledImages) -> Result<Vec<Labelled>, Error> {
    let find = |name: &str| {
        let found = fetched.files.iter().find(|file| file.path == name || file.path.ends_with(&format!("/{name}")));
        found.map(|file| fetched.dir.join(&file.path)).ok_or_else(|| Error::Text {
            path: fetched.dir.clone(),
            line: None,
            reason: format!(
                "{} has no file {name}, which is in ILSVRC2012_devkit_t12.tar.gz under data/",
                fetched.entry
            ),
        })
    };
    let (truth, meta) = (find(GROUND_TRUTH)?, find(META)?);
    let classes = classes_by_id(&meta, images.classes)?;
    let ids = ground_truth(&truth)?;
    let mut labelled = Vec::new();
    for file in &fetched.files {
        let Some(number) = number(&file.path) else { continue };
        let id = number.checked_sub(1).and_then(|index| ids.get(index)).ok_or_else(|| Error::Text {
            path: truth.clone(),
            line: None,
            reason: format!("it has {} lines, and none for {}", ids.len(), file.path),
        })?;
        let class = classes.get(id).ok_or_else(|| Error::Text {
            path: truth.clone(),
            line: Some(number as u64),
            reason: format!("{id} is no ILSVRC2012_ID from 1 to {}", images.classes),
        })?;
        labelled.push(Labelled { file: file.path.clone(), path: fetched.dir.join(&file.path), class: *class });
    }
    Ok(labelled)
}

/// `…/ILSVRC2012_val_00000347.JPEG` is number 347.
fn number(path: &str) -> Option<usize> {
    let name = path.rsplit('/').next()?;
    name.strip_prefix("ILSVRC2012_val_")?.strip_suffix(".JPEG")?.parse().ok()
}

fn ground_truth(path: &Path) -> Result<Vec<u32>, Error> {
    let text = fs_err::read_to_string(path).at(path)?;
    let lines = text.lines().enumerate().map(|(index, line)| {
        line.trim().parse().map_err(|_| Error::Text {
            path: path.to_path_buf(),
            line: Some(index as u64 + 1),
            reason: format!("{line:?} is no ILSVRC2012_ID"),
        })
    });
    lines.collect()
}

/// From the kit's number to the class: the leaves are the numbers 1 to 1000, the rest are inner nodes of WordNet.
fn classes_by_id(meta: &Path, classes: u32) -> Result<BTreeMap<u32, u32>, Error> {
    let wrong = |reason: String| Error::Text { path: meta.to_path_buf(), line: None, reason };
    let bytes = fs_err::read(meta).at(meta)?;
    let synsets =
        mat::synsets(&bytes).map_err(|reason| wrong(format!("not the development kit's meta.mat: {reason}")))?;
    let mut leaves: Vec<(String, u32)> = synsets
        .into_iter()
        .filter(|synset| (1..=classes).contains(&synset.id))
        .map(|synset| (synset.wnid, synset.id))
        .collect();
    leaves.sort();
    let by_id: BTreeMap<u32, u32> = leaves.iter().zip(0..).map(|((_, id), class)| (*id, class)).collect();
    if by_id.len() != classes as usize || leaves.len() != by_id.len() {
        return Err(wrong(format!("{} synsets with numbers 1 to {classes}; {classes} are wanted", leaves.len())));
    }
    Ok(by_id)
}
