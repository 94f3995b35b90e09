//! What must be on this machine before a network can run: the runner, weights, the canary's pictures, the data.
//!
//! Fetches while the runner is built: the one waits for the network, the other for the compiler. Must not run a job.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use spec::job::JobWeights;
use spec::lock::{Entry, Layout};
use spec::paper::Weights;
use spec::record::DataIdentity;
use store::{Fetched, Labelled, Progress, Status, Store, UserImages};

use crate::canary;
use crate::cli::{Places, Replicate};
use crate::cmd::Planned;
use crate::plan::Choice;
use crate::project::{PaperFolder, Project};
use crate::run::Runner;

/// Everything that jobs name.
pub(crate) struct Prepared {
    pub(crate) runner: Runner,
    /// The canary's pictures by name; empty where they could not be had.
    pub(crate) pictures: BTreeMap<String, PathBuf>,
    weights: BTreeMap<String, JobWeights>,
    data: BTreeMap<String, Data>,
    own: Option<Data>,
}

/// A data set ready to be predicted.
pub(crate) struct Data {
    pub(crate) identity: DataIdentity,
    pub(crate) images: Vec<Labelled>,
    /// `path,file,class`, for the runner.
    pub(crate) list: PathBuf,
}

impl Prepared {
    /// The data of a plan's choice.
    pub(crate) fn data(&self, choice: &Choice) -> Option<&Data> {
        match choice {
            Choice::Entry { id, .. } => self.data.get(id),
            Choice::Own(_) => self.own.as_ref(),
        }
    }

    /// The weights of that id.
    pub(crate) fn weights(&self, id: &str) -> Option<&JobWeights> {
        self.weights.get(id)
    }
}

/// Fetches and builds. What was not asked for by name and cannot be had becomes a reason in the plan.
pub(crate) fn prepare(
    project: &Project,
    places: &Places,
    store: &Store,
    progress: &Progress,
    asked: &Replicate,
    planned: &mut [Planned<'_>],
    own: Option<UserImages>,
) -> Result<Prepared> {
    tell_sizes(project, store, progress, planned);
    let lists = places.store_home()?.path().join("lists");
    std::thread::scope(|scope| {
        let runner = scope.spawn(|| crate::toolchain::runner(project, places, progress, asked.patience));
        let things = fetch(project, store, progress, asked, planned, own, &lists);
        let runner =
            runner.join().unwrap_or_else(|_| Err(anyhow::anyhow!("the thread that builds the runner broke off")));
        // What is wrong with the data is the user's to mend, and is told first.
        let (pictures, weights, data, own) = things?;
        Ok(Prepared { runner: runner?, pictures, weights, data, own })
    })
}

type Things = (BTreeMap<String, PathBuf>, BTreeMap<String, JobWeights>, BTreeMap<String, Data>, Option<Data>);

fn fetch(
    project: &Project,
    store: &Store,
    progress: &Progress,
    asked: &Replicate,
    planned: &mut [Planned<'_>],
    own: Option<UserImages>,
    lists: &Path,
) -> Result<Things> {
    let mut pictures = BTreeMap::new();
    if let Some(entry) = project.lock.entry(canary::ENTRY) {
        match store.ensure(entry) {
            Ok(fetched) => pictures = canary::pictures(&project.lock, &fetched.dir),
            Err(error) if is_absence(&error) => progress.line(&format!("no canary before the runs: {error}")),
            Err(error) => return Err(error.into()),
        }
    }
    let mut weights = BTreeMap::new();
    let mut data: BTreeMap<String, Data> = BTreeMap::new();
    let own = own.map(|own| own_data(own, lists)).transpose()?;
    for paper in planned {
        for network in paper.networks.iter_mut().filter(|network| network.runs) {
            if let Ok(chosen) = &network.weights {
                let entry = entry(project, &chosen.lock)?;
                match store.ensure(entry) {
                    Ok(fetched) => {
                        weights.insert(chosen.id.clone(), job_weights(paper.paper, chosen, &fetched));
                    }
                    Err(error)
                        if asked.weights.is_none() && asked.on.is_none() && own.is_none() && is_absence(&error) =>
                    {
                        network.weights = Err(format!("the weights could not be fetched: {error}"));
                    }
                    Err(error) => return Err(error.into()),
                }
            }
            let Ok(Choice::Entry { id, images }) = &network.data else { continue };
            if network.weights.is_err() || data.contains_key(id) {
                continue;
            }
            let entry = entry(project, id)?;
            match store.ensure(entry) {
                Ok(fetched) => {
                    let labelled = store::labelled(&fetched, images)?;
                    data.insert(id.clone(), entry_data(entry, &fetched, labelled, lists)?);
                }
                Err(error) if asked.on.is_none() && is_absence(&error) => {
                    network.data = Err(format!("the data could not be fetched: {error}"));
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok((pictures, weights, data, own))
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

fn tell_sizes(project: &Project, store: &Store, progress: &Progress, planned: &[Planned<'_>]) {
    let networks = || planned.iter().flat_map(|paper| &paper.networks).filter(|network| network.runs);
    let mut ids: Vec<&str> = vec![canary::ENTRY];
    ids.extend(networks().filter_map(|network| network.weights.as_ref().ok()).map(|weights| weights.lock.as_str()));
    ids.extend(networks().filter_map(|network| match &network.data {
        Ok(Choice::Entry { id, .. }) => Some(id.as_str()),
        _ => None,
    }));
    ids.sort_unstable();
    ids.dedup();
    for id in ids {
        let Some(entry) = project.lock.entry(id) else { continue };
        if let Ok(Status::Missing { fetch, unknown, .. }) = store.status(entry)
            && (fetch > 0 || unknown > 0)
        {
            let more = if unknown > 0 { " and more whose size is not known" } else { "" };
            let size = format!("{}{more}", store::progress::human(fetch));
            progress.line(&format!("to fetch: {} ({size})", entry.title));
        }
    }
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
    let described = entry.images.as_ref().filter(|images| images.layout != Layout::Packed);
    let identity = DataIdentity {
        id: entry.id.clone(),
        images: images.len() as u64,
        root: fetched.root.clone(),
        part_of: described.and_then(|images| images.part_of.clone()),
        already_resized: described.and_then(|images| images.already_resized.clone()),
        redistributable: entry.licence.redistributable,
    };
    Ok(Data { list: write_list(&images, &identity.root, lists)?, identity, images })
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
    Ok(Data { list: write_list(&own.items, &identity.root, lists)?, identity, images: own.items })
}

/// Writes `path,file,class` for the runner, named by the data's root and by where the files lie.
fn write_list(images: &[Labelled], root: &str, lists: &Path) -> Result<PathBuf> {
    let mut text = "path,file,class\n".to_owned();
    for image in images {
        let path = image.path.to_str().with_context(|| format!("{} is not UTF-8; rename it", image.path.display()))?;
        writeln!(text, "{},{},{}", quoted(path), quoted(&image.file), image.class)?;
    }
    fs_err::create_dir_all(lists)?;
    let path = lists.join(format!("{}.csv", &root[..root.len().min(16)]));
    store::fs::write_atomic(&path, text.as_bytes())?;
    Ok(path)
}

fn quoted(field: &str) -> String {
    if field.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}
