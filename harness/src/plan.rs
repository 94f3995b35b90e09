//! What a `replicate` will do and what it will not, and why: decided before anything is fetched or run.
//!
//! A pure function of the spec, the lock, what is at hand and what was asked. Must not touch files or the network.

mod data;
mod experiment;
mod protocol;
mod weights;

use anyhow::{Result, bail};
use spec::lock::{Entry, LabelledImages, Lock};
use spec::paper::{Network, Paper, Weights};
use spec::protocol::Protocol;

use crate::cli::{Replicate, Tier};

pub(crate) use experiment::{ExperimentPlan, plan as plan_experiment, share_budget};

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
        match (&self.data, &self.weights) {
            // What does not run at all says so in place of its data.
            (Err(why), _) if !self.runs => Some(why.clone()),
            (_, Err(why)) | (Err(why), Ok(_)) => Some(why.clone()),
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
    let idle = idle(paper, network, asked)?;
    let weights = weights::choose(paper, network, means, asked)?;
    let protocol = protocol::choose(paper, network, asked)?;
    let seconds = |images: u64| estimate(network, protocol.as_ref(), images, means.rate);
    let runs = idle.is_none();
    let data = match idle {
        Some(why) => Err(why),
        None => data::choose(paper, means, asked, &seconds)?,
    };
    let already_resized = matches!(&data, Ok(Choice::Entry { images, .. }) if images.already_resized.is_some());
    let protocol = protocol.map(|protocol| protocol::fit(protocol, already_resized));
    Ok(NetworkPlan { network: network.clone(), weights, data, protocol, runs })
}

/// Why nothing of it runs at this tier, if so.
fn idle(paper: &Paper, network: &Network, asked: &Replicate) -> Result<Option<String>> {
    match asked.tier {
        Some(Tier::Instant) => Ok(Some("tier instant counts and runs nothing".to_owned())),
        Some(Tier::Train) => {
            let why = format!(
                "`{}` cannot be trained here yet: the highest tier of the {} paper is `inference`",
                network.id, paper.id
            );
            // Beside papers that can be trained it is a reason like any other.
            if asked.target == "all" { Ok(Some(why)) } else { bail!(why) }
        }
        Some(Tier::Smoke | Tier::Inference) | None => Ok(None),
    }
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

fn reach(means: &Means<'_>, id: &str) -> Result<Where> {
    match means.lock.entry(id) {
        Some(entry) => Ok((means.at_hand)(entry)),
        None => bail!("a spec names `{id}`, which is not in datasets.lock"),
    }
}
