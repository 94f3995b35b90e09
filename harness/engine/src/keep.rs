//! Files that a later process goes on from: words and tensors in one safetensors file with a checksum of both, and the file
//! before it, for when the newest is damaged.
//!
//! Must not know what the words and tensors are, and must not hand out what was damaged.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use base::hash::sha256;
use safetensors::SafeTensors;
use safetensors::tensor::TensorView;

use crate::error::{Error, Result};

/// What is wrong with a kept file.
#[derive(Debug)]
pub(crate) enum Fault {
    /// Its bytes: the file before it may do. A sentence's end: `is damaged: …`.
    Damaged(String),
    /// It is whole, and of something else: so is the one before it.
    Other(String),
}

/// What was found, and what a reader of the record must know of it.
#[derive(Debug)]
pub(crate) struct Found<T> {
    pub(crate) what: T,
    pub(crate) note: Option<String>,
}

/// The file that was kept before the newest.
fn previous(path: &Path) -> PathBuf {
    path.with_extension("previous.safetensors")
}

/// Where a file lies until it takes the newest's place; what a killed process left there is written over.
fn fresh(path: &Path) -> PathBuf {
    path.with_extension("new.safetensors")
}

/// Removes all that was kept. What stays costs a little room and nothing else.
pub(crate) fn remove(path: &Path) {
    for file in [path.to_path_buf(), previous(path), fresh(path)] {
        let _ = fs_err::remove_file(file);
    }
}

