//! Going on with runs that were stopped: which can be, and whether a run is still the one that was begun.
//!
//! Must not change a record, and must not start a runner.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use results::store::{Run, Runs, Status, Unreadable, subject_of};
use serde_json::Value;
use spec::event::FailureKind;
use spec::job::Job;

use crate::differ;
use crate::execute::Shared;
use crate::naming;
use crate::project::PaperFolder;
use crate::work::Work;

/// What an earlier command left of an evaluation.
#[derive(Debug)]
pub(crate) enum Earlier {
    /// A run that was stopped, and the job to go on with.
    Stopped(Box<Job>),
    /// The same run, done.
    Done(Box<Run>),
    /// Neither.
    Nothing,
}

/// Whether a run was stopped by something that its checkpoints outlive.
pub(crate) fn can_go_on(run: &Run) -> bool {
    use FailureKind as F;
    match run.attempt {
        // Another run has begun with a smaller batch.
        Some((F::OutOfMemory, _)) if !trains(run) => return false,
        Some((F::Diverged, _)) => return false,
        _ => {}
    }
    let stopped = match &run.status {
        Status::Finished => false,
        Status::Incomplete => true,
        // The same steps end in the same numbers.
        Status::Failed { kind: F::Diverged, .. } => false,
        // A training's batch is a part of its recipe; anything else has begun anew with a smaller one.
        Status::Failed { kind: F::OutOfMemory, .. } => trains(run),
        // Whatever went wrong: where something was kept, it can be gone on from.
        Status::Failed { kind, .. } => {
            matches!(kind, F::Killed | F::Interrupted | F::Hung | F::Disk) || has_checkpoint(run)
        }
    };
    stopped && run.job().is_some() && run.header.subject.is_some()
}

/// Whether something was kept that a later process can go on from.
fn has_checkpoint(run: &Run) -> bool {
    let kept = fs_err::read_dir(run.dir.join("checkpoints")).into_iter().flatten().flatten();
    kept.into_iter().any(|file| file.path().extension().is_some_and(|ending| ending == "safetensors"))
}

/// The stopped runs of a network's released weights or, where something is trained, of an experiment: the newest first.
pub(crate) fn stopped(folder: &Path, paper: &str, subject: (&str, bool)) -> Result<Vec<Run>> {
    let mut runs = of_subject(folder, paper, subject)?;
    runs.retain(|run| can_go_on(run) && !run.is_going_on());
    Ok(runs)
}

fn of_subject(folder: &Path, paper: &str, (subject, training): (&str, bool)) -> Result<Vec<Run>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut runs = Runs::at(folder).of_paper(paper)?.runs;
    runs.retain(|run| run.header.subject.as_deref() == Some(subject) && trains(run) == training);
    runs.reverse();
    Ok(runs)
}

fn trains(run: &Run) -> bool {
    run.header.training.is_some()
}

/// The newest stopped run that is the work asked for now, or a finished one.
///
/// # Errors
///
/// All stopped runs are of other work; what differs from the newest is told.
pub(crate) fn find(shared: &Shared<'_>, paper: &PaperFolder, work: &Work) -> Result<Earlier> {
    let subject = (work.subject.as_deref().unwrap_or_default(), work.trains());
    let mut first_difference = None;
    for run in stopped(&shared.runs, &paper.spec.id, subject)? {
        let Some(job) = run.job() else { continue };
        let job = naming::expanded(&job, &shared.places);
        let differences = differences(shared, paper, work, &run, &job)?;
        if differences.is_empty() {
            return Ok(Earlier::Stopped(Box::new(job)));
        }
        first_difference.get_or_insert((run.header.run.clone(), differences));
    }
    for run in of_subject(&shared.runs, &paper.spec.id, subject)? {
        let Some(job) = run.job() else { continue };
        let job = naming::expanded(&job, &shared.places);
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
    let mut now = work.job(Some(paper), &recorded.run, recorded.out.clone());
    if run.header.retry_of.is_some() {
        // Memory has chosen it, and nobody asked for it.
        now.settings.batch = recorded.settings.batch;
    }
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
    if shared.profile != run.header.profile {
        words.push(format!("the hardware profile was {}, is now {}", run.header.profile, shared.profile));
    }
    Ok(words)
}

/// The job as JSON with its stages by name at the top: `experiment.size.steps` is easier to read than a list of stages.
fn flat(job: &Job) -> Result<Value> {
    let mut value = serde_json::to_value(job).context("a job is no JSON")?;
    let stages = value.as_object_mut().and_then(|job| job.remove("stages"));
    for stage in stages.iter().filter_map(Value::as_array).flatten() {
        let named = stage.as_object().into_iter().flatten();
        for (name, stage) in named {
            let Some(job) = value.as_object_mut() else { continue };
            let again = job.keys().filter(|key| key.starts_with(name)).count();
            let name = if again == 0 { name.clone() } else { format!("{name}-{}", again + 1) };
            job.insert(name, stage.clone());
        }
    }
    Ok(value)
}

/// What a reader of the record must know where the program is another one than at the start.
pub(crate) fn notes(shared: &Shared<'_>, begun: &Run) -> Vec<String> {
    let changed = begun.header.commit != shared.commit;
    let nothing_kept = (!has_checkpoint(begun)).then(|| {
        "no checkpoint is there (none was written yet, or somebody removed it): it begins anew from its first step"
            .to_owned()
    });
    let note = || {
        format!(
            "gone on with at commit {}, begun at commit {}: it may end otherwise than a run that was never stopped",
            shared.commit, begun.header.commit
        )
    };
    changed.then(note).into_iter().chain(nothing_kept).collect()
}

/// What was to be gone on with: the paper, what the record is of, and whether it trains.
pub(crate) type Wanted<'a> = (&'a str, &'a str, bool);

/// Why nothing can be gone on with, and what to do: a run that is still going on, one that cannot be read, or none.
pub(crate) fn nothing(folder: &Path, wanted: &[Wanted<'_>], target: &str) -> anyhow::Error {
    let anew = format!("`harness replicate {target}` without --resume begins one");
    let listing = Runs::at(folder).list().unwrap_or_default();
    let is_one = |one: &Unreadable| {
        // The header may tell of which paper it is; of what, the folder's name does.
        let is_of = |paper: &str| one.paper.as_deref().is_none_or(|own| own == paper);
        wanted.iter().any(|(paper, subject, _)| subject_of(&one.run()) == Some(subject) && is_of(paper))
    };
    for run in &listing.runs {
        let subject = run.header.subject.as_deref().unwrap_or_default();
        if wanted.contains(&(&run.header.paper, subject, trains(run))) && run.is_going_on() {
            let process = run.held_by().map_or_else(String::new, |process| format!(" (process {process})"));
            return anyhow::anyhow!(
                "{} is still going on{process}: wait for its end, or stop it and give --resume again",
                run.id()
            );
        }
    }
    if let Some(damaged) = listing.unreadable.iter().rev().find(|unreadable| is_one(unreadable)) {
        return anyhow::anyhow!(
            "{} is there and cannot be read: {damaged}; put that file back as it was and give --resume again (the checkpoints beside it are untouched), or move the folder away: {anew}",
            damaged.run()
        );
    }
    let subjects: Vec<&str> = wanted.iter().map(|(_, subject, _)| *subject).collect();
    anyhow::anyhow!(
        "there is nothing to resume: no stopped run of {} under {}; {anew}",
        subjects.join(", "),
        folder.display()
    )
}
