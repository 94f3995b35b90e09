//! What must be on this machine before a network or an experiment can run: the runner, weights, the canary's pictures,
//! the data.
//!
//! Fetches while the runner is built: the one waits for the network, the other for the compiler. Must not run a job.

mod fetch;
mod list;

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Result;
use spec::job::{ExperimentData, JobWeights};
use spec::record::DataIdentity;
use store::{Labelled, Progress, Status, Store, UserImages};

use crate::canary;
use crate::cli::{Places, Replicate};
use crate::cmd::Planned;
use crate::plan::Choice;
use crate::project::Project;
use crate::run::Runner;

/// Everything that jobs name.
pub(crate) struct Prepared {
    pub(crate) runner: Runner,
    /// The canary's pictures by name; empty where they could not be had.
    pub(crate) pictures: BTreeMap<String, PathBuf>,
    weights: BTreeMap<String, JobWeights>,
    data: BTreeMap<String, Data>,
    own: Option<Data>,
    experiments: BTreeMap<String, ExperimentSets>,
}

/// What an experiment reads.
#[derive(Default)]
pub(crate) struct ExperimentSets {
    /// In the experiment's order.
    pub(crate) sets: Vec<ExperimentData>,
    /// Which bytes the first of them are.
    pub(crate) identity: Option<DataIdentity>,
}

/// A data set ready to be predicted.
pub(crate) struct Data {
    pub(crate) identity: DataIdentity,
    pub(crate) images: Vec<Labelled>,
    /// `path,file,class`, for the runner.
    pub(crate) list: PathBuf,
}

impl Prepared {
    /// The data of a plan's choice.
    pub(crate) fn data(&self, choice: &Choice) -> Option<&Data> {
        match choice {
            Choice::Entry { id, .. } => self.data.get(id),
            Choice::Own(_) => self.own.as_ref(),
        }
    }

    /// The data of an experiment that runs.
    pub(crate) fn of_experiment(&self, id: &str) -> Option<&ExperimentSets> {
        self.experiments.get(id)
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
    own: Option<UserImages>,
) -> Result<Prepared> {
    tell_sizes(project, store, progress, planned);
    let lists = places.store_home()?.path().join("lists");
    std::thread::scope(|scope| {
        let runner = scope.spawn(|| crate::toolchain::runner(project, places, progress, asked.patience));
        let things = fetch::all(project, store, progress, asked, planned, own, &lists);
        let runner =
            runner.join().unwrap_or_else(|_| Err(anyhow::anyhow!("the thread that builds the runner broke off")));
        // What is wrong with the data is the user's to mend, and is told first.
        let (things, runner) = (things?, runner?);
        let Things { pictures, weights, data, own, experiments } = things;
        Ok(Prepared { runner, pictures, weights, data, own, experiments })
    })
}

/// What is fetched.
#[derive(Default)]
struct Things {
    pictures: BTreeMap<String, PathBuf>,
    weights: BTreeMap<String, JobWeights>,
    data: BTreeMap<String, Data>,
    own: Option<Data>,
    experiments: BTreeMap<String, ExperimentSets>,
}

fn tell_sizes(project: &Project, store: &Store, progress: &Progress, planned: &[Planned<'_>]) {
    let networks = || planned.iter().flat_map(|paper| &paper.networks).filter(|network| network.runs);
    let mut ids: Vec<&str> = networks().next().map(|_| canary::ENTRY).into_iter().collect();
    for plan in planned.iter().flat_map(|paper| &paper.experiments).filter(|plan| plan.runs()) {
        ids.extend(plan.experiment.data.iter().map(String::as_str));
        ids.extend(plan.weights.iter().map(|weights| weights.lock.as_str()));
    }
    ids.extend(networks().filter_map(|network| network.weights.as_ref().ok()).map(|weights| weights.lock.as_str()));
    ids.extend(networks().filter_map(|network| match &network.data {
        Ok(Choice::Entry { id, .. }) => Some(id.as_str()),
        _ => None,
    }));
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
