//! Going on with experiments that were stopped: which runs can be, and whether a run is still the one that was begun.
//!
//! Must not change a record, and must not start a runner.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use results::store::{Run, Runs, Status};
use serde_json::Value;
use spec::event::FailureKind;
use spec::job::Job;

use crate::differ;
use crate::execute::{Shared, Work};
use crate::naming;
use crate::project::PaperFolder;

/// What an earlier command left of an experiment.
#[derive(Debug)]
pub(crate) enum Earlier {
    /// A run that was stopped, and the job to go on with.
    Stopped(Box<Job>),
    /// The same run, done.
    Done(Box<Run>),
    /// Neither.
    Nothing,
}

/// Whether a run of an experiment was stopped by something that its checkpoints outlive.
pub(crate) fn can_go_on(run: &Run) -> bool {
    use FailureKind as F;
    let stopped = match &run.status {
        Status::Finished => false,
        Status::Incomplete => true,
        Status::Failed { kind, .. } => {
            matches!(kind, F::Killed | F::Interrupted | F::Hung | F::Disk | F::OutOfMemory)
        }
    };
    stopped && run.experiment().is_some()
}

/// The stopped runs of an experiment, the newest first.
pub(crate) fn stopped(folder: &Path, paper: &str, experiment: &str) -> Result<Vec<Run>> {
    let mut runs = of_experiment(folder, paper, experiment)?;
    runs.retain(|run| can_go_on(run) && !run.is_going_on());
    Ok(runs)
}

fn of_experiment(folder: &Path, paper: &str, experiment: &str) -> Result<Vec<Run>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut runs = Runs::at(folder).of_paper(paper)?.runs;
    runs.retain(|run| run.experiment().is_some_and(|stage| stage.id == experiment));
    runs.reverse();
    Ok(runs)
}

/// The newest stopped run that is the work asked for now, or a finished one.
///
/// # Errors
///
/// All stopped runs are of other work; what differs from the newest is told.
pub(crate) fn find(shared: &Shared<'_>, paper: &PaperFolder, work: &Work) -> Result<Earlier> {
    let experiment = work.network.as_deref().unwrap_or_default();
    let mut first_difference = None;
    for run in stopped(&shared.runs, &paper.spec.id, experiment)? {
        let job = naming::expanded(&run.plan.job, &shared.places);
        let differences = differences(shared, paper, work, &run, &job)?;
        if differences.is_empty() {
            return Ok(Earlier::Stopped(Box::new(job)));
        }
        first_difference.get_or_insert((run.plan.run.clone(), differences));
    }
    for run in of_experiment(&shared.runs, &paper.spec.id, experiment)? {
        let job = naming::expanded(&run.plan.job, &shared.places);
        if run.is_finished() && differences(shared, paper, work, &run, &job)?.is_empty() {
            return Ok(Earlier::Done(Box::new(run)));
        }
    }
    match first_difference {
        None => Ok(Earlier::Nothing),
        Some((run, differences)) => bail!(
            "{run} cannot be gone on with, since it was begun otherwise: {}; give the options that it was begun with, or leave --resume out to begin anew",
            differences.join(", ")
        ),
    }
}

/// What would not be as it was when the run was begun, in words.
fn differences(
    shared: &Shared<'_>,
    paper: &PaperFolder,
    work: &Work,
    run: &Run,
    recorded: &Job,
) -> Result<Vec<String>> {
    let now = work.job(Some(paper), &recorded.run, recorded.out.clone());
    let leaves = differ::leaves(&flat(recorded)?, &flat(&now)?);
    let mut words: Vec<_> = leaves
        .iter()
        .map(|(what, then, now)| format!("{what} was {}, is now {}", differ::short(then), differ::short(now)))
        .collect();
    if let Some(environment) = &run.environment {
        let version = |text: &str, end: char| text.split(end).next().unwrap_or_default().to_owned();
        let pairs = [
            ("libtorch", version(&environment.libtorch, '+'), libtorch::VERSION),
            ("the runner", version(&environment.project, ' '), env!("CARGO_PKG_VERSION")),
        ];
        let changed = pairs.iter().filter(|(_, then, now)| then != now);
        words.extend(changed.map(|(what, then, now)| format!("{what} was {then}, is now {now}")));
    }
    if shared.profile != run.plan.profile {
        words.push(format!("the hardware profile was {}, is now {}", run.plan.profile, shared.profile));
    }
    Ok(words)
}

/// The job as JSON with its one stage's fields at the top: `dose.steps` is easier to read than a list of stages.
fn flat(job: &Job) -> Result<Value> {
    let mut value = serde_json::to_value(job).context("a job is no JSON")?;
    if let Some(stage) = value.pointer("/stages/0/experiment").cloned()
        && let Some(object) = value.as_object_mut()
    {
        object.remove("stages");
        object.insert("experiment".to_owned(), stage);
    }
    Ok(value)
}

/// What a reader of the record must know where the program is another one than at the start.
pub(crate) fn notes(shared: &Shared<'_>, begun: &Run) -> Vec<String> {
    let changed = begun.plan.commit != shared.commit;
    let note = || {
        format!(
            "gone on with at commit {}, begun at commit {}: it may end otherwise than a run that was never stopped",
            shared.commit, begun.plan.commit
        )
    };
    changed.then(note).into_iter().collect()
}

/// Nothing was stopped: says so, and what to type.
pub(crate) fn nothing(folder: &Path, experiments: &[&str], target: &str) -> anyhow::Error {
    anyhow::anyhow!(
        "there is nothing to resume: no stopped run of {} under {}; `harness replicate {target}` without --resume begins one",
        experiments.join(", "),
        folder.display()
    )
}
