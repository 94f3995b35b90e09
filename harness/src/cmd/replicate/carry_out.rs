//! The evaluations of one `replicate`, decided and then carried out: begun, or gone on with.
//!
//! Must not compare or report.

use std::path::Path;

use anyhow::{Context as _, Result};
use results::store::Run;

use crate::cli::Replicate;
use crate::execute::{self, Shared};
use crate::hardware::Hardware;
use crate::plan::{Evaluation, Planned, Source};
use crate::prepare::Prepared;
use crate::project::PaperFolder;
use crate::publish::Pictures;
use crate::resume::{self, Earlier};
use crate::work::{self, Work};
use crate::{import, interrupt};

/// One evaluation, decided.
pub(super) struct Decided<'a> {
    paper: &'a PaperFolder,
    plan: Evaluation,
    work: Work,
    earlier: Earlier,
}

/// Before anything is fetched or built: is there anything to go on with?
///
/// # Errors
///
/// There is not.
pub(super) fn check(asked: &Replicate, planned: &[Planned<'_>], folder: &Path) -> Result<()> {
    if !asked.resume {
        return Ok(());
    }
    let mut ids = Vec::new();
    for paper in planned {
        for plan in paper.evaluations.iter().filter(|plan| plan.needs_runner()) {
            let subject = (plan.subject.as_str(), plan.training().is_some());
            if !resume::stopped(folder, &paper.paper.spec.id, subject)?.is_empty() {
                return Ok(());
            }
            ids.push((paper.paper.spec.id.as_str(), subject.0, subject.1));
        }
    }
    if ids.is_empty() {
        anyhow::bail!("--resume is for what takes time, and nothing of `{}` runs here", asked.target);
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
        for plan in paper.evaluations.iter().filter(|plan| plan.runs()) {
            let work = work::of(paper.paper, plan, asked, hardware, prepared)?;
            let earlier =
                if plan.needs_runner() { earlier(shared, paper.paper, &work, asked)? } else { Earlier::Nothing };
            decided.push(Decided { paper: paper.paper, plan: plan.clone(), work, earlier });
        }
    }
    if asked.resume && !decided.iter().any(|one| matches!(one.earlier, Earlier::Stopped(_))) {
        let run = decided.iter().filter(|one| one.plan.needs_runner());
        let wanted: Vec<_> =
            run.map(|one| (one.paper(), one.plan.subject.as_str(), one.plan.training().is_some())).collect();
        return Err(resume::nothing(&shared.runs, &wanted, &asked.target));
    }
    Ok(decided)
}

fn earlier(shared: &Shared<'_>, paper: &PaperFolder, work: &Work, asked: &Replicate) -> Result<Earlier> {
    match resume::find(shared, paper, work) {
        found if asked.resume => found,
        Ok(Earlier::Stopped(job)) => {
            let run = &job.run;
            shared.progress.line(&format!("{run} was stopped: the same command with --resume goes on with it"));
            Ok(Earlier::Nothing)
        }
        _ => Ok(Earlier::Nothing),
    }
}

impl Decided<'_> {
    /// The paper's id.
    pub(super) fn paper(&self) -> &str {
        &self.paper.spec.id
    }

    /// Whether pictures go through released weights.
    pub(super) fn predicts(&self) -> bool {
        self.plan.predicts()
    }

    /// Runs it, goes on with it, takes the run that is done, or takes over what somebody else predicted; nothing after
    /// somebody stopped this command.
    pub(super) fn carry_out(
        &self,
        shared: &Shared<'_>,
        prepared: &Prepared,
        pictures: &mut Pictures,
    ) -> Result<Vec<Run>> {
        if interrupt::asked() {
            return Ok(Vec::new());
        }
        if let Source::Imported(imported) = &self.plan.model {
            let given = prepared.given(&imported.id).context("stored predictions were not fetched")?;
            return import::carry_out(shared, self.paper, imported, &self.work, given).map(|run| vec![run]);
        }
        let runs = match &self.earlier {
            Earlier::Nothing => execute::execute(shared, Some(self.paper), &self.work)?,
            Earlier::Done(run) => {
                shared.progress.line(&format!("{} is done already", run.id()));
                vec![run.as_ref().clone()]
            }
            Earlier::Stopped(job) => {
                let begun = Run::open(&job.out).context("the stopped run cannot be read again")?;
                let notes = resume::notes(shared, &begun);
                for note in &notes {
                    shared.progress.warn(&format!("{}: {note}", job.run));
                }
                shared.progress.line(&format!("going on with {}", job.run));
                execute::go_on(shared, Some(self.paper), &self.work, job, &notes)?
            }
        };
        pictures.remember(&runs, &self.plan, prepared);
        Ok(runs)
    }
}
