//! Situations from public bug reports in which a suite like this one said something untrue or lost work, each as somebody
//! would meet it. `.ci/faults` runs them all and names each.

mod folders;
mod given;
mod images;
mod output;
mod resumed;
mod sealed;

use std::path::{Path, PathBuf};

use crate::common::Place;

/// A runner that finishes at once.
pub(crate) const FINISHES: &str = "echo '{\"event\":\"finished\",\"at\":1.0}'\n";

/// Copies a folder with all that is in it.
pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(|entry| entry.unwrap()) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// The repository's own oldest record whose id holds that word, copied into the results of this place.
pub(crate) fn record(place: &Place, word: &str) -> PathBuf {
    let reference = Path::new(env!("CARGO_MANIFEST_DIR")).join("../results/reference");
    let runs = std::fs::read_dir(reference).unwrap().map(|entry| entry.unwrap().path());
    // The oldest, wherever the file system begins.
    let run = runs.into_iter().filter(|run| run.file_name().unwrap().to_string_lossy().contains(word)).min().unwrap();
    let target = place.path("results").join(run.file_name().unwrap());
    copy(&run, &target);
    target
}

/// Takes the seal from a copy of a record, which is to be another record.
pub(crate) fn unseal(run: &Path) {
    let events = std::fs::read_to_string(run.join("events.jsonl")).unwrap();
    let (before, seal) = events.trim_end().rsplit_once('\n').unwrap();
    assert!(seal.starts_with("{\"event\":\"sealed\""), "{seal}");
    std::fs::write(run.join("events.jsonl"), format!("{before}\n")).unwrap();
}

/// Changes a text of a record's file, which must have it.
pub(crate) fn edit(file: &Path, from: &str, to: &str) {
    let text = std::fs::read_to_string(file).unwrap();
    assert!(text.contains(from), "{from} is not in {}", file.display());
    std::fs::write(file, text.replace(from, to)).unwrap();
}
