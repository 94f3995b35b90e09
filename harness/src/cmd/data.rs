//! `harness data`: the lock and the store.

use anyhow::{Context as _, Result, bail};
use serde_json::json;
use spec::lock::{Entry, Lock};
use spec::paper::Paper;
use store::progress::human;
use store::{Status, Store};

use crate::canary;
use crate::cli::{Data, Folded, Places};
use crate::project::{Project, suggestion};
use crate::screen::{self, say};

pub(crate) fn run(asked: Data, places: &Places) -> Result<u8> {
    match asked {
        Data::List(asked) => list(&asked, places),
        Data::Fetch { entries } => fetch(&entries, places),
        Data::Verify { entries } => verify(&entries, places),
        Data::Pin { path } => {
            say!("{}", store::pin(&path).with_context(|| format!("{} cannot be pinned", path.display()))?.trim_end());
            Ok(0)
        }
    }
}

fn list(asked: &Folded, places: &Places) -> Result<u8> {
    let project = Project::open()?;
    let store = places.store(&project, &places.progress())?;
    if asked.json {
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
    let entries = Entries::of(&project);
    screen::table(
        &["entry", "kind", "size", "licence", "hashes", "here"],
        entries.told(asked.all).map(|entry| {
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
    if let Some(rest) = entries.rest("data list").filter(|_| !asked.all) {
        say!("{rest}");
    }
    say!("\n`harness data fetch <entry>` fetches; `--have <entry>=<path>` takes what you have.");
    Ok(0)
}

/// The lock's entries: first those that the suite uses, in the order in which its papers name them.
pub(crate) struct Entries<'a> {
    pub(crate) used: Vec<&'a Entry>,
    /// The others, which no paper names yet, in the lock's order.
    pub(crate) others: Vec<&'a Entry>,
}

impl<'a> Entries<'a> {
    pub(crate) fn of(project: &'a Project) -> Self {
        let papers: Vec<&Paper> = project.papers.iter().map(|paper| &paper.spec).collect();
        Self::split(&project.lock, &papers)
    }

    fn split(lock: &'a Lock, papers: &[&Paper]) -> Self {
        let mut used: Vec<&Entry> = Vec::new();
        // Every network with released weights is tried on the canary first, whichever paper it is of.
        for id in papers.iter().flat_map(|paper| named(paper)).chain([canary::ENTRY]) {
            if let Some(entry) = lock.entry(id).filter(|entry| used.iter().all(|known| known.id != entry.id)) {
                used.push(entry);
            }
        }
        let others = lock.entries.iter().filter(|entry| used.iter().all(|known| known.id != entry.id)).collect();
        Self { used, others }
    }

    /// What is listed: what the suite uses, or everything.
    pub(crate) fn told(&self, all: bool) -> impl Iterator<Item = &'a Entry> {
        self.used.iter().chain(self.others.iter().filter(move |_| all)).copied()
    }

    /// One line for what is folded, with the command that unfolds it; None where nothing is.
    pub(crate) fn rest(&self, command: &str) -> Option<String> {
        let names = match self.others.len() {
            0 => return None,
            1 => "1 entry".to_owned(),
            n => format!("{n} entries"),
        };
        Some(format!("and {names} more that no paper here names yet: `harness {command} --all`"))
    }
}

/// The entries that a paper names: data, weights, stored predictions, and what its experiments read.
fn named(paper: &Paper) -> impl Iterator<Item = &str> {
    let weights = paper.weights.iter().map(|weights| weights.lock.as_str());
    let imported = paper.imported.iter().flat_map(|imported| [imported.lock.as_str(), imported.data.as_str()]);
    let experiments = paper.experiments.iter().flat_map(|experiment| &experiment.data).map(String::as_str);
    paper.data.iter().map(String::as_str).chain(weights).chain(imported).chain(experiments)
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
    let progress = places.progress();
    let store = places.store(&project, &progress)?;
    for entry in chosen(&project, ids)? {
        let fetched = store.ensure(entry)?;
        fetched.warnings.iter().for_each(|warning| progress.warn(warning));
        say!("{}: {} files, root {}, in {}", entry.id, fetched.files.len(), fetched.root, fetched.dir.display());
    }
    Ok(0)
}

fn verify(ids: &[String], places: &Places) -> Result<u8> {
    let project = Project::open()?;
    let progress = places.progress();
    let store = places.store(&project, &progress)?;
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
        report.warnings.iter().for_each(|warning| progress.warn(warning));
        say!(
            "{}: {} files {}, {} in {:.2} s, root {}",
            entry.id,
            report.good,
            if report.unverified.is_some() { "counted, named and hashed" } else { "as pinned" },
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

#[cfg(test)]
mod tests {
    use super::Entries;

    fn lock() -> spec::lock::Lock {
        spec::load::lock(include_str!("../../../datasets.lock"), "datasets.lock").unwrap()
    }

    #[test]
    fn what_the_papers_name_comes_first_and_nothing_is_lost() {
        let lock = lock();
        let load =
            |entry: &replications::registry::PaperEntry| spec::load::paper(entry.spec, &entry.spec_path()).unwrap();
        let papers: Vec<_> = replications::registry::papers().iter().map(load).collect();
        let papers: Vec<_> = papers.iter().collect();
        let entries = Entries::split(&lock, &papers);
        let mut ids: Vec<&str> = entries.used.iter().chain(&entries.others).map(|entry| entry.id.as_str()).collect();
        assert_eq!(ids[0], papers[0].data[0], "the first paper's wanted data");
        assert!(entries.used.iter().any(|entry| entry.id == crate::canary::ENTRY));
        assert!(
            papers
                .iter()
                .flat_map(|paper| &paper.weights)
                .all(|weights| { entries.used.iter().any(|entry| entry.id == weights.lock) })
        );
        ids.sort_unstable();
        let mut all: Vec<&str> = lock.entries.iter().map(|entry| entry.id.as_str()).collect();
        all.sort_unstable();
        assert_eq!(ids, all, "each entry once");
        let rest = entries.rest("doctor").unwrap();
        let folded = entries.others.len();
        assert_eq!(rest, format!("and {folded} entries more that no paper here names yet: `harness doctor --all`"));
        assert_eq!(entries.told(false).count(), entries.used.len());
        let everything: Vec<&str> = entries.told(true).map(|entry| entry.id.as_str()).collect();
        assert_eq!(everything[..entries.used.len()], entries.told(false).map(|entry| &*entry.id).collect::<Vec<_>>());
        assert_eq!(everything.len(), lock.entries.len());
    }

    #[test]
    fn without_papers_the_rest_is_folded_and_counted() {
        let mut lock = lock();
        lock.entries.retain(|entry| ["canary", "cifar10"].contains(&entry.id.as_str()));
        let entries = Entries::split(&lock, &[]);
        assert_eq!(entries.used.len(), 1);
        assert!(entries.rest("data list").unwrap().starts_with("and 1 entry more"));
        lock.entries.retain(|entry| entry.id == "canary");
        assert!(Entries::split(&lock, &[]).rest("data list").is_none());
    }
}
