//! From a plan to a run: settings, stages, what the header says.
//!
//! Must not decide what is compared with what.

mod settings;
mod stages;

use anyhow::Result;
use spec::job::{FORMAT, Job, JobMember, JobWeights, Settings, Stage};
use spec::record::{DataIdentity, Training as TrainingHeader};

use crate::cli::Replicate;
use crate::hardware::Hardware;
use crate::plan::{Evaluation, Source};
use crate::prepare::Prepared;
use crate::project::PaperFolder;

pub(crate) use settings::{of_plan, settings};

/// One run, decided.
pub(crate) struct Work {
    /// The network or the experiment, or None for the machine's peaks.
    pub(crate) subject: Option<String>,
    pub(crate) settings: Settings,
    pub(crate) weights: Option<JobWeights>,
    /// Of an ensemble, in place of the weights.
    pub(crate) members: Vec<JobMember>,
    pub(crate) data: Vec<DataIdentity>,
    pub(crate) training: Option<TrainingHeader>,
    pub(crate) stages: Vec<Stage>,
}

impl Work {
    /// Whether it trains: then the batch is a part of the recipe, and what was stopped can be gone on with.
    pub(crate) fn trains(&self) -> bool {
        self.training.is_some()
    }

    /// The job as it is made for a run of that id.
    pub(crate) fn job(&self, paper: Option<&PaperFolder>, run: &str, out: std::path::PathBuf) -> Job {
        Job {
            format: FORMAT,
            run: run.to_owned(),
            paper: paper.map_or_else(|| "machine".to_owned(), |paper| paper.spec.id.clone()),
            network: self.subject.clone(),
            settings: self.settings.clone(),
            weights: self.weights.clone(),
            members: self.members.clone(),
            stages: self.stages.clone(),
            out,
        }
    }
}

/// What one evaluation's run is to do.
pub(crate) fn of(
    paper: &PaperFolder,
    plan: &Evaluation,
    asked: &Replicate,
    hardware: &Hardware,
    prepared: &Prepared,
) -> Result<Work> {
    let settings = of_plan(&paper.spec, plan, asked, hardware)?;
    let data = plan.data.iter().filter_map(|choice| prepared.data(choice)).map(|data| data.identity.clone());
    let mut work = Work {
        subject: Some(plan.subject.clone()),
        settings,
        weights: None,
        members: Vec::new(),
        data: data.collect(),
        training: None,
        stages: Vec::new(),
    };
    match &plan.model {
        Source::Released => stages::released(paper, plan, asked, prepared, &mut work)?,
        Source::Trained(training) => stages::trained(paper, plan, training, (prepared, asked), &mut work)?,
        // Nothing runs: the harness makes the record itself.
        Source::Imported(imported) => {
            work.data = prepared.given(&imported.id).map(|given| given.identity.clone()).into_iter().collect();
        }
    }
    Ok(work)
}
