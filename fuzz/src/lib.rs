//! What several fuzz targets share. Must not hold a target: those are `fuzz_targets/*.rs`.

use std::path::{Path, PathBuf};

use results::tasks::{Table, Text, task};
use spec::event::{Model, Outcomes};
use spec::load::LoadError;
use spec::metric::Metric;
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

/// Outcomes as a task reads them, or None where it refuses them.
#[must_use]
pub fn outcomes(name: &str, metric: Metric, examples: &[u8], outcomes: &[u8]) -> Option<Box<dyn Table>> {
    let file = Outcomes {
        task: name.to_owned(),
        network: "net".to_owned(),
        model: Model::Baseline,
        data: "set".to_owned(),
        protocol: "whole".to_owned(),
        metrics: vec![metric],
        file: "o.csv".to_owned(),
        count: 0,
        sha256: String::new(),
        examples: None,
        root: String::new(),
        part_of: None,
        already_resized: None,
    };
    let examples = Some((Path::new("e.csv"), examples));
    task(name)?.read(&Text { file: &file, path: Path::new("o.csv"), bytes: outcomes, examples }).ok()
}

/// A table's score lies within its interval; it agrees with itself; and what it writes, it reads again.
pub fn makes_sense(table: &dyn Table, task: &str, metric: Metric) {
    let score = table.score(metric);
    if let Some(score) = &score {
        assert!(score.value.is_finite() && score.n as usize <= table.len(), "{score:?}");
        assert!(score.low.is_none_or(|low| low <= score.value + 1e-9 * score.value.abs()), "{score:?}");
        assert!(score.high.is_none_or(|high| high >= score.value - 1e-9 * score.value.abs()), "{score:?}");
    }
    let paired = table.paired(table, metric).expect("a table is about its own examples");
    assert!(paired.is_none_or(|paired| paired.difference == 0.0));
    assert!(table.most_wrong(3).iter().all(|wrong| wrong.index < table.len()));
    let _ = table.suspicion();
    if let Some(written) = table.write() {
        let again =
            outcomes(task, metric, written.examples.unwrap_or_default().as_bytes(), written.outcomes.as_bytes());
        let again = again.expect("what is written can be read");
        assert_eq!((again.len(), again.score(metric)), (table.len(), score));
        assert_eq!(again.agreement(table).map(|score| score.value), table.agreement(table).map(|score| score.value));
    }
}
