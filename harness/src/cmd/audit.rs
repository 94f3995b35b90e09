//! `harness audit`: is every record whole, consistent, and about the bytes it names.

use std::collections::BTreeMap;

use anyhow::Result;
use results::audit::{Current, Severity};

use crate::cli::{Audit, Places};
use crate::project::Project;
use crate::screen::{self, say};

pub(crate) fn run(asked: &Audit, places: &Places) -> Result<u8> {
    let project = Project::open()?;
    let folder = asked.folder.clone().unwrap_or_else(|| places.runs(&project));
    let specs: BTreeMap<_, _> =
        project.papers.iter().map(|paper| (paper.spec.id.clone(), paper.spec_sha256.clone())).collect();
    let current = Current { specs, lock_sha256: Some(project.lock_sha256.clone()), lock: Some(project.lock.clone()) };
    let findings = results::audit::audit(&folder, &current)?;
    if asked.json {
        screen::json(&findings)?;
    } else if findings.is_empty() {
        say!("{}: nothing wrong found", folder.display());
    } else {
        screen::table(
            &["run", "severity", "finding"],
            findings.iter().map(|f| vec![f.run.clone(), f.severity.to_string(), f.message.clone()]),
        );
    }
    Ok(u8::from(findings.iter().any(|finding| finding.severity == Severity::Error)))
}
