//! What must be on this machine before an evaluation can run: the runner, weights, the canary's pictures, data.
//!
//! Fetches while the runner is built: the one waits for the network, the other for the compiler. Must not run a job.

mod fetch;
mod list;
mod own;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Result;
use results::References;
use spec::job::JobWeights;
use spec::lock::TestedList;
use spec::record::DataIdentity;
use store::{Labelled, Progress, Status, Store};

use crate::canary;
use crate::cli::{Places, Replicate};
use crate::own::Own;
use crate::plan::{Choice, Evaluation, Planned};
use crate::project::Project;
use crate::run::Runner;

/// Everything that jobs name.
pub(crate) struct Prepared {
    /// None where nothing needs it.
    pub(crate) runner: Option<Runner>,
    /// The canary's pictures by name; empty where they could not be had.
    pub(crate) pictures: BTreeMap<String, PathBuf>,
    /// The folder for what runs compute of pictures and share.
    pub(crate) cache: PathBuf,
    weights: BTreeMap<String, JobWeights>,
    data: BTreeMap<String, Data>,
    given: BTreeMap<String, Given>,
    own: Option<Data>,
}

/// Somebody else's predictions and the labels to score them by.
pub(crate) struct Given {
    pub(crate) identity: DataIdentity,
    /// The predictions.
    pub(crate) file: PathBuf,
    /// The labels.
    pub(crate) references: References,
}

/// A data set ready to be read.
pub(crate) struct Data {
    pub(crate) identity: DataIdentity,
    /// Where its files lie.
    pub(crate) folder: PathBuf,
    /// The labelled images, where it has some in files.
    pub(crate) images: Vec<Labelled>,
    /// `path,file,class` of them, for the runner.
    pub(crate) list: Option<PathBuf>,
    /// The list that is tested, of images with boxes.
    pub(crate) tested: Option<TestedList>,
}

impl Prepared {
    /// The data of a plan's choice.
    pub(crate) fn data(&self, choice: &Choice) -> Option<&Data> {
        match choice {
            Choice::Images { id, .. } | Choice::Entry(id) => self.data.get(id),
            Choice::Own(_) => self.own.as_ref(),
        }
    }

    /// The predictions of that id.
    pub(crate) fn given(&self, id: &str) -> Option<&Given> {
        self.given.get(id)
    }

    /// The weights of that id.
    pub(crate) fn weights(&self, id: &str) -> Option<&JobWeights> {
        self.weights.get(id)
    }
}

/// Fetches and builds. What was not asked for by name and cannot be had becomes a reason in the plan.
pub(crate) fn prepare(
    project: &Project,
    places: &Places,
    store: &Store,
    progress: &Progress,
    asked: &Replicate,
    planned: &mut [Planned<'_>],
    own: Option<Own>,
) -> Result<Prepared> {
    tell_sizes(project, store, progress, planned);
    let [home, other] = places.homes(project)?;
    let can_hold = |folder: &Path| fs_err::create_dir_all(folder).is_ok() && tempfile::tempfile_in(folder).is_ok();
    let home = if can_hold(&home.lists()) { home } else { other };
    let (lists, cache) = (home.lists(), home.derived());
    let needed = planned.iter().flat_map(|paper| &paper.evaluations).any(Evaluation::needs_runner);
    std::thread::scope(|scope| {
        let runner =
            needed.then(|| scope.spawn(|| crate::toolchain::runner(project, places, progress, asked.patience)));
        let things = fetch::all(project, store, progress, asked, planned, own, &lists);
        let broken = || Err(anyhow::anyhow!("the thread that builds the runner broke off"));
        let runner = runner.map(|runner| runner.join().unwrap_or_else(|_| broken())).transpose();
        // What is wrong with the data is the user's to mend, and is told first.
        let (Things { pictures, weights, data, given, own }, runner) = (things?, runner?);
        Ok(Prepared { runner, pictures, cache, weights, data, given, own })
    })
}

/// What is fetched.
#[derive(Default)]
struct Things {
    pictures: BTreeMap<String, PathBuf>,
    weights: BTreeMap<String, JobWeights>,
    data: BTreeMap<String, Data>,
    given: BTreeMap<String, Given>,
    own: Option<Data>,
}

fn tell_sizes(project: &Project, store: &Store, progress: &Progress, planned: &[Planned<'_>]) {
    let mut ids: Vec<&str> = Vec::new();
    for plan in planned.iter().flat_map(|paper| &paper.evaluations).filter(|plan| plan.runs()) {
        ids.extend(plan.predicts().then_some(canary::ENTRY));
        ids.extend(plan.data.iter().filter_map(Choice::entry));
        ids.extend(plan.weights.iter().map(|weights| weights.lock.as_str()));
    }
    ids.sort_unstable();
    ids.dedup();
    for id in ids {
        let Some(entry) = project.lock.entry(id) else { continue };
        if let Ok(Status::Missing { fetch, unknown, .. }) = store.status(entry)
            && (fetch > 0 || unknown > 0)
        {
            let more = if unknown > 0 { " and more whose size is not known" } else { "" };
            let size = format!("{}{more}", store::progress::human(fetch));
            progress.line(&format!("to fetch: {} ({size})", entry.title));
        }
    }
}
