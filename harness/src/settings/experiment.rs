//! From an experiment's plan to its job's settings and its one stage.
//!
//! Must not choose what the recipe leaves open: the spec and the plan have.

use anyhow::{Context as _, Result};
use spec::job::{ExperimentStage, MemoryFormat, Precision, Settings, Stage};

use crate::cli::Replicate;
use crate::execute::Work;
use crate::hardware::Hardware;
use crate::plan::ExperimentPlan;
use crate::prepare::Prepared;
use crate::project::PaperFolder;

/// What an experiment's run is to do.
pub(crate) fn work(
    paper: &PaperFolder,
    plan: &ExperimentPlan,
    asked: &Replicate,
    hardware: &Hardware,
    prepared: &Prepared,
) -> Result<Work> {
    let id = &plan.experiment.id;
    let data = prepared.of_experiment(id).with_context(|| format!("the data of `{id}` were not prepared"))?;
    let weights = plan.weights.iter().map(|weights| {
        prepared
            .weights(&weights.id)
            .cloned()
            .with_context(|| format!("the weights `{}` were not prepared", weights.id))
    });
    let stage = ExperimentStage {
        id: id.clone(),
        dose: plan.dose.clone(),
        of_steps: plan.experiment.train.steps,
        budget: plan.budget,
        data: data.sets.clone(),
        weights: weights.collect::<Result<_>>()?,
        conditions: paper.spec.conditions.clone(),
        protocol: plan.protocol.clone(),
        made: paper.spec.made.clone(),
    };
    Ok(Work {
        network: Some(id.clone()),
        settings: settings(plan, asked, hardware)?,
        weights: None,
        data: data.identity.clone(),
        stages: vec![Stage::Experiment(Box::new(stage))],
    })
}

/// Plain single precision unless TF32 was asked for, and networks as they are written: gradients need every layer.
pub(crate) fn settings(plan: &ExperimentPlan, asked: &Replicate, hardware: &Hardware) -> Result<Settings> {
    // A dose that names no batch leaves it to the experiment.
    let batch = plan.dose.settings.get("batch").map_or(1, |batch| *batch as usize);
    Ok(Settings {
        precision: asked.precision.unwrap_or(Precision::Fp32),
        memory_format: MemoryFormat::Contiguous,
        batch: batch.max(1),
        fold_batch_norm: false,
        fuse: false,
        ..super::settings(asked, hardware)?
    })
}
