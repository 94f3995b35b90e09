//! The experiments of one `replicate`: begun, or gone on with.
//!
//! Must not compare or report.

use anyhow::{Context as _, Result};
use results::store::Run;

use super::Planned;
use crate::cli::Replicate;
use crate::execute::{self, Shared, Work};
use crate::hardware::Hardware;
use crate::interrupt;
use crate::prepare::Prepared;
use crate::project::PaperFolder;
use crate::resume::{self, Earlier};
use crate::settings;

/// One experiment, decided.
pub(super) struct Decided<'a> {
    paper: &'a PaperFolder,
    work: Work,
    earlier: Earlier,
}

/// Before anything is fetched or built: is there anything to go on with?
///
/// # Errors
///
/// There is not.
pub(super) fn check(asked: &Replicate, planned: &[Planned<'_>], folder: &std::path::Path) -> Result<()> {
    if !asked.resume {
        return Ok(());
    }
    let mut ids = Vec::new();
    for paper in planned {
        for plan in paper.experiments.iter().filter(|plan| plan.runs()) {
            if !resume::stopped(folder, &paper.paper.spec.id, &plan.experiment.id)?.is_empty() {
                return Ok(());
            }
            ids.push(plan.experiment.id.as_str());
        }
    }
    if ids.is_empty() {
        anyhow::bail!("--resume is for experiments, and `{}` runs none here", asked.target);
    }
    Err(resume::nothing(folder, &ids, &asked.target))
}

/// What is to be done, and what earlier runs have done of it.
pub(super) fn decide<'a>(
    shared: &Shared<'_>,
    planned: &[Planned<'a>],
    asked: &Replicate,
    hardware: &Hardware,
    prepared: &Prepared,
) -> Result<Vec<Decided<'a>>> {
    let mut decided = Vec::new();
    for paper in planned {
        for plan in paper.experiments.iter().filter(|plan| plan.runs()) {
            let work = settings::experiment::work(paper.paper, plan, asked, hardware, prepared)?;
            let earlier = match resume::find(shared, paper.paper, &work) {
                found if asked.resume => found?,
                Ok(Earlier::Stopped(job)) => {
                    let run = &job.run;
                    shared.progress.line(&format!("{run} was stopped: the same command with --resume goes on with it"));
                    Earlier::Nothing
                }
                _ => Earlier::Nothing,
            };
            decided.push(Decided { paper: paper.paper, work, earlier });
        }
    }
    if asked.resume && !decided.iter().any(|one| matches!(one.earlier, Earlier::Stopped(_))) {
        let ids: Vec<_> = decided.iter().filter_map(|one| one.work.network.as_deref()).collect();
        return Err(resume::nothing(&shared.runs, &ids, &asked.target));
    }
    Ok(decided)
}

impl Decided<'_> {
    /// The paper's id.
    pub(super) fn paper(&self) -> &str {
        &self.paper.spec.id
    }

    /// Runs it, goes on with it, or takes the run that is done; nothing after somebody stopped this command.
    pub(super) fn carry_out(self, shared: &Shared<'_>) -> Result<Vec<Run>> {
        if interrupt::asked() {
            return Ok(Vec::new());
        }
        match self.earlier {
            Earlier::Nothing => execute::execute(shared, Some(self.paper), &self.work),
            Earlier::Done(run) => {
                shared.progress.line(&format!("{} is done already", run.plan.run));
                Ok(vec![*run])
            }
            Earlier::Stopped(job) => {
                let begun = Run::open(&job.out).context("the stopped run cannot be read again")?;
                let notes = resume::notes(shared, &begun);
                for note in &notes {
                    shared.progress.line(&format!("warning: {}: {note}", job.run));
                }
                shared.progress.line(&format!("going on with {}", job.run));
                Ok(vec![execute::go_on(shared, &job, &notes)?])
            }
        }
    }
}
