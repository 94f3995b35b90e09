//! Whether a record is closed, and its scores and log are those that it was closed with.
//!
//! Must not look at the header and the events: a record whose seal is not theirs cannot be read at all.

use super::{Findings, Severity};
use crate::announced;
use crate::store::{EVENTS, HEADER, Run};

pub(super) fn check(run: &Run, findings: &mut Findings<'_>) {
    let Some(seal) = &run.seal else {
        if run.is_finished() && !run.header.seals {
            let message =
                "it has no seal, so a change of its events would not be seen; `harness records seal` closes it";
            findings.add(Severity::Note, message);
        }
        return;
    };
    for file in seal.files.iter().filter(|file| ![HEADER, EVENTS].contains(&file.file.as_str())) {
        if let Err(error) = announced::read(&run.dir, &file.file, &file.sha256) {
            findings.add(Severity::Error, format!("not what was sealed: {error}"));
        }
    }
}
