//! One network's runs: the job, the record, and a smaller batch after an out-of-memory.
//!
//! Must not choose data, weights or settings: they come decided.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use results::store::{Run, Runs};
use spec::event::{Event, FailureKind};
use spec::job::{FORMAT, Job, JobWeights, Settings, Stage};
use spec::record::{DataIdentity, RunPlan};

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
    /// The network, or None for the machine's peaks.
    pub(crate) network: Option<String>,
    pub(crate) settings: Settings,
    pub(crate) weights: Option<JobWeights>,
    pub(crate) data: Option<DataIdentity>,
    pub(crate) stages: Vec<Stage>,
}

/// Runs it, with the next smaller batch after each out-of-memory; gives every run's record, the last one last.
pub(crate) fn execute(shared: &Shared<'_>, paper: Option<&PaperFolder>, work: &Work) -> Result<Vec<Run>> {
    let mut done: Vec<Run> = Vec::new();
    let first = work.settings.batch;
    let smaller = shared.batches.iter().copied().filter(|&batch| batch < first);
    let mut ladder: Vec<usize> = std::iter::once(first).chain(smaller).collect();
    if ladder.last() != Some(&1) {
        ladder.push(1);
    }
    for batch in ladder {
        let retry_of = done.last().map(|run| run.plan.run.clone());
        let (run, end) = once(shared, paper, work, batch, retry_of)?;
        done.push(run);
        match end {
            End::Failed(FailureKind::OutOfMemory, _) if batch > 1 => {
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
    let what = work.network.as_deref().unwrap_or("machine");
    let id = results::store::new_run_id(what);
    let folder = shared.runs.join(&id);
    let job = Job {
        format: FORMAT,
        run: id.clone(),
        paper: paper.map_or_else(|| "machine".to_owned(), |paper| paper.spec.id.clone()),
        network: work.network.clone(),
        settings: Settings { batch, ..work.settings.clone() },
        weights: work.weights.clone(),
        stages: work.stages.clone(),
        out: std::path::absolute(&folder)?,
    };
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
        job: named_places(&job, &shared.places),
    };
    let mut record = Runs::at(&shared.runs).create(&plan).context("the run's record cannot be written")?;
    let mut watch = Watch::new(&shared.progress, what);
    let end = run::run(shared.runner, &job, &mut record, |event| {
        if !matches!(event, Event::Started { .. }) {
            watch.see(event);
        }
    })?;
    drop(watch);
    let run = Run::open(&folder)?;
    if end == End::Finished {
        results::rescore::keep(&run)?;
    }
    Ok((run, end))
}

/// The job with `$RUNS`, `$STORE` and `$PROJECT` for this machine's folders: a record is to be read, and published,
/// elsewhere.
fn named_places(job: &Job, places: &[(&'static str, PathBuf)]) -> Job {
    let named = |path: &mut PathBuf| {
        let inside =
            places.iter().find_map(|(name, folder)| Some(Path::new(name).join(path.strip_prefix(folder).ok()?)));
        if let Some(inside) = inside {
            *path = inside;
        }
    };
    let mut job = job.clone();
    named(&mut job.out);
    if let Some(weights) = &mut job.weights {
        named(&mut weights.path);
        named(&mut weights.names);
    }
    for stage in &mut job.stages {
        match stage {
            Stage::Canary { pictures, .. } => pictures.iter_mut().for_each(|picture| named(&mut picture.path)),
            Stage::Predict { list, .. } | Stage::InputPipeline { list, .. } => named(list),
            Stage::Throughput { .. } | Stage::Peaks { .. } => {}
        }
    }
    job
}
