//! The sources as text, for tests that hold them to the project's own rules.

use std::path::{Path, PathBuf};

/// Folders of general code.
pub(crate) const GENERAL: [&str; 14] = [
    "harness/base/src",
    "harness/engine/src",
    "harness/images/src",
    "harness/libtorch/src",
    "harness/linear/src",
    "harness/proposals/src",
    "harness/runner/src",
    "harness/spec/src",
    "harness/src",
    "harness/store/src",
    "harness/torch-shim/src",
    "harness/weights/src",
    "reports/src",
    "results/src",
];

/// The repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every source file below a folder, but for files and folders of those names.
pub(crate) fn below(folder: &Path, without: &[&str], found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let name = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if without.contains(&name.as_str()) {
            continue;
        }
        if entry.is_dir() {
            below(&entry, without, found);
        } else if entry.extension().is_some_and(|suffix| suffix == "rs") {
            found.push(entry);
        }
    }
}

/// A file's lines without comments, as far as its tests.
pub(crate) fn code(file: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(file).unwrap();
    let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    code.lines().map(|line| line.split("//").next().unwrap_or_default().to_owned()).collect()
}
