//! The runs of one network or experiment: the job, the record, and a smaller batch after an out-of-memory.
//!
//! Must not choose data, weights or settings: they come decided.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use results::store::{Run, RunWriter, Runs};
use spec::event::{Event, FailureKind};
use spec::job::Job;
use spec::record::{FORMAT, Header};

use crate::naming;
use crate::project::{PaperFolder, Project};
use crate::run::{self, End, Runner};
use crate::watch::Watch;
use crate::work::Work;

/// What every run of one invocation shares.
pub(crate) struct Shared<'a> {
    pub(crate) project: &'a Project,
    /// None where no evaluation needs one.
    pub(crate) runner: Option<&'a Runner>,
    pub(crate) runs: PathBuf,
    /// Folders by the names that records have for them, the longest first.
    pub(crate) places: Vec<(&'static str, PathBuf)>,
    pub(crate) commit: String,
    pub(crate) profile: String,
    /// Batch sizes to try, the first first.
    pub(crate) batches: Vec<usize>,
    pub(crate) progress: store::Progress,
}

/// Runs it, with the next smaller batch after each out-of-memory where the batch is free; gives every run's record, the
/// last one last.
pub(crate) fn execute(shared: &Shared<'_>, paper: Option<&PaperFolder>, work: &Work) -> Result<Vec<Run>> {
    let mut done = Vec::new();
    let (run, end) = once(shared, paper, work, work.settings.batch, None)?;
    done.push(run);
    with_less_memory(shared, paper, work, end, &mut done)?;
    Ok(done)
}

/// Goes on with a run's record, and with smaller batches where that runs out of memory. The runner finds the checkpoints in
/// the run's folder by itself.
pub(crate) fn go_on(
    shared: &Shared<'_>,
    paper: Option<&PaperFolder>,
    work: &Work,
    job: &Job,
    notes: &[String],
) -> Result<Vec<Run>> {
    let mut record = Runs::at(&shared.runs).reopen(&job.run)?;
    record.append(&Event::Attempt { time: jiff::Timestamp::now().to_string() })?;
    for text in notes {
        record.append(&Event::Note { text: text.clone() })?;
    }
    let (run, end) = carry_out(shared, job, record)?;
    let mut done = vec![run];
    with_less_memory(shared, paper, work, end, &mut done)?;
    Ok(done)
}

/// After an out-of-memory: the next smaller batch, again and again, down to one. Where something is trained the batch is a
/// part of the recipe and stays.
fn with_less_memory(
    shared: &Shared<'_>,
    paper: Option<&PaperFolder>,
    work: &Work,
    mut end: End,
    done: &mut Vec<Run>,
) -> Result<()> {
    while let (false, End::Failed(FailureKind::OutOfMemory, _), Some(last)) = (work.trains(), &end, done.last()) {
        let batch = last.header.settings.batch;
        if batch <= 1 {
            break;
        }
        shared.progress.line(&format!("batch {batch} does not fit into memory: trying a smaller one"));
        let smaller = shared.batches.iter().copied().filter(|&smaller| smaller < batch).max().unwrap_or(1);
        let retry_of = Some(last.header.run.clone());
        let (run, next) = once(shared, paper, work, smaller, retry_of)?;
        done.push(run);
        end = next;
    }
    Ok(())
}

fn once(
    shared: &Shared<'_>,
    paper: Option<&PaperFolder>,
    work: &Work,
    batch: usize,
    retry_of: Option<String>,
) -> Result<(Run, End)> {
    let id = results::store::new_run_id(work.subject.as_deref().unwrap_or("machine"));
    let mut job = work.job(paper, &id, std::path::absolute(shared.runs.join(&id))?);
    job.settings.batch = batch;
    let named = naming::named(&job, &shared.places);
    let header = Header {
        retry_of,
        settings: job.settings.clone(),
        job: serde_json::to_value(&named)?,
        ..header(shared, paper, work, &id)
    };
    let record = Runs::at(&shared.runs).create(&header).context("the run's record cannot be written")?;
    carry_out(shared, &job, record)
}

/// What is known of a run before it starts; its job is still to be filled in.
pub(crate) fn header(shared: &Shared<'_>, paper: Option<&PaperFolder>, work: &Work, run: &str) -> Header {
    Header {
        format: FORMAT,
        run: run.to_owned(),
        time: jiff::Timestamp::now().to_string(),
        paper: paper.map_or_else(|| "machine".to_owned(), |paper| paper.spec.id.clone()),
        subject: work.subject.clone(),
        commit: shared.commit.clone(),
        spec_sha256: paper.map(|paper| paper.spec_sha256.clone()).unwrap_or_default(),
        lock_sha256: shared.project.lock_sha256.clone(),
        command: std::iter::once("harness".to_owned()).chain(std::env::args().skip(1)).collect(),
        profile: shared.profile.clone(),
        settings: work.settings.clone(),
        weights: work.weights.as_ref().map(|weights| weights.id.clone()),
        data: work.data.clone(),
        training: work.training.clone(),
        retry_of: None,
        job: serde_json::Value::Null,
    }
}

fn carry_out(shared: &Shared<'_>, job: &Job, mut record: RunWriter) -> Result<(Run, End)> {
    let mut watch = Watch::new(&shared.progress, job.network.as_deref().unwrap_or("machine"));
    let runner = shared.runner.context("a run needs the runner, which was not prepared")?;
    let end = run::run(runner, job, &mut record, |event| {
        if !matches!(event, Event::Started { .. }) {
            watch.see(event);
        }
    })?;
    drop(watch);
    let run = match end {
        End::Finished => close(shared, record)?,
        End::Failed(..) => Run::open(record.dir())?,
    };
    Ok((run, end))
}

/// Keeps the scores of a run that finished, and seals its record. What cannot be written takes nothing from the run.
pub(crate) fn close(shared: &Shared<'_>, mut record: RunWriter) -> Result<Run> {
    let run = Run::open(record.dir())?;
    let closed = results::rescore::keep(&run).and_then(|problems| {
        problems.iter().for_each(|problem| shared.progress.warn(&problem.message));
        record.seal()
    });
    let Err(error) = closed else { return Ok(Run::open(&run.dir)?) };
    shared.progress.warn(&format!("{} could not be sealed (`harness records seal` does it later): {error}", run.id()));
    // Its lock is held to this command's end, which knows that nobody changed it: for all others it wants its seal.
    std::mem::forget(record);
    Ok(run)
}
