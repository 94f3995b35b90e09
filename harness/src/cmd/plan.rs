//! `harness plan`: what `replicate` would do here, without doing it.

use anyhow::Result;
use serde_json::json;

use super::replicate;
use crate::cli::{Places, Replicate, Tier};
use crate::hardware::Hardware;
use crate::plan::{Choice, NetworkPlan};
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
                json!({"paper": paper.paper.spec.id, "networks": networks})
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
    for paper in &planned {
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
    Ok(0)
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
