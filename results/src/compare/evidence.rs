//! What the finished runs of a paper measured: values with their conditions, and how well they fit a claim.
//!
//! Must not look at what is claimed, but for how well a value fits a claim.

mod collect;
mod shown;

use spec::claim::Claim;
use spec::event::Trained;
use spec::job::Precision;
use spec::metric::{Metric, Unit};

use super::Context;
use crate::store::Run;

pub(super) use collect::{collect, of_outcomes};
pub(super) use shown::ids;

/// One measured value with its conditions.
#[derive(Clone)]
pub(super) struct Evidence<'a> {
    pub(super) run: &'a Run,
    pub(super) network: &'a str,
    pub(super) metric: Metric,
    pub(super) value: f64,
    pub(super) unit: Unit,
    pub(super) low: Option<f64>,
    pub(super) high: Option<f64>,
    /// Set for scores.
    pub(super) scored: Option<Scored<'a>>,
    /// Which memory, for a peak.
    pub(super) part: Option<&'static str>,
}

/// The conditions of a score, from predictions and from outcomes alike.
#[derive(Clone)]
pub(super) struct Scored<'a> {
    pub(super) data: &'a str,
    pub(super) protocol: &'a str,
    /// What pins the data; None where the plan does not identify them.
    pub(super) root: Option<&'a str>,
    /// Examples in the file.
    pub(super) count: u64,
    /// Examples that the value is over; fewer than `count` for what is about mistakes only.
    pub(super) n: u64,
    /// How many of them were right, where that is counted.
    pub(super) correct: Option<u64>,
    /// The whole set and its size, when this is a part of it.
    pub(super) part_of: Option<(&'a str, u64)>,
    pub(super) already_resized: Option<&'a str>,
    /// Set for a network that was trained here.
    pub(super) trained: Option<&'a Trained>,
    /// The id of the weights that were loaded, if any.
    pub(super) weights: Option<&'a str>,
    /// Whether it comes from an experiment, whose conditions differ in more than the cut of a picture.
    pub(super) experiment: bool,
}

/// The id of the run's weights; `random` where it had none.
pub(super) fn weights(run: &Run) -> &str {
    run.plan.job.weights.as_ref().map_or("random", |weights| &weights.id)
}

/// How well a value fits a claim; the larger the better, first things first.
pub(super) type Fit<'a> = (u8, bool, bool, bool, u64, bool, &'a str, &'a str);

impl<'a> Evidence<'a> {
    /// Whether these weights, or this training, are what the claim is about.
    pub(super) fn weights_match(&self, context: &Context<'_>, claim: &Claim) -> bool {
        let id = match &self.scored {
            // What was trained here by the whole recipe is the paper's own network made again.
            Some(Scored { trained: Some(trained), .. }) => return claim.weights.is_empty() && trained.complete,
            Some(scored) => scored.weights,
            None => Some(weights(self.run)),
        };
        let Some(id) = id else { return false };
        if claim.weights.is_empty() {
            context.paper.weights.iter().any(|weights| weights.id == id && weights.paper)
        } else {
            claim.weights.iter().any(|wanted| wanted == id)
        }
    }

    /// Whether the score is on all of the very data that the claim is about.
    pub(super) fn is_on_data_of(&self, claim: &Claim) -> bool {
        match &self.scored {
            // Data that the plan does not identify may be any part of what its name says.
            Some(scored) => {
                claim.data.as_deref() == Some(scored.data) && scored.root.is_some() && scored.part_of.is_none()
            }
            // Speed has no data; its rows stand on their own.
            None => false,
        }
    }

    /// Whether the value is a score on data that are neither the claim's nor a part of them.
    pub(super) fn is_on_other_data_than(&self, claim: &Claim) -> bool {
        let Some(scored) = &self.scored else { return false };
        let is_part = scored.part_of.is_some_and(|(whole, _)| claim.data.as_deref() == Some(whole));
        !self.is_on_data_of(claim) && !is_part
    }

    /// Whether data made by rule are those that the spec has now.
    pub(super) fn is_as_pinned(&self, context: &Context<'_>) -> bool {
        let Some(scored) = &self.scored else { return true };
        let made = context.paper.made.iter().find(|made| made.id == scored.data);
        made.and_then(|made| made.sha256.as_deref()).is_none_or(|pinned| scored.root == Some(pinned))
    }

    /// Whether the value may be shown beside the claim at all. Pictures cut in another way are near enough to be worth
    /// a look; a network under another attack, or tested on another set, is not.
    pub(super) fn may_stand_for(&self, context: &Context<'_>, claim: &Claim) -> bool {
        match &self.scored {
            Some(scored) if scored.experiment => {
                let same_set = claim.data.is_none()
                    || claim.data.as_deref() == Some(scored.data)
                    || !self.is_on_other_data_than(claim);
                same_set && self.is_under_protocol_of(context, claim)
            }
            // What is known not to be runnable is not stood in for by a score on quite other data.
            _ => claim.not_run.is_none() || !self.is_on_other_data_than(claim),
        }
    }

    /// Whether the protocol is the claim's; one that names none is not about attacked inputs.
    pub(super) fn is_under_protocol_of(&self, context: &Context<'_>, claim: &Claim) -> bool {
        let protocol = self.scored.as_ref().map(|scored| scored.protocol);
        match &claim.protocol {
            Some(wanted) => protocol == Some(wanted),
            None => !protocol.is_some_and(|id| is_attack(context, id)),
        }
    }

    /// Equal data, then a part of it; equal protocol; equal weights or the whole recipe; equal batch; more training;
    /// plain single precision; the newest.
    pub(super) fn fit(&self, context: &Context<'_>, claim: &Claim) -> Fit<'a> {
        let data = if self.is_on_data_of(claim) && self.is_as_pinned(context) {
            2
        } else {
            u8::from(!self.is_on_other_data_than(claim))
        };
        let settings = &self.run.plan.job.settings;
        let trained = self.scored.as_ref().and_then(|scored| scored.trained);
        (
            data,
            self.is_under_protocol_of(context, claim),
            self.weights_match(context, claim),
            claim.batch.is_some_and(|batch| batch as usize == settings.batch),
            trained.map_or(0, |trained| trained.steps),
            settings.precision == Precision::Fp32,
            &self.run.plan.time,
            &self.run.plan.run,
        )
    }

    /// Whether the value is worth a row without a claim. A time that follows from a throughput row is not.
    pub(super) fn stands_alone(&self) -> bool {
        self.metric != Metric::ForwardTime
    }
}

/// Whether inputs are changed under that condition.
pub(super) fn is_attack(context: &Context<'_>, protocol: &str) -> bool {
    context.paper.conditions.iter().any(|condition| condition.id == protocol && condition.attack.is_some())
}