/// Writes a file in place of the newest, which becomes the one before it.
///
/// # Errors
/// The disk is full or refuses; the newest or the one before it stays whole.
pub(crate) fn save(path: &Path, words: String, tensors: Vec<(String, TensorView<'_>)>) -> Result<()> {
    let broken = |error: &dyn std::fmt::Display| Error::Other(format!("a checkpoint cannot be written: {error}"));
    let sum = checksum(&words, tensors.iter().map(|(name, view)| (name.as_str(), view)));
    // One word, since several would be written in any order and files of equal trainings would differ.
    let head = HashMap::from([("checked".to_owned(), format!("{sum} {words}"))]);
    let file = safetensors::serialize(tensors, Some(head)).map_err(|error| broken(&error))?;
    // What is damaged must not take the place of the one before it.
    if read(path, &mut |_, _| Ok(())).is_err() {
        return crate::outcomes::write_file(path, &file);
    }
    // On disk before anything moves: whatever stops this, two whole files were there or are.
    let fresh = fresh(path);
    crate::outcomes::write_file(&fresh, &file)?;
    let renamed = fs_err::rename(path, previous(path)).and_then(|()| fs_err::rename(&fresh, path));
    renamed.map_err(|error| Error::Disk(error.to_string()))
}

/// Reads the newest file that `accept` takes, given its words and tensors; None where none was kept.
///
/// # Errors
/// All that were kept are damaged, or the newest whole one is of something else. `anew` says what begins anew without them.
pub(crate) fn load<T>(
    path: &Path,
    anew: &str,
    mut accept: impl FnMut(&str, &SafeTensors<'_>) -> std::result::Result<T, Fault>,
) -> Result<Option<Found<T>>> {
    let mut damaged: Vec<String> = Vec::new();
    for file in [path.to_path_buf(), previous(path)].into_iter().filter(|file| file.exists()) {
        match read(&file, &mut accept) {
            Ok(what) => {
                // A record names no folder of its machine.
                let folder = format!("{}/", base::files::folder_of(path).display());
                let told = damaged.join("; ").replace(&folder, "");
                let note = (!damaged.is_empty()).then(|| format!("{told}; the one before it is gone on from"));
                return Ok(Some(Found { what, note }));
            }
            Err(Fault::Damaged(problem)) => damaged.push(format!("the checkpoint {} {problem}", file.display())),
            Err(Fault::Other(problem)) => {
                return Err(Error::Input(format!(
                    "the checkpoint {} {problem}; give the options that it was begun with",
                    file.display()
                )));
            }
        }
    }
    if damaged.is_empty() {
        return Ok(None);
    }
    let [back, them] = if damaged.len() == 1 { ["it", "it"] } else { ["one of them", "them"] };
    Err(Error::Input(format!(
        "{}; put {back} back as it was, or remove {them}, and give --resume again: without {them} {anew} begins anew",
        damaged.join("; ")
    )))
}

fn read<T>(
    path: &Path,
    accept: &mut impl FnMut(&str, &SafeTensors<'_>) -> std::result::Result<T, Fault>,
) -> std::result::Result<T, Fault> {
    let damaged = |error: &dyn std::fmt::Display| Fault::Damaged(format!("is damaged: {error}"));
    let bytes = fs_err::read(path).map_err(|error| Fault::Damaged(format!("cannot be read: {error}")))?;
    let (_, head) = SafeTensors::read_metadata(&bytes).map_err(|error| damaged(&error))?;
    let head = head.metadata().clone().unwrap_or_default();
    let file = SafeTensors::deserialize(&bytes).map_err(|error| damaged(&error))?;
    let (sum, words) = match head.get("checked") {
        Some(checked) => {
            let (sum, words) = checked.split_once(' ').ok_or_else(|| damaged(&"it has no checksum"))?;
            (Some(sum), words)
        }
        // Versions before kept two words; the first had no sum.
        None => (head.get("sha256").map(String::as_str), head.get("state").map(String::as_str).unwrap_or_default()),
    };
    if let Some(sum) = sum {
        let tensors = file.tensors();
        if *sum != checksum(words, tensors.iter().map(|(name, view)| (name.as_str(), view))) {
            return Err(damaged(&"its checksum is another one"));
        }
    }
    accept(words, &file)
}

/// Over the words and each tensor's name, shape and bytes, in the order of the names.
fn checksum<'a>(words: &str, tensors: impl Iterator<Item = (&'a str, &'a TensorView<'a>)>) -> String {
    let mut lines: Vec<String> =
        tensors.map(|(name, view)| format!("{name} {:?} {}\n", view.shape(), sha256(view.data()))).collect();
    lines.sort();
    sha256(format!("{words}\n{}", lines.concat()).as_bytes())
}

#[cfg(test)]
mod tests {
    use safetensors::Dtype;

    use super::*;

    fn save_step(path: &Path, step: u32) {
        let data = (step as f32).to_le_bytes().repeat(4);
        let view = TensorView::new(Dtype::F32, vec![4], &data).unwrap();
        save(path, step.to_string(), vec![("w".to_owned(), view)]).unwrap();
    }

    fn step(path: &Path) -> Result<Option<Found<String>>> {
        load(path, "it", |words, file| {
            assert_eq!(file.tensor("w").unwrap().shape(), [4]);
            Ok(words.to_owned())
        })
    }

    #[test]
    fn the_newest_whole_file_counts() {
        let room = tempfile::tempdir().unwrap();
        let path = room.path().join("net.safetensors");
        assert!(step(&path).unwrap().is_none());
        save_step(&path, 1);
        save_step(&path, 2);
        let found = step(&path).unwrap().unwrap();
        assert_eq!((found.what.as_str(), found.note), ("2", None));
        let whole = std::fs::read(&path).unwrap();
        save_step(&path, 2);
        assert!(std::fs::read(&path).unwrap() == whole, "the same again, byte for byte");
        save_step(&path, 1);
        save_step(&path, 2);
        let mut flipped = whole.clone();
        *flipped.last_mut().unwrap() ^= 1;
        for bytes in [&whole[..whole.len() / 2], &flipped, b""] {
            std::fs::write(&path, bytes).unwrap();
            let found = step(&path).unwrap().unwrap();
            assert_eq!(found.what, "1");
            assert!(found.note.unwrap().starts_with("the checkpoint net.safetensors is damaged"));
        }
        // Gone on from the one before, and kept again: the damaged one has taken nobody's place.
        save_step(&path, 3);
        assert_eq!(step(&path).unwrap().unwrap().what, "3");
        std::fs::write(&path, b"x").unwrap();
        assert_eq!(step(&path).unwrap().unwrap().what, "1");
        // Killed between the two renames.
        std::fs::remove_file(&path).unwrap();
        assert_eq!(step(&path).unwrap().unwrap().what, "1");
        // Both gone bad: an error with advice, and nothing lost for when one is put back.
        std::fs::write(previous(&path), b"x").unwrap();
        std::fs::write(&path, b"x").unwrap();
        let error = step(&path).unwrap_err().to_string();
        assert!(error.contains("put one of them back") && error.contains("it begins anew"), "{error}");
        std::fs::write(&path, &whole).unwrap();
        assert_eq!(step(&path).unwrap().unwrap().what, "2");
    }

    #[test]
    fn what_is_of_something_else_is_refused_whatever_came_before() {
        let room = tempfile::tempdir().unwrap();
        let path = room.path().join("net.safetensors");
        save_step(&path, 1);
        save_step(&path, 2);
        let refused = load(&path, "it", |words, _| match words {
            "2" => Err(Fault::Other("is of another training".to_owned())),
            _ => Ok(()),
        });
        assert!(refused.unwrap_err().to_string().contains("is of another training"));
    }
}
