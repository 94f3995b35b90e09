//! `harness plan`: what `replicate` would do here, without doing it.

use anyhow::Result;
use serde_json::json;
use spec::experiment::RunSize;
use spec::paper::Paper;

use super::replicate;
use crate::cli::{Places, Replicate, Tier};
use crate::hardware::Hardware;
use crate::plan::{Choice, Evaluation, Source, Training};
use crate::project::Project;
use crate::screen::say;
use crate::{own, screen, work};

pub(crate) fn run(asked: &Replicate, places: &Places) -> Result<u8> {
    let project = Project::open()?;
    let store = places.store(&project, &places.progress())?;
    let hardware = Hardware::find(&project, places.homes(&project)?, asked, &places.progress())?;
    let own = own::read(&project, asked, &places.progress())?;
    let own = own.as_ref().map(own::Own::facts);
    let planned = replicate::plan_all(&project, asked, places, &store, &hardware, own)?;
    let settings = work::settings(asked, &hardware)?;
    if asked.json {
        let papers: Vec<_> = planned
            .iter()
            .map(|paper| {
                let evaluations: Vec<_> = paper.evaluations.iter().map(object).collect();
                json!({"paper": paper.paper.spec.id, "evaluations": evaluations})
            })
            .collect();
        screen::json(&json!({"profile": hardware.profile.id, "settings": settings, "papers": papers}))?;
        return Ok(0);
    }
    say!(
        "machine: {} (profile {})\nsettings: {} {}, {} threads, {}, seed {}",
        hardware.profile.title,
        hardware.profile.id,
        settings.device,
        settings.precision,
        settings.threads,
        settings.memory_format,
        settings.seed
    );
    for paper in &planned {
        say!("\n{}", paper.paper.spec.title);
        screen::table(
            &["of", "model", "runs", "networks", "data", "protocol", "settings"],
            paper.evaluations.iter().map(|plan| {
                vec![
                    plan.subject.clone(),
                    model(plan),
                    runs(plan, asked),
                    plan.networks.join(" "),
                    data(plan),
                    plan.protocols.iter().map(|protocol| protocol.id.as_str()).collect::<Vec<_>>().join(", "),
                    computed(&paper.paper.spec, plan, asked, &hardware),
                ]
            }),
        );
        let conditions = &paper.paper.spec.conditions;
        if !conditions.is_empty() && paper.evaluations.iter().any(|plan| plan.training().is_some()) {
            let ids: Vec<_> = conditions.iter().map(|condition| condition.id.as_str()).collect();
            say!("tested under: {}", ids.join(", "));
        }
    }
    Ok(0)
}

/// How the model comes to be.
fn model(plan: &Evaluation) -> String {
    match &plan.model {
        Source::Released => match plan.weights.first() {
            Some(weights) => format!("released: {}", weights.id),
            None => "released: none that can be had".to_owned(),
        },
        Source::Trained(training) => {
            let begins = plan.weights.first().map(|weights| format!(", from {}", weights.id)).unwrap_or_default();
            format!("trained ({}){begins}: {}", tier(training), size(training))
        }
        Source::Imported(imported) => format!("imported: by {}, {}", imported.by, imported.file),
    }
}

fn runs(plan: &Evaluation, asked: &Replicate) -> String {
    match (&plan.not_run, &plan.no_scores, &plan.model) {
        (Some(why), ..) => format!("no: {why}"),
        (None, Some(why), _) if plan.weights.is_empty() => format!("speed only, with random weights: {why}"),
        (None, Some(why), _) => format!("canary and speed only: {why}"),
        (None, None, Source::Released) if asked.speed == crate::cli::Speed::Never => "yes, without speed".to_owned(),
        (None, None, _) => "yes".to_owned(),
    }
}

fn tier(training: &Training) -> &'static str {
    if training.tier == Tier::Train { "train" } else { "smoke" }
}

/// How much training, and how much of the recipe that is.
fn size(training: &Training) -> String {
    let budget = training.budget.map(|seconds| format!("; at most {:.1} min", seconds / 60.0)).unwrap_or_default();
    format!("{}{budget}", super::show::size(&RunSize { networks: Vec::new(), ..training.size.clone() }))
}

fn data(plan: &Evaluation) -> String {
    let words = plan.data.iter().map(|choice| match choice {
        Choice::Images { id, images } => format!("{id} ({} images)", images.count),
        Choice::Entry(id) => id.clone(),
        Choice::Own(folder) => folder.display().to_string(),
    });
    words.collect::<Vec<_>>().join(", ")
}

/// Arithmetic and batch.
fn computed(paper: &Paper, plan: &Evaluation, asked: &Replicate, hardware: &Hardware) -> String {
    if matches!(plan.model, Source::Imported(_)) {
        return "not computed here".to_owned();
    }
    let Ok(settings) = work::of_plan(paper, plan, asked, hardware) else { return String::new() };
    format!("{} {}, batch {}", settings.device, settings.precision, settings.batch)
}

fn object(plan: &Evaluation) -> serde_json::Value {
    let training = plan.training().map(|training| {
        json!({
            "experiment": training.experiment.id, "title": training.experiment.title, "tier": tier(training),
            "size": training.size, "of_steps": training.experiment.train.steps, "budget": training.budget,
        })
    });
    json!({
        "subject": plan.subject,
        "networks": plan.networks,
        "model": plan.source().to_string(),
        "weights": plan.weights.iter().map(|weights| &weights.id).collect::<Vec<_>>(),
        "data": plan.data.iter().map(|choice| choice.entry().map_or("images", |id| id)).collect::<Vec<_>>(),
        "protocols": plan.protocols.iter().map(|protocol| &protocol.id).collect::<Vec<_>>(),
        "training": training,
        "not_run": plan.not_run,
        "no_scores": plan.no_scores,
    })
}
