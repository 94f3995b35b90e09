//! What several fuzz targets share. Must not hold a target: those are `fuzz_targets/*.rs`.

use std::path::PathBuf;

use spec::load::LoadError;
use weights::RawWeights;

/// A folder of this process's own, for readers of files. libFuzzer ends the process without dropping anything, so it stays;
/// `.ci/fuzz` gives a `TMPDIR` that it removes.
#[must_use]
pub fn room(target: &str) -> PathBuf {
    let room = std::env::temp_dir().join(format!("fuzz-{target}-{}", std::process::id()));
    std::fs::create_dir_all(&room).expect("the folder for temporary files can be written");
    room
}

/// Two parts of an input, cut at the first zero byte: no text that is read here holds one.
#[must_use]
pub fn halves(data: &[u8]) -> (&[u8], &[u8]) {
    let cut = data.iter().position(|byte| *byte == 0).unwrap_or(data.len());
    (&data[..cut], data.get(cut + 1..).unwrap_or_default())
}

/// Every problem points into the text, and its marker stands under the characters it is about.
pub fn is_well_placed(error: &LoadError, text: &str) {
    let lines = text.lines().count() as u64;
    assert!(!error.problems.is_empty());
    for problem in &error.problems {
        assert!((1..=lines + 1).contains(&problem.line), "line {} of {lines}", problem.line);
        assert!(problem.column >= 1 && problem.marked >= 1);
        assert!(problem.before <= problem.text.chars().count());
        assert!(problem.text.chars().count() <= 112, "a snippet is one short line");
        assert!(!problem.message.contains('\n') && !problem.message.is_empty());
    }
    assert!(error.to_string().starts_with("f:"));
}

/// Every tensor has the numbers that its shape says, and all together take no more than the file's size allows, or 4 MiB.
pub fn is_bounded(weights: &RawWeights, bytes: usize) {
    let mut numbers = 0;
    for (name, tensor) in &weights.tensors {
        assert_eq!(tensor.shape.iter().product::<usize>(), tensor.data.len(), "{name}");
        numbers += tensor.data.len();
    }
    assert!(numbers <= (4 * bytes).max(1 << 20), "{numbers} numbers out of {bytes} bytes");
}
