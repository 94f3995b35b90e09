//! `harness plan`: what `replicate` would do here, without doing it.

use anyhow::Result;
use serde_json::json;
use spec::experiment::Dose;

use super::replicate;
use crate::cli::{Places, Replicate, Tier};
use crate::hardware::Hardware;
use crate::plan::{Choice, ExperimentPlan, NetworkPlan};
use crate::project::Project;
use crate::screen::say;
use crate::{own, screen, settings};

pub(crate) fn run(asked: &Replicate, places: &Places) -> Result<u8> {
    let project = Project::open()?;
    let store = places.store(&places.progress())?;
    let hardware = Hardware::find(&project, &places.store_home()?, asked)?;
    if let Some(folder) = &asked.images {
        own::read(folder)?;
    }
    let planned = replicate::plan_all(&project, asked, places, &store, &hardware)?;
    let settings = settings::settings(asked, &hardware)?;
    if asked.json {
        let papers: Vec<_> = planned
            .iter()
            .map(|paper| {
                let networks: Vec<_> = paper.networks.iter().map(object).collect();
                let experiments: Vec<_> = paper.experiments.iter().map(experiment).collect();
                json!({"paper": paper.paper.spec.id, "networks": networks, "experiments": experiments})
            })
            .collect();
        screen::json(&json!({"profile": hardware.profile.id, "settings": settings, "papers": papers}))?;
        return Ok(0);
    }
    say!(
        "machine: {} (profile {})\nsettings: {} {}, {} threads, {}, seed {}\n",
        hardware.profile.title,
        hardware.profile.id,
        settings.device,
        settings.precision,
        settings.threads,
        settings.memory_format,
        settings.seed
    );
    for paper in planned.iter().filter(|paper| !paper.networks.is_empty()) {
        screen::table(
            &["network", "counts", "weights", "data", "protocol", "batch", "speed"],
            paper.networks.iter().map(|network| {
                let batch = settings::batch(&network.network.id, &settings, asked, &hardware);
                vec![
                    network.network.id.clone(),
                    "yes".to_owned(),
                    network.weights.as_ref().map_or_else(|why| format!("no: {why}"), |w| w.id.clone()),
                    data(network),
                    network.protocol.as_ref().map(|protocol| protocol.id.clone()).unwrap_or_default(),
                    batch.map_or_else(|_| String::new(), |batch| batch.to_string()),
                    speed(network, asked).to_owned(),
                ]
            }),
        );
    }
    for paper in planned.iter().filter(|paper| !paper.experiments.is_empty()) {
        say!("\n{}: experiments", paper.paper.spec.title);
        screen::table(
            &["experiment", "runs", "tier", "networks", "training", "data", "settings"],
            paper.experiments.iter().map(|plan| {
                let runs = plan.not_run.as_ref().map_or_else(|| "yes".to_owned(), |why| format!("no: {why}"));
                let reads = plan.experiment.data.iter().chain(plan.weights.iter().map(|weights| &weights.id));
                vec![
                    plan.experiment.id.clone(),
                    runs,
                    tier(plan).to_owned(),
                    plan.dose.networks.join(" "),
                    training(plan),
                    reads.cloned().collect::<Vec<_>>().join(" "),
                    recipe(plan, asked, &hardware),
                ]
            }),
        );
        let conditions = &paper.paper.spec.conditions;
        if !conditions.is_empty() {
            let ids: Vec<_> = conditions.iter().map(|condition| condition.id.as_str()).collect();
            say!("tested under: {}", ids.join(", "));
        }
    }
    Ok(0)
}

fn tier(plan: &ExperimentPlan) -> &'static str {
    if plan.tier == Tier::Train { "train" } else { "smoke" }
}

/// How much training, and how much of the recipe that is.
fn training(plan: &ExperimentPlan) -> String {
    let budget = plan.budget.map(|seconds| format!("; at most {:.1} min", seconds / 60.0)).unwrap_or_default();
    format!("{}{budget}", super::show::dose(&Dose { networks: Vec::new(), ..plan.dose.clone() }))
}

/// Arithmetic and what the tier leaves open.
fn recipe(plan: &ExperimentPlan, asked: &Replicate, hardware: &Hardware) -> String {
    let Ok(settings) = settings::experiment::settings(plan, asked, hardware) else { return String::new() };
    let own = plan.dose.settings.iter().map(|(name, value)| format!(", {name} {value}"));
    format!("{} {}{}", settings.device, settings.precision, own.collect::<String>())
}

fn experiment(plan: &ExperimentPlan) -> serde_json::Value {
    json!({
        "experiment": plan.experiment.id,
        "title": plan.experiment.title,
        "tier": tier(plan),
        "dose": plan.dose,
        "of_steps": plan.experiment.train.steps,
        "budget": plan.budget,
        "data": plan.experiment.data,
        "weights": plan.weights.iter().map(|weights| &weights.id).collect::<Vec<_>>(),
        "protocol": plan.protocol.as_ref().map(|protocol| &protocol.id),
        "not_run": plan.not_run,
    })
}

fn data(network: &NetworkPlan) -> String {
    match &network.data {
        Ok(Choice::Entry { id, images }) => format!("{id} ({} images)", images.count),
        Ok(Choice::Own(folder)) => folder.display().to_string(),
        Err(why) => format!("no: {why}"),
    }
}

fn speed(network: &NetworkPlan, asked: &Replicate) -> &'static str {
    match (asked.tier, network.weights.is_ok()) {
        (Some(Tier::Instant), _) => "no: tier instant",
        (_, true) => "yes",
        (_, false) => "yes, with random weights",
    }
}

fn object(network: &NetworkPlan) -> serde_json::Value {
    json!({
        "network": network.network.id,
        "weights": network.weights.as_ref().ok().map(|weights| &weights.id),
        "data": network.data.is_ok().then(|| data(network)),
        "protocol": network.protocol.as_ref().map(|protocol| &protocol.id),
        "not_run": network.no_accuracy(),
    })
}
