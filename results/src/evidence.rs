//! What the finished runs of a paper measured: values with their conditions, and how well they fit a claim.
//!
//! Must not look at what is claimed, but for how well a value fits a claim.

mod collect;
mod differences;
mod shown;
pub(crate) mod speeds;

use spec::claim::Claim;
use spec::event::{Model, Outcomes, Trained};
use spec::imported::Tolerance;
use spec::job::Precision;
use spec::metric::{Metric, Unit};

use crate::context::Context;
use crate::stats::Interval;
use crate::store::Run;
use crate::tasks::Score;

pub(crate) use collect::{Found, collect, of_score};
pub(crate) use differences::{differences, networks_differ};
pub(crate) use shown::ids;

/// One measured value with its conditions.
#[derive(Debug, Clone)]
pub(crate) struct Evidence<'a> {
    pub(crate) run: &'a Run,
    pub(crate) network: &'a str,
    pub(crate) metric: Metric,
    pub(crate) value: f64,
    pub(crate) unit: Unit,
    pub(crate) low: Option<f64>,
    pub(crate) high: Option<f64>,
    /// Set for scores.
    pub(crate) scored: Option<Scored<'a>>,
    /// Which memory, for a peak.
    pub(crate) part: Option<&'static str>,
    /// Whether the same training was made again, by other code or elsewhere: it counts among its own seeds only.
    pub(crate) superseded: bool,
}

/// The conditions of a score.
#[derive(Debug, Clone)]
pub(crate) struct Scored<'a> {
    /// The file that it is from.
    pub(crate) file: &'a Outcomes,
    /// Examples that the value is over; fewer than in the file for what is about mistakes only.
    pub(crate) n: u64,
    /// How many of them were right, where that is counted.
    pub(crate) correct: Option<u64>,
    /// The whole set and its size, when this is a part of it.
    pub(crate) part_of: Option<(&'a str, u64)>,
}

impl<'a> Scored<'a> {
    /// What pins the data; None where nobody knows.
    pub(crate) fn root(&self) -> Option<&'a str> {
        Some(self.file.root.as_str()).filter(|root| !root.is_empty())
    }

    /// What claims call the data ([`set_of`]).
    pub(crate) fn set(&self) -> &'a str {
        set_of(self.file)
    }

    /// How the network was trained here, if it was.
    pub(crate) fn trained(&self) -> Option<&'a Trained> {
        self.file.model.trained()
    }
}

/// What claims call the data of a file: the set whose every example was tested, or else the file's own.
pub(crate) fn set_of(file: &Outcomes) -> &str {
    let whole = file.part_of.as_ref().filter(|part| part.of == file.count);
    whole.map_or(&file.data, |part| &part.whole)
}

/// By what a network was trained, apart from the settings: trainings of two of these are not told apart by the seed alone.
#[derive(Debug, PartialEq)]
pub(crate) struct Trainer<'a> {
    recipe: Option<&'a str>,
    /// The run's size, in records whose recipe tells only what was set (format 1): where nothing was set, two are alike.
    size: Option<&'a serde_json::Value>,
    /// The commit of the code that trains.
    commit: &'a str,
    profile: &'a str,
    /// The runner's hash and libtorch's version.
    engine: Option<[&'a str; 2]>,
}

