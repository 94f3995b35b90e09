//! Fetches what the plans name, and says in the plan what could not be had.
//!
//! Must not build or run anything.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result};
use spec::imported::Imported;
use spec::job::JobWeights;
use spec::lock::Entry;
use spec::paper::Weights;
use spec::record::DataIdentity;
use store::{Fetched, Progress, Store};

use super::{Data, Given, Things, list, own};
use crate::canary;
use crate::cli::Replicate;
use crate::labels;
use crate::own::Own;
use crate::plan::{Choice, Evaluation, Planned, Source};
use crate::project::{PaperFolder, Project};

/// Fetches everything. What was not asked for by name and cannot be had becomes a reason in the plan.
pub(super) fn all(
    project: &Project,
    store: &Store,
    progress: &Progress,
    asked: &Replicate,
    planned: &mut [Planned<'_>],
    own: Option<Own>,
    lists: &Path,
) -> Result<Things> {
    let mut things = Things { own: own.map(|own| own::data(own, lists)).transpose()?, ..Things::default() };
    let predicts = planned.iter().flat_map(|paper| &paper.evaluations).any(Evaluation::predicts);
    if let Some(entry) = project.lock.entry(canary::ENTRY).filter(|_| predicts) {
        match store.ensure(entry) {
            Ok(fetched) => things.pictures = canary::pictures(&project.lock, &fetched.dir),
            Err(error) if is_absence(&error) => progress.warn(&format!("no canary before the runs: {error}")),
            Err(error) => return Err(error.into()),
        }
    }
    for paper in planned {
        for plan in paper.evaluations.iter_mut().filter(|plan| plan.runs()) {
            if let Err(error) = fetch((project, store, progress), paper.paper, plan, lists, &mut things) {
                if !is_absent(&error) || is_demanded(plan, asked) {
                    return Err(error);
                }
                plan.give_up(format!("what it needs could not be fetched: {error}"));
            }
        }
    }
    Ok(things)
}

/// Whether what is missing was asked for in so many words.
fn is_demanded(plan: &Evaluation, asked: &Replicate) -> bool {
    match plan.training() {
        Some(_) => plan.by_name,
        None => plan.predicts() && (asked.weights.is_some() || asked.on.is_some() || asked.images.is_some()),
    }
}

/// Weights first: data without them are of no use.
fn fetch(
    (project, store, progress): (&Project, &Store, &Progress),
    paper: &PaperFolder,
    plan: &mut Evaluation,
    lists: &Path,
    things: &mut Things,
) -> Result<()> {
    if let Source::Imported(imported) = &plan.model {
        let given = given(project, store, progress, imported)?;
        things.given.insert(imported.id.clone(), given);
        return Ok(());
    }
    for chosen in plan.weights.clone() {
        match ensure(store, entry(project, &chosen.lock)?, progress) {
            Ok(fetched) => drop(things.weights.insert(chosen.id.clone(), job_weights(paper, &chosen, &fetched))),
            Err(error) => {
                let why = format!("its weights could not be fetched: {error}");
                if !(is_absent(&error) && plan.leave_out(&chosen, &why)) {
                    return Err(error);
                }
                progress.warn(&format!("{} is left out: {why}", chosen.network));
            }
        }
    }
    if plan.predicts() && plan.weights.is_empty() {
        return Ok(());
    }
    for choice in &plan.data {
        let Some(id) = choice.entry().filter(|id| !things.data.contains_key(*id)) else { continue };
        let entry = entry(project, id)?;
        let fetched = ensure(store, entry, progress)?;
        let images = match choice {
            Choice::Images { images, .. } => store::labelled(&fetched, images)?,
            _ => Vec::new(),
        };
        let in_files = matches!(choice, Choice::Images { .. });
        let described = entry.count().unwrap_or(0);
        let count = if in_files { images.len() as u64 } else { described };
        let mut identity = identity(entry, &fetched, count);
        let mut tested = entry.tested().cloned();
        let list = match (&entry.annotated, &entry.captioned) {
            (Some(annotated), _) => {
                let mut images = store::listed(&fetched, annotated)?;
                let name = match tested.take_if(|_| plan.data.iter().any(|other| other.entry().is_none())) {
                    Some(tested) => own::without_tested(&tested, &mut images, &mut identity),
                    None => fetched.root.clone(),
                };
                Some(list::write_annotated(&images, &name, lists)?)
            }
            (None, Some(captioned)) => {
                Some(list::write_captioned(&store::captioned(&fetched, captioned)?, &fetched.root, lists)?)
            }
            (None, None) => in_files.then(|| list::write(&images, &fetched.root, lists)).transpose()?,
        };
        things.data.insert(id.to_owned(), Data { identity, folder: fetched.dir, images, list, tested });
    }
    Ok(())
}

/// Stored predictions and the labels of their data.
fn given(project: &Project, store: &Store, progress: &Progress, imported: &Imported) -> Result<Given> {
    let predictions = ensure(store, entry(project, &imported.lock)?, progress)?;
    let data = entry(project, &imported.data)?;
    let (references, root) = labels::of_entry(store, &project.lock, data, progress)?;
    let identity = DataIdentity {
        id: data.id.clone(),
        images: references.count.unwrap_or_default(),
        root,
        part_of: data.part_of().cloned(),
        already_resized: data.already_resized().map(str::to_owned),
        redistributable: data.licence.redistributable,
        passed_over: BTreeMap::new(),
        unverified: None,
    };
    Ok(Given { identity, file: predictions.dir.join(&imported.file), references })
}

/// Has an entry, and tells what went wrong on the way to it.
fn ensure(store: &Store, entry: &Entry, progress: &Progress) -> Result<Fetched> {
    let fetched = store.ensure(entry)?;
    for warning in &fetched.warnings {
        progress.warn(warning);
    }
    Ok(fetched)
}

/// Whether that is an error of the store, and what was asked of it is not to be had.
fn is_absent(error: &anyhow::Error) -> bool {
    error.downcast_ref::<store::Error>().is_some_and(is_absence)
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

fn identity(entry: &Entry, fetched: &Fetched, images: u64) -> DataIdentity {
    DataIdentity {
        id: entry.id.clone(),
        images,
        root: fetched.root.clone(),
        part_of: entry.part_of().cloned(),
        already_resized: entry.already_resized().map(str::to_owned),
        redistributable: entry.licence.redistributable,
        passed_over: fetched.in_place.as_ref().map(|in_place| in_place.passed_over.clone()).unwrap_or_default(),
        unverified: fetched.in_place.as_ref().and_then(|in_place| in_place.unverified.clone()),
    }
}
