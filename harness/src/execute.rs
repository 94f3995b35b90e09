//! The runs of one network or experiment: the job, the record, and a smaller batch after an out-of-memory.
//!
//! Must not choose data, weights or settings: they come decided.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use results::store::{Run, RunWriter, Runs};
use spec::event::{Event, FailureKind};
use spec::job::{FORMAT, Job, JobWeights, Settings, Stage};
use spec::record::{DataIdentity, RunPlan};

use crate::naming;
use crate::project::{PaperFolder, Project};
use crate::run::{self, End, Runner};
use crate::watch::Watch;

/// What every run of one invocation shares.
pub(crate) struct Shared<'a> {
    pub(crate) project: &'a Project,
    pub(crate) runner: &'a Runner,
    pub(crate) runs: PathBuf,
    /// Folders by the names that records have for them, the longest first.
    pub(crate) places: Vec<(&'static str, PathBuf)>,
    pub(crate) commit: String,
    pub(crate) profile: String,
    /// Batch sizes to try, the first first.
    pub(crate) batches: Vec<usize>,
    pub(crate) progress: store::Progress,
}

/// One run, decided.
pub(crate) struct Work {
    /// The network or the experiment, or None for the machine's peaks.
    pub(crate) network: Option<String>,
    pub(crate) settings: Settings,
    pub(crate) weights: Option<JobWeights>,
    pub(crate) data: Option<DataIdentity>,
    pub(crate) stages: Vec<Stage>,
}

impl Work {
    /// Whether it trains: then the batch is a part of the recipe.
    fn is_experiment(&self) -> bool {
        self.stages.iter().any(|stage| matches!(stage, Stage::Experiment(_)))
    }

    /// The job as it is made for a run of that id.
    pub(crate) fn job(&self, paper: Option<&PaperFolder>, run: &str, out: PathBuf) -> Job {
        Job {
            format: FORMAT,
            run: run.to_owned(),
            paper: paper.map_or_else(|| "machine".to_owned(), |paper| paper.spec.id.clone()),
            network: self.network.clone(),
            settings: self.settings.clone(),
            weights: self.weights.clone(),
            stages: self.stages.clone(),
            out,
        }
    }
}

/// Runs it, with the next smaller batch after each out-of-memory where the batch is free; gives every run's record, the
/// last one last.
pub(crate) fn execute(shared: &Shared<'_>, paper: Option<&PaperFolder>, work: &Work) -> Result<Vec<Run>> {
    let mut done: Vec<Run> = Vec::new();
    let first = work.settings.batch;
    let smaller = shared.batches.iter().copied().filter(|&batch| batch < first);
    let mut ladder: Vec<usize> = std::iter::once(first).chain(smaller).collect();
    if ladder.last() != Some(&1) {
        ladder.push(1);
    }
    if work.is_experiment() {
        ladder.truncate(1);
    }
    for batch in ladder {
        let retry_of = done.last().map(|run| run.plan.run.clone());
        let (run, end) = once(shared, paper, work, batch, retry_of)?;
        done.push(run);
        match end {
            End::Failed(FailureKind::OutOfMemory, _) if batch > 1 && !work.is_experiment() => {
                shared.progress.line(&format!("batch {batch} does not fit into memory: trying a smaller one"));
            }
            _ => break,
        }
    }
    Ok(done)
}

fn once(
    shared: &Shared<'_>,
    paper: Option<&PaperFolder>,
    work: &Work,
    batch: usize,
    retry_of: Option<String>,
) -> Result<(Run, End)> {
    let id = results::store::new_run_id(work.network.as_deref().unwrap_or("machine"));
    let mut job = work.job(paper, &id, std::path::absolute(shared.runs.join(&id))?);
    job.settings.batch = batch;
    let plan = RunPlan {
        format: results::store::RECORD_FORMAT,
        run: id,
        time: jiff::Timestamp::now().to_string(),
        paper: job.paper.clone(),
        network: job.network.clone(),
        commit: shared.commit.clone(),
        spec_sha256: paper.map(|paper| paper.spec_sha256.clone()).unwrap_or_default(),
        lock_sha256: shared.project.lock_sha256.clone(),
        command: std::iter::once("harness".to_owned()).chain(std::env::args().skip(1)).collect(),
        profile: shared.profile.clone(),
        data: work.data.clone(),
        retry_of,
        job: naming::named(&job, &shared.places),
    };
    let record = Runs::at(&shared.runs).create(&plan).context("the run's record cannot be written")?;
    carry_out(shared, &job, record)
}

/// Goes on with a run's record. The runner finds the checkpoints in the run's folder by itself.
pub(crate) fn go_on(shared: &Shared<'_>, job: &Job, notes: &[String]) -> Result<Run> {
    let mut record = Runs::at(&shared.runs).reopen(&job.run)?;
    for text in notes {
        record.append(&Event::Note { text: text.clone() })?;
    }
    Ok(carry_out(shared, job, record)?.0)
}

fn carry_out(shared: &Shared<'_>, job: &Job, mut record: RunWriter) -> Result<(Run, End)> {
    let mut watch = Watch::new(&shared.progress, job.network.as_deref().unwrap_or("machine"));
    let end = run::run(shared.runner, job, &mut record, |event| {
        if !matches!(event, Event::Started { .. }) {
            watch.see(event);
        }
    })?;
    drop(watch);
    let run = Run::open(record.dir())?;
    drop(record);
    if end == End::Finished {
        results::rescore::keep(&run)?;
    }
    Ok((run, end))
}
