//! What a `replicate` will do and what it will not, and why: decided before anything is fetched or run.
//!
//! A pure function of the spec, the lock, what is at hand and what was asked. Must not touch files or the network.

use anyhow::{Result, bail};
use spec::lock::{Entry, LabelledImages, Lock};
use spec::paper::{Network, Paper, Weights};
use spec::protocol::Protocol;

use crate::cli::{Replicate, Tier};
use crate::project::suggestion;

/// Without being asked for by name, a data set larger than this is not downloaded.
const UNASKED_DOWNLOAD: u64 = 300_000_000;
/// A data set up to this many images is a `smoke` run.
const SMOKE_IMAGES: u64 = 1_000;

/// Whether an entry of the lock can be used here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Where {
    /// In the store, or in a mirror or a place that the user named.
    Here,
    /// Fetched from a public source: bytes to fetch, where known.
    Fetchable(Option<u64>),
    /// Not without the user: what to do.
    No(String),
}

/// The plan for one network.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NetworkPlan {
    pub(crate) network: Network,
    /// The weights, or why there are none.
    pub(crate) weights: Result<Weights, String>,
    /// The data, or why there are none.
    pub(crate) data: Result<Choice, String>,
    /// The protocol as it will be used (no resize for data that needs none), and its id in tables.
    pub(crate) protocol: Option<Protocol>,
    /// Whether anything runs in libtorch (not at tier `instant`).
    pub(crate) runs: bool,
}

/// The data to predict.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Choice {
    /// An entry of the lock.
    Entry { id: String, images: LabelledImages },
    /// The user's own folder.
    Own(std::path::PathBuf),
}

impl NetworkPlan {
    /// Why a claim about accuracy has no measured value here.
    pub(crate) fn no_accuracy(&self) -> Option<String> {
        match (&self.weights, &self.data) {
            _ if !self.runs => Some("tier instant counts and does not predict".to_owned()),
            (Err(why), _) | (Ok(_), Err(why)) => Some(why.clone()),
            (Ok(_), Ok(_)) => None,
        }
    }
}

/// Where things are and how fast this machine is, as far as a plan needs it.
pub(crate) struct Means<'a> {
    pub(crate) lock: &'a Lock,
    /// Where an entry is.
    pub(crate) at_hand: &'a dyn Fn(&Entry) -> Where,
    /// Multiply-adds a second that a network may be expected to reach.
    pub(crate) rate: f64,
}

/// Decides what to do for one network.
///
/// # Errors
///
/// Something asked for by name does not exist or cannot be had.
pub(crate) fn plan(paper: &Paper, network: &Network, means: &Means<'_>, asked: &Replicate) -> Result<NetworkPlan> {
    if asked.tier == Some(Tier::Train) {
        bail!("`{}` cannot be trained here yet: the highest tier of the {} paper is `inference`", network.id, paper.id);
    }
    let runs = asked.tier != Some(Tier::Instant);
    let weights = choose_weights(paper, network, means, asked)?;
    let protocol = choose_protocol(paper, network, asked)?;
    let seconds = |images: u64| estimate(network, protocol.as_ref(), images, means.rate);
    let data =
        if runs { choose_data(paper, means, asked, &seconds)? } else { Err("tier instant needs none".to_owned()) };
    let protocol = protocol.map(|protocol| fit(protocol, &data));
    Ok(NetworkPlan { network: network.clone(), weights, data, protocol, runs })
}

/// Seconds that a network needs for so many images.
fn estimate(network: &Network, protocol: Option<&Protocol>, images: u64, rate: f64) -> f64 {
    let work = replications::facts::facts(&network.id).ok().flatten().map_or(0, |facts| facts.multiply_adds);
    let views = match protocol.map(|protocol| protocol.views.kind) {
        Some(spec::protocol::ViewKind::TenCrop) => 10.0,
        _ => 1.0,
    };
    images as f64 * views * work as f64 / rate
}

fn choose_weights(
    paper: &Paper,
    network: &Network,
    means: &Means<'_>,
    asked: &Replicate,
) -> Result<Result<Weights, String>> {
    let fitting = || paper.weights.iter().filter(|weights| weights.network == network.id);
    if let Some(id) = &asked.weights {
        let Some(weights) = fitting().find(|weights| &weights.id == id) else {
            let known: Vec<_> = fitting().map(|weights| weights.id.as_str()).collect();
            bail!(
                "there are no weights `{id}` for {}{}; known: {}",
                network.id,
                suggestion(id, known.iter().copied()),
                if known.is_empty() { "none".to_owned() } else { known.join(", ") }
            );
        };
        return match reach(means, &weights.lock)? {
            Where::No(why) => bail!("the weights `{id}` cannot be had: {why}"),
            _ => Ok(Ok(weights.clone())),
        };
    }
    let mut reasons = Vec::new();
    for weights in fitting() {
        match reach(means, &weights.lock)? {
            Where::No(why) => reasons.push(format!("weights {}: {why}", weights.lock)),
            _ => return Ok(Ok(weights.clone())),
        }
    }
    if reasons.is_empty() {
        reasons.push(format!("no released weights for {} in this form", network.id));
    }
    Ok(Err(reasons.join("; ")))
}