impl<'a> Trainer<'a> {
    pub(crate) fn of(run: &'a Run) -> Trainer<'a> {
        let header = &run.header;
        let stages = header.job.get("stages").and_then(serde_json::Value::as_array);
        let mut experiments = stages.into_iter().flatten().filter_map(|stage| stage.get("experiment"));
        let old = experiments.find(|experiment| experiment.get("recipe").is_none());
        Trainer {
            recipe: header.training.as_ref().map(|training| training.recipe_sha256.as_str()),
            size: old.and_then(|experiment| experiment.get("dose").or_else(|| experiment.get("size"))),
            commit: &header.commit,
            profile: &header.profile,
            engine: run.environment.as_ref().map(|made| [made.runner.as_str(), made.libtorch.as_str()]),
        }
    }
}

/// In what arithmetic a test was computed; None for somebody else's predictions, of which nobody here knows.
pub(crate) fn arithmetic(run: &Run, file: Option<&Outcomes>) -> Option<Precision> {
    let is_imported = file.is_some_and(|file| matches!(file.model, Model::Imported { .. }));
    (!is_imported).then_some(run.header.settings.precision)
}

/// How well a value fits a claim; the larger the better, first things first.
pub(crate) type Fit<'a> = (bool, u8, u8, bool, bool, bool, bool, u64, bool, &'a str, &'a str);

impl<'a> Evidence<'a> {
    /// How far its score may be from a claim about the same weights.
    pub(crate) fn tolerance<'b>(&self, context: &Context<'b>) -> Option<&'b Tolerance> {
        let imported = self.scored.as_ref().and_then(|scored| match &scored.file.model {
            Model::Imported { id, .. } => context.paper.imported.iter().find(|imported| imported.id == *id),
            _ => None,
        });
        imported.and_then(|imported| imported.tolerance.as_ref()).or(context.paper.tolerance.as_ref())
    }

    /// The interval, where there is one.
    pub(crate) fn interval(&self) -> Option<Interval> {
        Some(Interval { low: self.low?, high: self.high? })
    }

    /// See [`arithmetic`].
    pub(crate) fn arithmetic(&self) -> Option<Precision> {
        arithmetic(self.run, self.scored.as_ref().map(|scored| scored.file))
    }

    /// The score of a file, without its conditions, as a value of this kind.
    pub(crate) fn from_score(run: &'a Run, network: &'a str, score: &Score, scored: Scored<'a>) -> Evidence<'a> {
        Evidence {
            run,
            network,
            metric: score.metric,
            value: score.value,
            unit: score.unit,
            low: score.low,
            high: score.high,
            scored: Some(Scored { n: score.n, correct: score.correct, ..scored }),
            part: None,
            superseded: false,
        }
    }

    /// Whether this model is what the claim is about.
    pub(crate) fn is_model_of(&self, context: &Context<'_>, claim: &Claim) -> bool {
        let paper = context.paper;
        let released = |id: &str| {
            if claim.weights.is_empty() {
                paper.weights.iter().any(|weights| weights.id == id && (weights.paper || weights.by_recipe.is_some()))
            } else {
                claim.weights.iter().any(|wanted| wanted == id)
            }
        };
        match self.scored.as_ref().map(|scored| &scored.file.model) {
            // What was trained here by the whole recipe is the paper's own network made again.
            Some(Model::Trained(trained)) => claim.weights.is_empty() && trained.complete,
            Some(Model::Released { weights }) => released(weights),
            Some(Model::Ensemble { weights }) => weights.iter().all(|weights| released(weights)),
            Some(Model::Imported { id, weights, .. }) => {
                let own = paper.imported.iter().find(|imported| imported.id == *id);
                claim.weights.contains(id)
                    || weights.as_deref().is_some_and(released)
                    || (claim.weights.is_empty() && own.is_some_and(|imported| imported.paper))
            }
            Some(Model::Baseline) => false,
            None => self.run.header.weights.as_deref().is_some_and(released),
        }
    }

    /// Of a score with weights that others trained by the paper's recipe: how that training differs from it.
    pub(crate) fn by_recipe<'b>(&self, context: &Context<'b>, claim: &Claim) -> Option<&'b str> {
        let id = self.scored.as_ref()?.file.model.weights().filter(|_| claim.weights.is_empty())?;
        context.paper.weights.iter().find(|weights| weights.id == id)?.by_recipe.as_deref()
    }

    /// Whether the score is on all of the very data that the claim is about.
    pub(crate) fn is_on_data_of(&self, claim: &Claim) -> bool {
        match &self.scored {
            // Data that nobody identifies may be any part of what its name says.
            Some(scored) => {
                claim.data.as_deref() == Some(scored.set()) && scored.root().is_some() && scored.part_of.is_none()
            }
            // Speed has no data; its rows stand on their own.
            None => false,
        }
    }

    /// Whether the value is a score on data that are neither the claim's nor a part of them.
    pub(crate) fn is_on_other_data_than(&self, claim: &Claim) -> bool {
        let Some(scored) = &self.scored else { return false };
        let is_part = scored.part_of.is_some_and(|(whole, _)| claim.data.as_deref() == Some(whole));
        !self.is_on_data_of(claim) && !is_part
    }

    /// Whether data made by rule are those that the spec has now.
    pub(crate) fn is_as_pinned(&self, context: &Context<'_>) -> bool {
        let Some(scored) = &self.scored else { return true };
        let generated = context.paper.generated.iter().find(|generated| generated.id == scored.file.data);
        generated.and_then(|generated| generated.sha256.as_deref()).is_none_or(|pinned| scored.root() == Some(pinned))
    }

    /// Whether the value may be shown beside the claim at all. Pictures cut in another way are near enough to be worth
    /// a look; a network under another attack, or tested on another set, is not.
    pub(crate) fn may_stand_for(&self, context: &Context<'_>, claim: &Claim) -> bool {
        match &self.scored {
            // Whatever it was trained and tested on, it was said to stand for this.
            Some(_) if self.is_stand_in_for(claim) => self.is_under_protocol_of(context, claim),
            Some(scored) if self.run.header.training.is_some() => {
                let same_set = claim.data.is_none()
                    || claim.data.as_deref() == Some(scored.file.data.as_str())
                    || !self.is_on_other_data_than(claim);
                same_set && self.is_under_protocol_of(context, claim)
            }
            // Somebody else's predictions are about their own weights only: on a whole set, they would stand before what
            // was run here on a part of it.
            Some(scored) if matches!(scored.file.model, Model::Imported { .. }) => {
                self.is_model_of(context, claim) && !self.is_on_other_data_than(claim)
            }
            // What is known not to be runnable is not stood in for by a score on quite other data.
            _ => claim.not_run.is_none() || !self.is_on_other_data_than(claim),
        }
    }

    /// Whether the claim's own network gives way to this one.
    pub(crate) fn is_stand_in_for(&self, claim: &Claim) -> bool {
        self.network != claim.network && claim.stand_in.as_deref() == Some(self.network)
    }

    /// Whether the protocol is the claim's; one that names none is not about altered inputs.
    pub(crate) fn is_under_protocol_of(&self, context: &Context<'_>, claim: &Claim) -> bool {
        let protocol = self.scored.as_ref().map(|scored| &scored.file.protocol);
        match &claim.protocol {
            Some(wanted) => protocol == Some(wanted),
            None => !protocol.is_some_and(|id| context.alters(id)),
        }
    }

    /// The claim's own network before one that stands in for it; what is decided before what is a gap, and of either what was
    /// run here on the claim's data or a part of them before what was imported; then equal data, then a part of it; equal
    /// protocol; equal weights or the whole recipe; run here rather than imported; equal batch; more training; plain single
    /// precision; the newest.
    pub(crate) fn fit(&self, context: &Context<'_>, claim: &Claim) -> Fit<'a> {
        let data = if self.is_on_data_of(claim) && self.is_as_pinned(context) {
            2
        } else {
            u8::from(!self.is_on_other_data_than(claim))
        };
        let settings = &self.run.header.settings;
        let model = self.scored.as_ref().map(|scored| &scored.file.model);
        let here = !matches!(model, Some(Model::Imported { .. }));
        let standing = match (differences(context, claim, self).is_empty(), here) {
            (true, true) => 3,
            (true, false) => 2,
            (false, true) => u8::from(!self.is_on_other_data_than(claim)),
            (false, false) => 0,
        };
        (
            !self.is_stand_in_for(claim),
            standing,
            data,
            self.is_under_protocol_of(context, claim),
            self.is_model_of(context, claim),
            here,
            claim.batch.is_some_and(|batch| batch as usize == settings.batch),
            model.and_then(Model::trained).map_or(0, |trained| trained.steps),
            self.arithmetic().is_none_or(|precision| precision == Precision::Fp32),
            &self.run.header.time,
            &self.run.header.run,
        )
    }

    /// Whether the value is worth a row without a claim. A time that follows from a throughput row is not.
    pub(crate) fn stands_alone(&self) -> bool {
        self.metric != Metric::FORWARD_TIME && !self.superseded
    }

    /// Whether the other value is the same training with another seed, everything else equal: the settings, the recipe, the
    /// commit, the runner, libtorch and the machine.
    pub(crate) fn differs_by_seed(&self, other: &Evidence<'_>) -> bool {
        let (Some(a), Some(b)) = (&self.scored, &other.scored) else { return false };
        let (Some(ours), Some(theirs)) = (a.trained(), b.trained()) else { return false };
        let settings = |run: &Run| spec::job::Settings { seed: 0, ..run.header.settings.clone() };
        (self.network, self.metric) == (other.network, other.metric)
            && (&a.file.data, &a.file.protocol, &a.file.root) == (&b.file.data, &b.file.protocol, &b.file.root)
            && a.part_of == b.part_of
            && (ours.complete, ours.steps) == (theirs.complete, theirs.steps)
            && Trainer::of(self.run) == Trainer::of(other.run)
            && settings(self.run) == settings(other.run)
    }
}
