//! `harness data`: the lock and the store.

use anyhow::{Context as _, Result, bail};
use serde_json::json;
use spec::lock::Entry;
use store::progress::human;
use store::{Status, Store};

use crate::cli::{Data, Places};
use crate::project::{Project, suggestion};
use crate::screen::{self, say};

pub(crate) fn run(asked: Data, places: &Places) -> Result<u8> {
    match asked {
        Data::List(asked) => list(asked.json, places),
        Data::Fetch { entries } => fetch(&entries, places),
        Data::Verify { entries } => verify(&entries, places),
        Data::Pin { path } => {
            say!("{}", store::pin(&path).with_context(|| format!("{} cannot be pinned", path.display()))?.trim_end());
            Ok(0)
        }
    }
}

fn list(json: bool, places: &Places) -> Result<u8> {
    let project = Project::open()?;
    let store = places.store(&places.progress())?;
    if json {
        let entries: Vec<_> = project
            .lock
            .entries
            .iter()
            .map(|entry| {
                json!({
                    "id": entry.id, "title": entry.title, "kind": entry.kind, "access": entry.access,
                    "licence": entry.licence, "bytes": size(entry), "state": state(&store, entry),
                    "files": entry.files.len(), "by_hand": entry.by_hand,
                })
            })
            .collect();
        screen::json(&entries)?;
        return Ok(0);
    }
    screen::table(
        &["entry", "kind", "size", "licence", "hashes", "here"],
        project.lock.entries.iter().map(|entry| {
            let mut checks: Vec<_> = entry.files.iter().map(|file| file.hash.to_string()).collect();
            checks.sort();
            checks.dedup();
            vec![
                entry.id.clone(),
                entry.kind.to_string(),
                size(entry).map_or_else(|| "not known".to_owned(), human),
                entry.licence.name.clone(),
                checks.join(", "),
                state(&store, entry),
            ]
        }),
    );
    say!("\n`harness data fetch <entry>` fetches; `--have <entry>=<path>` takes what you have.");
    Ok(0)
}

/// Bytes of all files, if every size is known.
pub(crate) fn size(entry: &Entry) -> Option<u64> {
    entry.files.iter().map(|file| file.size).sum()
}

/// In a few words: is it here, and if not, how it can be had.
pub(crate) fn state(store: &Store, entry: &Entry) -> String {
    match store.status(entry) {
        Ok(Status::Present { .. }) => "yes".to_owned(),
        Ok(Status::Missing { fetch: 0, unknown: 0, .. }) => "in a mirror or at a path that you named".to_owned(),
        Ok(Status::Missing { .. }) => "no: can be fetched".to_owned(),
        Ok(Status::ByHand { .. }) => format!("no: by hand ({})", entry.access),
        Ok(Status::Unobtainable { .. }) => "no: cannot be had".to_owned(),
        Err(error) => format!("no: {error}"),
    }
}

fn chosen<'a>(project: &'a Project, ids: &[String]) -> Result<Vec<&'a Entry>> {
    ids.iter()
        .map(|id| {
            let names = || project.lock.entries.iter().map(|entry| entry.id.as_str());
            project.lock.entry(id).with_context(|| {
                format!(
                    "there is no entry `{id}` in datasets.lock{}; `harness data list` shows them",
                    suggestion(id, names())
                )
            })
        })
        .collect()
}

fn fetch(ids: &[String], places: &Places) -> Result<u8> {
    let project = Project::open()?;
    let store = places.store(&places.progress())?;
    for entry in chosen(&project, ids)? {
        let fetched = store.ensure(entry)?;
        say!("{}: {} files, root {}, in {}", entry.id, fetched.files.len(), fetched.root, fetched.dir.display());
    }
    Ok(0)
}

fn verify(ids: &[String], places: &Places) -> Result<u8> {
    let project = Project::open()?;
    let store = places.store(&places.progress())?;
    let mut entries = chosen(&project, ids)?;
    if entries.is_empty() {
        let here = |entry: &&Entry| store.home().entry(&entry.id).is_dir();
        entries.extend(project.lock.entries.iter().filter(here));
    }
    if entries.is_empty() {
        bail!("the store is empty: there is nothing to verify");
    }
    let mut bad = 0;
    for entry in entries {
        let report = store.verify(entry)?;
        say!(
            "{}: {} files as pinned, {} in {:.2} s, root {}",
            entry.id,
            report.good,
            human(report.bytes),
            report.seconds,
            report.root
        );
        for problem in &report.problems {
            bad += 1;
            say!("  {problem}");
        }
    }
    if bad > 0 {
        bail!("{bad} files are not as pinned; `harness data fetch` replaces what is wrong");
    }
    Ok(0)
}
