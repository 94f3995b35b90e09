//! The stages of a run, in order.
//!
//! Must not choose what a recipe leaves open: the spec and the plan have.

use anyhow::{Context as _, Result, bail};
use base::hash::sha256;
use spec::claim::Claim;
use spec::job::{ExperimentData, ExperimentStage, JobMember, Stage, TIMED_BATCHES, WARM_UP_BATCHES, WARM_UP_SECONDS};
use spec::metric::Metric;
use spec::record::Training as TrainingHeader;

use super::Work;
use crate::canary;
use crate::cli::{Replicate, Speed};
use crate::plan::{Evaluation, Training};
use crate::prepare::Prepared;
use crate::project::PaperFolder;

/// So many images tell how fast the input pipeline is on its own.
const PIPELINE_IMAGES: usize = 256;

/// Canary, predictions and timings with released weights.
pub(super) fn released(
    paper: &PaperFolder,
    plan: &Evaluation,
    asked: &Replicate,
    prepared: &Prepared,
    work: &mut Work,
) -> Result<()> {
    let network = paper.spec.networks.iter().find(|network| network.id == plan.subject);
    let ensemble = network.is_some_and(|network| !network.members.is_empty());
    let weights = plan.weights.first().filter(|_| !ensemble);
    work.weights = weights.and_then(|weights| prepared.weights(&weights.id)).cloned();
    if ensemble {
        let member = |weights: &spec::paper::Weights| {
            let prepared = prepared.weights(&weights.id)?.clone();
            Some(JobMember { network: weights.network.clone(), weights: prepared })
        };
        work.members = plan.weights.iter().filter_map(member).collect();
    }
    let can_answer = work.weights.is_some() || !work.members.is_empty();
    // The canary's answers are among ImageNet's classes.
    let classes = replications::classes::classes().len();
    let knows = network.is_some_and(|network| network.classes as usize == classes);
    if let Some(weights) = weights.filter(|_| work.weights.is_some() && knows) {
        work.stages.extend(canary::stage(&prepared.pictures, weights, work.settings.precision));
    }
    let data = plan.data.first().and_then(|choice| prepared.data(choice));
    let list = data.and_then(|data| Some((data, data.list.clone()?)));
    match (list, plan.protocols.first()) {
        (Some((data, list)), Some(first)) if can_answer => {
            for protocol in &plan.protocols {
                let identity = data.identity.clone();
                work.stages.push(Stage::Predict {
                    data: identity.id,
                    list: list.clone(),
                    protocol: protocol.clone(),
                    root: identity.root,
                    part_of: identity.part_of,
                    already_resized: identity.already_resized,
                    checkpoint_seconds: None,
                });
            }
            let protocol = first.clone();
            if asked.speed != Speed::Never {
                work.stages.push(Stage::InputPipeline { list, protocol, limit: PIPELINE_IMAGES });
            }
        }
        _ => work.data.clear(),
    }
    // An ensemble's speed is that of its networks, one after the other.
    if asked.speed != Speed::Never && !ensemble {
        work.stages.push(Stage::Throughput {
            batches: TIMED_BATCHES,
            warm_up_seconds: WARM_UP_SECONDS,
            warm_up_batches: WARM_UP_BATCHES,
            unless_timed: asked.speed == Speed::Auto,
        });
    }
    if work.stages.is_empty() {
        bail!("there is nothing to run for {}: no weights, no data, and --speed never", paper.spec.id);
    }
    Ok(())
}

/// The one stage of an experiment.
pub(super) fn trained(
    paper: &PaperFolder,
    plan: &Evaluation,
    training: &Training,
    (prepared, asked): (&Prepared, &Replicate),
    work: &mut Work,
) -> Result<()> {
    let id = &training.experiment.id;
    let weights = plan.weights.iter().map(|weights| {
        let found = prepared.weights(&weights.id).cloned();
        found.with_context(|| format!("the weights `{}` were not prepared", weights.id))
    });
    let data = plan.data.iter().map(|choice| {
        let data = prepared.data(choice).with_context(|| format!("the data of `{id}` were not prepared"))?;
        Ok(ExperimentData {
            id: data.identity.id.clone(),
            folder: data.folder.clone(),
            list: data.list.clone(),
            root: data.identity.root.clone(),
            part_of: data.identity.part_of.clone(),
            already_resized: data.identity.already_resized.clone(),
            tested: data.tested.clone(),
        })
    });
    let recipe = training.size.recipe(&paper.spec.training);
    let stage = ExperimentStage {
        id: id.clone(),
        size: training.size.clone(),
        recipe: recipe.clone(),
        of_steps: training.experiment.train.steps,
        budget: training.budget,
        data: data.collect::<Result<_>>()?,
        weights: weights.collect::<Result<_>>()?,
        conditions: paper.spec.conditions.clone(),
        protocol: plan.protocols.first().cloned(),
        generated: paper.spec.generated.clone(),
        parts: asked.parts.as_ref().filter(|_| training.experiment.parts).map(std::path::absolute).transpose()?,
        cache: Some(std::path::absolute(&prepared.cache)?),
        training_errors: training_errors(paper, training),
        checkpoint_seconds: None,
    };
    work.training = Some(TrainingHeader {
        experiment: id.clone(),
        networks: training.size.networks.clone(),
        steps: training.size.steps,
        of_steps: stage.of_steps,
        complete: training.size.complete,
        what: training.size.what.clone(),
        budget: training.budget,
        recipe_sha256: sha256(recipe.to_string().as_bytes()),
    });
    work.stages = vec![Stage::Experiment(Box::new(stage))];
    Ok(())
}

/// The networks whose errors on their training set a claim is about.
fn training_errors(paper: &PaperFolder, training: &Training) -> Vec<String> {
    let is_claimed = |network: &&String| {
        let about = |claim: &&Claim| claim.metric == Metric::TRAINING_ERROR && claim.network == **network;
        paper.spec.claims.iter().any(|claim| about(&claim))
    };
    training.size.networks.iter().filter(is_claimed).cloned().collect()
}