fn choose_data(
    paper: &Paper,
    means: &Means<'_>,
    asked: &Replicate,
    seconds: &dyn Fn(u64) -> f64,
) -> Result<Result<Choice, String>> {
    if let Some(folder) = &asked.images {
        return Ok(Ok(Choice::Own(folder.clone())));
    }
    if let Some(id) = &asked.on {
        let labelled = || means.lock.entries.iter().filter(|entry| usable_images(entry).is_some());
        let Some(entry) = means.lock.entry(id) else {
            bail!(
                "there is no data set `{id}` in datasets.lock{}; `harness data list` shows them",
                suggestion(id, labelled().map(|entry| entry.id.as_str()))
            );
        };
        let Some(images) = usable_images(entry).filter(|_| paper.data.contains(id)) else {
            bail!("`{id}` is not a set of labelled images for {}; it takes: {}", paper.id, paper.data.join(", "));
        };
        if let Some(why) = over_budget(asked, || seconds(images.count)) {
            bail!("{id}: {why}");
        }
        return match (means.at_hand)(entry) {
            Where::No(why) => bail!("the data set `{id}` cannot be had: {why}"),
            _ => Ok(Ok(Choice::Entry { id: id.clone(), images: images.clone() })),
        };
    }
    let mut reasons = Vec::new();
    for id in &paper.data {
        let Some(entry) = means.lock.entry(id) else {
            bail!("the spec of {} names the data set `{id}`, which is not in datasets.lock", paper.id)
        };
        let Some(images) = usable_images(entry) else { continue };
        if asked.tier == Some(Tier::Smoke) && images.count > SMOKE_IMAGES {
            reasons.push(format!("{id}: {} images are more than tier smoke takes", images.count));
            continue;
        }
        if let Some(why) = over_budget(asked, || seconds(images.count)) {
            reasons.push(format!("{id}: {why}"));
            continue;
        }
        match (means.at_hand)(entry) {
            Where::No(why) => reasons.push(format!("{id}: {why}")),
            Where::Fetchable(Some(bytes)) if bytes <= UNASKED_DOWNLOAD || asked.tier == Some(Tier::Inference) => {
                return Ok(Ok(Choice::Entry { id: id.clone(), images: images.clone() }));
            }
            Where::Fetchable(bytes) => {
                let size =
                    bytes.map_or_else(|| "of unknown size".to_owned(), |b| format!("of {:.1} GB", b as f64 / 1e9));
                reasons.push(format!("{id}: a download {size}; ask for it with --on {id}"));
            }
            Where::Here => return Ok(Ok(Choice::Entry { id: id.clone(), images: images.clone() })),
        }
    }
    Ok(Err(reasons.first().cloned().unwrap_or_else(|| "no data set is named in the spec".to_owned())))
}

/// Labelled images in files: what the runner can predict.
fn usable_images(entry: &Entry) -> Option<&LabelledImages> {
    entry.images.as_ref().filter(|images| images.layout != spec::lock::Layout::Packed)
}

/// Why so many seconds are too many, if they are. They are worked out only where there is a budget.
fn over_budget(asked: &Replicate, seconds: impl Fn() -> f64) -> Option<String> {
    let budget = asked.budget?.as_secs_f64();
    let seconds = seconds();
    let minutes = |seconds: f64| format!("{:.1} min", seconds / 60.0);
    (seconds > budget)
        .then(|| format!("about {} of work here, more than the budget of {}", minutes(seconds), minutes(budget)))
}

fn reach(means: &Means<'_>, id: &str) -> Result<Where> {
    match means.lock.entry(id) {
        Some(entry) => Ok((means.at_hand)(entry)),
        None => bail!("a spec names `{id}`, which is not in datasets.lock"),
    }
}

fn choose_protocol(paper: &Paper, network: &Network, asked: &Replicate) -> Result<Option<Protocol>> {
    let Some(id) = asked.protocol.as_ref().or(network.protocol.as_ref()) else { return Ok(None) };
    let Some(protocol) = paper.protocols.iter().find(|protocol| &protocol.id == id) else {
        let known: Vec<_> = paper.protocols.iter().map(|protocol| protocol.id.as_str()).collect();
        bail!(
            "there is no protocol `{id}` in the spec of {}{}; known: {}",
            paper.id,
            suggestion(id, known.iter().copied()),
            known.join(", ")
        );
    };
    if !protocol.views.kind.is_implemented() {
        bail!("the protocol `{id}` ({}) is described but cannot be run here yet", protocol.views.kind);
    }
    Ok(Some(protocol.clone()))
}

/// The protocol for data that was already resized: without the resize, and saying so in its id.
fn fit(mut protocol: Protocol, data: &Result<Choice, String>) -> Protocol {
    if let Ok(Choice::Entry { images, .. }) = data
        && images.already_resized.is_some()
        && protocol.resize.take().is_some()
    {
        protocol.id.push_str(" without resize");
    }
    protocol
}
