//! What a `replicate` will do and what it will not, and why: decided before anything is fetched or run.
//!
//! Whatever the model is (released weights, trained here, somebody's stored predictions), it is one evaluation: a model,
//! data, a protocol. A pure function of the spec, the lock, what is at hand and what was asked. Must not touch files or the
//! network.

mod boxes;
mod data;
mod imported;
mod protocol;
mod released;
mod trained;
mod weights;

use anyhow::{Result, bail};
use results::row::Row;
use spec::experiment::{Experiment, RunSize};
use spec::imported::Imported;
use spec::lock::{Entry, LabelledImages, Lock};
use spec::paper::{Paper, Weights};
use spec::protocol::Protocol;

use crate::cli::{ModelSource, Replicate, Tier};
use crate::project::PaperFolder;
use crate::target::Selected;

pub(crate) use boxes::takes as takes_boxes;
pub(crate) use protocol::of as protocols;

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

/// One model on its data by its protocol.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Evaluation {
    /// What the record is of: the network's or the experiment's id.
    pub(crate) subject: String,
    /// The networks that get values.
    pub(crate) networks: Vec<String>,
    /// How the model comes to be.
    pub(crate) model: Source,
    /// The weights to load.
    pub(crate) weights: Vec<Weights>,
    /// What is read.
    pub(crate) data: Vec<Choice>,
    /// How pictures are cut; several side by side.
    pub(crate) protocols: Vec<Protocol>,
    /// Why nothing is measured on examples, if so.
    pub(crate) no_scores: Option<String>,
    /// Why nothing of it runs, if so.
    pub(crate) not_run: Option<String>,
    /// Whether it was asked for by name: then what cannot be had is an error, and no reason.
    pub(crate) by_name: bool,
}

/// How a model comes to be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Source {
    /// Somebody released its weights; without any it is timed with random ones.
    Released,
    /// It is trained (or attacked) here first.
    Trained(Box<Training>),
    /// Somebody else's stored predictions.
    Imported(Box<Imported>),
}

/// What is trained.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Training {
    pub(crate) experiment: Experiment,
    /// Of it, the one network that was asked for.
    pub(crate) only: Option<String>,
    /// Whose run size it is: smoke or train.
    pub(crate) tier: Tier,
    /// How much is done; its networks are named.
    pub(crate) size: RunSize,
    /// Networks that are left out since their weights cannot be had, and why.
    pub(crate) left_out: Vec<(String, String)>,
    /// Seconds for all its training.
    pub(crate) budget: Option<f64>,
}

impl Training {
    /// Whether it trains anything.
    pub(crate) fn trains(&self) -> bool {
        self.experiment.train.steps > 0
    }
}

/// The data to read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Choice {
    /// Labelled images in files, an entry of the lock.
    Images { id: String, images: LabelledImages },
    /// Any other entry of the lock, read as it is.
    Entry(String),
    /// The user's own folder of images, labelled or with boxes on them.
    Own(std::path::PathBuf),
}

impl Choice {
    /// The entry of the lock, if it is one.
    pub(crate) fn entry(&self) -> Option<&str> {
        match self {
            Choice::Images { id, .. } | Choice::Entry(id) => Some(id),
            Choice::Own(_) => None,
        }
    }
}

impl Evaluation {
    /// Whether anything of it runs.
    pub(crate) fn runs(&self) -> bool {
        self.not_run.is_none()
    }

    /// Whether a runner is needed.
    pub(crate) fn needs_runner(&self) -> bool {
        self.runs() && !matches!(self.model, Source::Imported(_))
    }

    /// Whether pictures go through released weights.
    pub(crate) fn predicts(&self) -> bool {
        self.runs() && self.model == Source::Released
    }

    /// What is trained, if something is.
    pub(crate) fn training(&self) -> Option<&Training> {
        match &self.model {
            Source::Trained(training) => Some(training),
            _ => None,
        }
    }

    /// Whether values of that network come from it, when everything is asked for.
    pub(crate) fn is_about(&self, network: &str) -> bool {
        match self.training() {
            Some(training) => training.experiment.networks.iter().any(|id| id == network),
            None => self.networks.iter().any(|id| id == network),
        }
    }

