//! `harness records`: the records themselves.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use serde_json::json;
use spec::metric::Metric;

use crate::cli::{Places, Records};
use crate::folders;
use crate::project::Project;
use crate::screen::{self, say, tell};

pub(crate) fn run(asked: &Records, places: &Places) -> Result<u8> {
    let project = Project::open()?;
    let folder = |named: &Option<PathBuf>| named.clone().unwrap_or_else(|| places.runs(&project));
    match asked {
        Records::Migrate { folder: named, json } => migrate(&project, &folder(named), *json),
        Records::Seal { folder: named, json } => seal(&folder(named), *json),
    }
}

fn migrate(project: &Project, folder: &Path, as_json: bool) -> Result<u8> {
    if !folder.is_dir() {
        bail!(
            "{} is not a folder of records; name one, as in `harness records migrate results/reference`",
            folder.display()
        );
    }
    let is_claimed = |paper: &str, network: &str| {
        let paper = project.papers.iter().find(|known| known.spec.id == paper);
        // What no spec tells is kept.
        paper.is_none_or(|paper| {
            let is_about =
                |claim: &spec::claim::Claim| claim.network == network && claim.metric == Metric::TRAINING_ERROR;
            paper.spec.claims.iter().any(is_about)
        })
    };
    let results::migrate::Migration { migrated, problems } = results::migrate::migrate(folder, &is_claimed)?;
    for problem in &problems {
        tell!("warning: {} was not migrated: {}", problem.run, problem.message);
    }
    let code = u8::from(!problems.is_empty());
    if as_json {
        let rows: Vec<_> = migrated
            .iter()
            .map(|one| json!({"run": one.run, "before": one.before, "after": one.after, "left_out": one.left_out, "not_carried": one.not_carried}))
            .collect();
        screen::json(&rows)?;
        return Ok(code);
    }
    if migrated.is_empty() && code == 0 {
        say!("{}: every finished record is of today's format", folder.display());
        return Ok(0);
    }
    screen::table(
        &["run", "bytes before", "bytes now", "left out (answers on training sets)", "not carried over"],
        migrated.iter().map(|one| {
            let [before, after] = [one.before, one.after].map(|bytes| bytes.to_string());
            vec![one.run.clone(), before, after, one.left_out.len().to_string(), one.not_carried.join(", ")]
        }),
    );
    Ok(code)
}

fn seal(folder: &Path, as_json: bool) -> Result<u8> {
    let sealing = results::sealing::seal(folder)?;
    folders::some(folder, sealing.records)?;
    for problem in &sealing.problems {
        tell!("warning: {} was not sealed: {}", problem.run, problem.message);
    }
    let code = u8::from(!sealing.problems.is_empty());
    if as_json {
        let rows: Vec<_> = sealing.closed.iter().map(|one| json!({"run": one.run, "root": one.root})).collect();
        screen::json(&rows)?;
        return Ok(code);
    }
    say!(
        "{}: {} sealed now, {} before, {} not finished, {} not to be sealed",
        folder.display(),
        base::words::count(sealing.closed.len(), "record", "records"),
        sealing.before,
        sealing.unfinished,
        sealing.records - sealing.closed.len() - sealing.before - sealing.unfinished
    );
    if !sealing.closed.is_empty() {
        screen::table(&["run", "root hash"], sealing.closed.iter().map(|one| vec![one.run.clone(), one.root.clone()]));
    }
    Ok(code)
}
