//! Outcomes of each task: what they come to, and which must be refused.

mod attack;
mod caption;
mod classify;
mod detect;
mod files;
mod localise;
mod retrieve;
mod values;
mod vocabulary;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use results::Error;
use results::tasks::{Table, Text, task};
use spec::event::Outcomes;
use spec::metric::Metric;

use crate::made_up::Plan;

/// A packed folder of the mirror, unpacked; says loudly why a test is skipped where there is none.
fn fixtures(name: &str) -> Option<tempfile::TempDir> {
    let mirror = std::env::var_os("REPLICATIONS_MIRROR").map(PathBuf::from);
    let packed = mirror.map(|mirror| mirror.join(name).join(format!("{name}.tar.xz")));
    let Some(packed) = packed.filter(|packed| packed.is_file()) else {
        // Not eprintln!, which the test harness keeps to itself where a test passes.
        let _ = writeln!(std::io::stderr(), "skipped: REPLICATIONS_MIRROR does not name a folder with {name}");
        return None;
    };
    let room = tempfile::tempdir().unwrap();
    assert!(Command::new("tar").arg("-xJf").arg(packed).arg("-C").arg(room.path()).status().unwrap().success());
    Some(room)
}

/// What a record says of a file with this task and metric.
fn said(name: &str, metric: Metric) -> Outcomes {
    Outcomes { task: name.into(), metrics: vec![metric], ..Plan::new("r").outcomes() }
}

fn read(name: &str, metric: Metric, text: &[u8], examples: Option<&[u8]>) -> Result<Box<dyn Table>, Error> {
    let file = said(name, metric);
    let examples = examples.map(|bytes| (Path::new("e.csv"), bytes));
    task(name).unwrap().read(&Text { file: &file, path: Path::new("o.csv"), bytes: text, examples })
}

/// Why a file is refused, without what to do.
fn refused(name: &str, metric: Metric, text: &[u8], examples: Option<&[u8]>) -> String {
    let error = read(name, metric, text, examples).err().unwrap().to_string();
    error.split("; the file was changed").next().unwrap().to_owned()
}

#[test]
fn every_task_has_its_own_name_and_metrics() {
    let ids: Vec<&str> = results::tasks::TASKS.iter().map(|task| task.id()).collect();
    let unique: std::collections::HashSet<_> = ids.iter().collect();
    assert_eq!(unique.len(), ids.len());
    let metrics = results::tasks::metrics();
    let names: std::collections::HashSet<_> = metrics.iter().map(|info| info.metric).collect();
    assert_eq!(names.len(), metrics.len());
    assert!(metrics.iter().all(|info| info.metric.info().is_none()), "what is general is not a task's own");
    assert!(results::tasks::info(Metric::TOP_1_ERROR).is_some() && results::tasks::info(Metric::named("x")).is_none());
    assert!(task("no such task").is_none());
}