    /// Why a network has no score here, by the plan alone.
    pub(crate) fn no_result(&self, network: &str) -> Option<String> {
        if let Some(why) = self.not_run.as_ref().or(self.no_scores.as_ref()) {
            return Some(why.clone());
        }
        self.training().and_then(|training| trained::no_result(training, network))
    }

    /// The kind of model, as it is typed.
    pub(crate) fn source(&self) -> ModelSource {
        match self.model {
            Source::Released => ModelSource::Released,
            Source::Trained(_) => ModelSource::Trained,
            Source::Imported(_) => ModelSource::Imported,
        }
    }

    /// Leaves out the network whose weights cannot be had, where each network of an experiment has weights of its own and others
    /// are left; says whether it did.
    pub(crate) fn leave_out(&mut self, weights: &Weights, why: &str) -> bool {
        let has_own = |network: &String| self.weights.iter().any(|weights| weights.network == *network);
        let Source::Trained(training) = &mut self.model else { return false };
        let networks = &mut training.size.networks;
        if training.only.is_some() || networks.len() < 2 || !networks.iter().all(has_own) {
            return false;
        }
        networks.retain(|network| *network != weights.network);
        training.left_out.push((weights.network.clone(), why.to_owned()));
        self.networks.clone_from(&training.size.networks);
        self.weights.retain(|other| other.id != weights.id);
        true
    }

    /// What becomes of it when something could not be fetched after all.
    pub(crate) fn give_up(&mut self, why: String) {
        match self.model {
            // A network is timed without weights and data.
            Source::Released => {
                self.weights.clear();
                self.data.clear();
                self.no_scores = Some(why);
            }
            _ => self.not_run = Some(why),
        }
    }
}

/// One paper with the plans of what was asked for.
pub(crate) struct Planned<'a> {
    pub(crate) paper: &'a PaperFolder,
    pub(crate) evaluations: Vec<Evaluation>,
}

impl Planned<'_> {
    /// Whether this row is about what was asked for.
    pub(crate) fn asked_for(&self, row: &Row) -> bool {
        self.evaluations.iter().any(|plan| match plan.training().and_then(|training| training.only.as_ref()) {
            Some(network) => network == &row.network,
            None => plan.is_about(&row.network),
        })
    }
}

/// Where things are and how fast this machine is, as far as a plan needs it.
pub(crate) struct Resources<'a> {
    pub(crate) lock: &'a Lock,
    /// Where an entry is.
    pub(crate) at_hand: &'a dyn Fn(&Entry) -> Where,
    /// Multiply-adds a second that a network may be expected to reach.
    pub(crate) rate: f64,
    /// What the user gave of their own, where it was read.
    pub(crate) own: Option<Own>,
}

/// A user's own images.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Own {
    /// So many with a label each.
    Labelled(u64),
    /// With boxes on them.
    Boxed {
        /// Whether some of them are trained on, in place of what an experiment has.
        trains: bool,
    },
}

/// Decides what to do of one thing that was selected.
///
/// # Errors
///
/// Something asked for by name does not exist or cannot be had, or an option does not fit.
pub(crate) fn plan(
    paper: &Paper,
    selected: &Selected,
    resources: &Resources<'_>,
    asked: &Replicate,
) -> Result<Evaluation> {
    match selected.source {
        ModelSource::Released => released::plan(paper, selected, resources, asked),
        ModelSource::Trained => trained::plan(paper, selected, resources, asked),
        ModelSource::Imported => imported::plan(paper, selected, resources, asked),
    }
}

/// Gives each evaluation that trains here an equal share of the time asked for.
pub(crate) fn share_budget<'a>(plans: impl Iterator<Item = &'a mut Evaluation>, budget: std::time::Duration) {
    let training: Vec<_> = plans
        .filter(|plan| plan.runs())
        .filter_map(|plan| match &mut plan.model {
            Source::Trained(training) if training.size.steps > 0 => Some(training),
            _ => None,
        })
        .collect();
    let share = budget.as_secs_f64() / training.len().max(1) as f64;
    for training in training {
        training.budget = Some(share);
    }
}

fn reach(resources: &Resources<'_>, id: &str) -> Result<Where> {
    match resources.lock.entry(id) {
        Some(entry) => Ok((resources.at_hand)(entry)),
        None => bail!("a spec names `{id}`, which is not in datasets.lock"),
    }
}
