//! `harness report`: the pages again, from stored runs.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use results::store::{Run, Runs, Status};

use crate::cli::{Places, Report};
use crate::project::Project;
use crate::publish::{self, Material, Pictures};
use crate::screen::say;
use crate::{canary, facts, hardware};

pub(crate) fn run(asked: &Report, places: &Places) -> Result<u8> {
    let project = Project::open()?;
    let mut papers = Vec::new();
    for word in &asked.papers {
        papers.push(project.paper(word)?);
    }
    let every = papers.is_empty();
    if every {
        papers.extend(&project.papers);
    }
    let mut runs = stored(&places.runs(&project));
    if asked.reference {
        runs.extend(stored(&project.root.join("results/reference")));
    }
    let site = places.pages(&project);
    let home = places.store_home()?;
    let profiles = hardware::profiles(&project, &home)?;
    let pictures =
        Pictures { canary: canary::pictures(&project.lock, &home.entry(canary::ENTRY)), ..Pictures::default() };
    let mut written = 0;
    for paper in papers {
        let of_paper = newest(runs.iter().filter(|run| run.plan.paper == paper.spec.id));
        if of_paper.is_empty() && every {
            continue;
        }
        let facts = facts::of(paper)?;
        let not_run = |claim: &spec::claim::Claim| {
            let built = paper.spec.networks.iter().any(|network| network.id == claim.network);
            let tested =
                of_paper.iter().filter_map(Run::experiment).any(|stage| stage.dose.networks.contains(&claim.network));
            (built && !tested).then(|| format!("no stored run of it; `harness replicate {}` makes one", claim.network))
        };
        let rows = publish::rows(paper, &facts, &of_paper, &profiles, &not_run)?;
        let command = format!("cargo run -p harness -- report {}", paper.spec.id);
        let material =
            Material { paper, facts: &facts, runs: &of_paper, rows: &rows, pictures: &pictures, command: &command };
        let page = publish::publish(&project, &site, &material)?;
        say!("{}", page.display());
        written += 1;
    }
    if written == 0 {
        bail!(
            "there are no stored runs under {}: `harness replicate resnet50` makes some",
            places.runs(&project).display()
        );
    }
    Ok(0)
}

/// The finished runs of a folder; what cannot be read is told and passed over.
fn stored(folder: &std::path::Path) -> Vec<Run> {
    if !folder.is_dir() {
        return Vec::new();
    }
    match Runs::at(folder).list() {
        Ok(listing) => {
            for unreadable in &listing.unreadable {
                eprintln!("warning: {unreadable}");
            }
            listing.runs
        }
        Err(error) => {
            eprintln!("warning: {error}");
            Vec::new()
        }
    }
}

/// The newest finished run of each network, data set, protocol, precision, device and machine; of each experiment also of
/// each dose, budget and seed.
fn newest<'a>(runs: impl Iterator<Item = &'a Run>) -> Vec<Run> {
    let mut newest: BTreeMap<String, &Run> = BTreeMap::new();
    for run in runs.filter(|run| run.status == Status::Finished) {
        let settings = &run.plan.job.settings;
        let protocols: Vec<_> = run.predictions.iter().map(|file| file.protocol.as_str()).collect();
        let key = format!(
            "{:?} {:?} {protocols:?} {} {} {:?} {} {:?}",
            run.plan.network,
            run.plan.data.as_ref().map(|data| &data.id),
            settings.precision,
            settings.device,
            run.plan.job.weights.as_ref().map(|weights| &weights.id),
            run.plan.profile,
            run.experiment().map(|stage| (&stage.dose, stage.budget, settings.seed))
        );
        match newest.get(&key) {
            Some(known) if known.plan.time >= run.plan.time => {}
            _ => {
                newest.insert(key, run);
            }
        }
    }
    newest.into_values().cloned().collect()
}
