//! `harness audit`: is every record whole, consistent, and about the bytes it names.

use std::collections::BTreeMap;

use anyhow::Result;
use results::audit::{Audited, Current, Severity};

use crate::cli::{Audit, Places};
use crate::folders;
use crate::project::Project;
use crate::screen::{self, say, tell};

pub(crate) fn run(asked: &Audit, places: &Places) -> Result<u8> {
    let project = Project::open()?;
    let folder = asked.folder.clone().unwrap_or_else(|| places.runs(&project));
    let specs: BTreeMap<_, _> =
        project.papers.iter().map(|paper| (paper.spec.id.clone(), paper.spec_sha256.clone())).collect();
    let current = Current { specs, lock_sha256: Some(project.lock_sha256.clone()), lock: Some(project.lock.clone()) };
    let Audited { records, files, findings } = results::audit::audit(&folder, &current)?;
    folders::some(&folder, records)?;
    let looked_at = format!(
        "{}: looked at {} and {}",
        folder.display(),
        base::words::count(records, "record", "records"),
        base::words::count(files, "file", "files")
    );
    if asked.json {
        tell!("{looked_at}");
        screen::json(&findings)?;
    } else if findings.is_empty() {
        say!("{looked_at}: nothing wrong found");
    } else {
        say!("{looked_at}");
        screen::table(
            &["run", "severity", "finding"],
            findings.iter().map(|f| vec![f.run.clone(), f.severity.to_string(), f.message.clone()]),
        );
    }
    Ok(u8::from(findings.iter().any(|finding| finding.severity == Severity::Error)))
}
