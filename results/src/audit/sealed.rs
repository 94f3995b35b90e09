//! Whether the scores and the log are those that the record was closed with.
//!
//! Must not look at the header and the events: a record whose seal is not theirs cannot be read at all.

use super::{Findings, Severity};
use crate::announced;
use crate::store::{LOG, Run, SCORES};

pub(super) fn check(run: &Run, findings: &mut Findings<'_>) {
    let Some(seal) = &run.seal else {
        if run.is_finished() {
            let message =
                "it has no seal, so a change of its events would not be seen; `harness records seal` closes it";
            findings.add(Severity::Note, message);
        }
        return;
    };
    for name in [SCORES, LOG] {
        let there = run.dir.join(name).is_file();
        match seal.files.iter().find(|file| file.file == name) {
            // What is sealed of the scores is looked at where they are read.
            Some(file) if name != SCORES => {
                if let Err(error) = announced::read(&run.dir, name, &file.sha256) {
                    findings.add(Severity::Error, format!("not what was sealed: {error}"));
                }
            }
            None if there => findings.add(Severity::Error, format!("the seal does not cover {name}, which lies there")),
            _ => {}
        }
    }
}
