//! Fetches what the plans name, and says in the plan what could not be had.
//!
//! Must not build or run anything.

use std::path::Path;

use anyhow::{Context as _, Result};
use spec::job::{ExperimentData, JobWeights};
use spec::lock::{Entry, Layout};
use spec::paper::Weights;
use spec::record::DataIdentity;
use store::{Fetched, Labelled, Progress, Store, UserImages};

use super::{Data, ExperimentSets, Things, list};
use crate::canary;
use crate::cli::Replicate;
use crate::cmd::Planned;
use crate::plan::{Choice, ExperimentPlan, NetworkPlan};
use crate::project::{PaperFolder, Project};

/// Fetches everything. What was not asked for by name and cannot be had becomes a reason in the plan.
pub(super) fn all(
    project: &Project,
    store: &Store,
    progress: &Progress,
    asked: &Replicate,
    planned: &mut [Planned<'_>],
    own: Option<UserImages>,
    lists: &Path,
) -> Result<Things> {
    let mut things = Things { own: own.map(|own| own_data(own, lists)).transpose()?, ..Things::default() };
    let predicts = planned.iter().any(|paper| paper.networks.iter().any(|network| network.runs));
    if let Some(entry) = project.lock.entry(canary::ENTRY).filter(|_| predicts) {
        match store.ensure(entry) {
            Ok(fetched) => things.pictures = canary::pictures(&project.lock, &fetched.dir),
            Err(error) if is_absence(&error) => progress.line(&format!("no canary before the runs: {error}")),
            Err(error) => return Err(error.into()),
        }
    }
    for paper in planned {
        for network in paper.networks.iter_mut().filter(|network| network.runs) {
            fetch_network(project, store, asked, paper.paper, network, lists, &mut things)?;
        }
        for plan in paper.experiments.iter_mut().filter(|plan| plan.runs()) {
            match fetch_experiment(project, store, paper.paper, plan, lists, &mut things) {
                Ok(sets) => {
                    things.experiments.insert(plan.experiment.id.clone(), sets);
                }
                Err(error) if !plan.part.by_name && error.downcast_ref::<store::Error>().is_some_and(is_absence) => {
                    plan.not_run = Some(format!("what it needs could not be fetched: {error}"));
                }
                Err(error) => return Err(error),
            }
        }
    }
    Ok(things)
}

fn fetch_network(
    project: &Project,
    store: &Store,
    asked: &Replicate,
    paper: &PaperFolder,
    network: &mut NetworkPlan,
    lists: &Path,
    things: &mut Things,
) -> Result<()> {
    if let Ok(chosen) = &network.weights {
        let entry = entry(project, &chosen.lock)?;
        match store.ensure(entry) {
            Ok(fetched) => {
                things.weights.insert(chosen.id.clone(), job_weights(paper, chosen, &fetched));
            }
            Err(error)
                if asked.weights.is_none() && asked.on.is_none() && things.own.is_none() && is_absence(&error) =>
            {
                network.weights = Err(format!("the weights could not be fetched: {error}"));
            }
            Err(error) => return Err(error.into()),
        }
    }
    let Ok(Choice::Entry { id, images }) = &network.data else { return Ok(()) };
    if network.weights.is_err() || things.data.contains_key(id) {
        return Ok(());
    }
    let entry = entry(project, id)?;
    match store.ensure(entry) {
        Ok(fetched) => {
            let labelled = store::labelled(&fetched, images)?;
            things.data.insert(id.clone(), entry_data(entry, &fetched, labelled, lists)?);
        }
        Err(error) if asked.on.is_none() && is_absence(&error) => {
            network.data = Err(format!("the data could not be fetched: {error}"));
        }
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

fn fetch_experiment(
    project: &Project,
    store: &Store,
    paper: &PaperFolder,
    plan: &ExperimentPlan,
    lists: &Path,
    things: &mut Things,
) -> Result<ExperimentSets> {
    for chosen in &plan.weights {
        let fetched = store.ensure(entry(project, &chosen.lock)?)?;
        things.weights.insert(chosen.id.clone(), job_weights(paper, chosen, &fetched));
    }
    let mut ready = ExperimentSets::default();
    for id in &plan.experiment.data {
        let entry = entry(project, id)?;
        let fetched = store.ensure(entry)?;
        let in_files = entry.images.as_ref().filter(|images| images.layout != Layout::Packed);
        let labelled = in_files.map(|images| store::labelled(&fetched, images)).transpose()?;
        let count = labelled.as_ref().map(Vec::len).map(|count| count as u64);
        let count = count.or(entry.images.as_ref().map(|images| images.count)).unwrap_or(0);
        ready.identity.get_or_insert_with(|| identity(entry, &fetched, count));
        ready.sets.push(ExperimentData {
            id: id.clone(),
            list: labelled.map(|images| list::write(&images, &fetched.root, lists)).transpose()?,
            folder: fetched.dir,
            root: fetched.root,
        });
    }
    Ok(ready)
}

/// Whether the thing is not to be had, as against wrong or unwritable.
fn is_absence(error: &store::Error) -> bool {
    use store::Error as E;
    matches!(
        error,
        E::Network { .. }
            | E::Refused { .. }
            | E::ClientMissing { .. }
            | E::Client { .. }
            | E::ByHand { .. }
            | E::Unobtainable { .. }
            | E::NoSource { .. }
    )
}

fn entry<'a>(project: &'a Project, id: &str) -> Result<&'a Entry> {
    project.lock.entry(id).with_context(|| format!("`{id}` is not in datasets.lock"))
}

fn job_weights(paper: &PaperFolder, chosen: &Weights, fetched: &Fetched) -> JobWeights {
    JobWeights {
        id: chosen.id.clone(),
        format: chosen.format,
        path: fetched.dir.join(&chosen.file),
        names: paper.folder.join(&chosen.names),
        input: chosen.input.clone(),
        hash: fetched.root.clone(),
    }
}

fn entry_data(entry: &Entry, fetched: &Fetched, images: Vec<Labelled>, lists: &Path) -> Result<Data> {
    let identity = identity(entry, fetched, images.len() as u64);
    Ok(Data { list: list::write(&images, &identity.root, lists)?, identity, images })
}

fn identity(entry: &Entry, fetched: &Fetched, images: u64) -> DataIdentity {
    let described = entry.images.as_ref().filter(|images| images.layout != Layout::Packed);
    DataIdentity {
        id: entry.id.clone(),
        images,
        root: fetched.root.clone(),
        part_of: described.and_then(|images| images.part_of.clone()),
        already_resized: described.and_then(|images| images.already_resized.clone()),
        redistributable: entry.licence.redistributable,
    }
}

fn own_data(own: UserImages, lists: &Path) -> Result<Data> {
    let identity = DataIdentity {
        id: format!("images:{}", own.name),
        images: own.items.len() as u64,
        root: own.root,
        part_of: None,
        already_resized: None,
        // The user's own pictures, on a page that is the user's to publish or not.
        redistributable: true,
    };
    Ok(Data { list: list::write(&own.items, &identity.root, lists)?, identity, images: own.items })
}
