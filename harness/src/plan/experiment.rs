//! How much of an experiment is done here, and why not all of it.
//!
//! Must not fetch or train.

use anyhow::{Result, bail};
use spec::experiment::{Dose, Experiment};
use spec::job::Precision;
use spec::lock::Layout;
use spec::paper::{Paper, Weights};
use spec::protocol::Protocol;

use super::{Means, Where, protocol, reach};
use crate::cli::{Replicate, Tier};
use crate::target::Part;

/// The plan for one experiment.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ExperimentPlan {
    pub(crate) experiment: Experiment,
    /// What was asked for of it.
    pub(crate) part: Part,
    /// Whose dose it is: smoke or train.
    pub(crate) tier: Tier,
    /// How much is done; its networks are named.
    pub(crate) dose: Dose,
    /// Seconds for all its training.
    pub(crate) budget: Option<f64>,
    /// The weights that it starts from.
    pub(crate) weights: Vec<Weights>,
    /// How its pictures are cut, where its data are pictures in files.
    pub(crate) protocol: Option<Protocol>,
    /// Why nothing of it runs, if so.
    pub(crate) not_run: Option<String>,
}

impl ExperimentPlan {
    /// Whether it runs.
    pub(crate) fn runs(&self) -> bool {
        self.not_run.is_none()
    }

    /// Whether it trains anything.
    pub(crate) fn trains(&self) -> bool {
        self.experiment.train.steps > 0
    }

    /// Why a network of the experiment has no result, by the plan alone.
    pub(crate) fn no_result(&self, network: &str) -> Option<String> {
        if let Some(why) = &self.not_run {
            return Some(why.clone());
        }
        if self.dose.networks.iter().any(|id| id == network) {
            return None;
        }
        if self.part.only.is_some() {
            return Some(format!("not asked for; `harness replicate {network}` runs it"));
        }
        let (done, does) = if self.trains() { ("trained", "trains") } else { ("tested", "tests") };
        Some(match self.tier {
            Tier::Train => format!("not {done} at tier train"),
            _ => format!("not {done} at tier smoke; --tier train {does} it"),
        })
    }
}

/// Decides what to do of one experiment.
///
/// # Errors
///
/// Something asked for by name cannot be had, or an option does not fit.
pub(crate) fn plan(paper: &Paper, part: &Part, means: &Means<'_>, asked: &Replicate) -> Result<ExperimentPlan> {
    let Some(experiment) = paper.experiments.iter().find(|experiment| experiment.id == part.experiment) else {
        bail!("the spec of {} has no experiment `{}`", paper.id, part.experiment)
    };
    let (tier, idle) = tier(experiment, asked);
    let dose = dose(experiment, tier, part, asked);
    let mut weights = Vec::new();
    for id in &experiment.weights {
        match paper.weights.iter().find(|weights| &weights.id == id) {
            Some(found) => weights.push(found.clone()),
            None => bail!("the spec of {} has no weights `{id}`, which `{}` starts from", paper.id, experiment.id),
        }
    }
    let not_run = match idle {
        Some(why) => Some(why),
        None => obstacle(experiment, &weights, part, means, asked)?,
    };
    Ok(ExperimentPlan {
        protocol: cut(paper, experiment, &dose, means),
        experiment: experiment.clone(),
        part: part.clone(),
        tier,
        dose,
        budget: None,
        weights,
        not_run,
    })
}

/// Gives each experiment that trains here an equal share of the time asked for.
pub(crate) fn share_budget<'a>(plans: impl Iterator<Item = &'a mut ExperimentPlan>, budget: std::time::Duration) {
    let training: Vec<_> = plans.filter(|plan| plan.runs() && plan.dose.steps > 0).collect();
    let share = budget.as_secs_f64() / training.len().max(1) as f64;
    for plan in training {
        plan.budget = Some(share);
    }
}

/// Whose dose is meant, and why nothing is run at the tier asked for, if so.
fn tier(experiment: &Experiment, asked: &Replicate) -> (Tier, Option<String>) {
    match asked.tier {
        None | Some(Tier::Smoke) if experiment.smoke.is_none() && asked.steps.is_none() => {
            (Tier::Smoke, Some("tier smoke leaves it out; --tier train trains it".to_owned()))
        }
        None | Some(Tier::Smoke) => (Tier::Smoke, None),
        Some(Tier::Train) => (Tier::Train, None),
        Some(Tier::Instant) => (Tier::Smoke, Some("tier instant counts and runs nothing".to_owned())),
        // What trains nothing is all inference.
        Some(Tier::Inference) if experiment.train.steps == 0 => (Tier::Train, None),
        Some(Tier::Inference) => {
            (Tier::Smoke, Some("tier inference trains nothing; --tier smoke and --tier train do".to_owned()))
        }
    }
}

fn dose(experiment: &Experiment, tier: Tier, part: &Part, asked: &Replicate) -> Dose {
    let smoke = experiment.smoke.as_ref().filter(|_| tier != Tier::Train);
    let mut dose = smoke.unwrap_or(&experiment.train).clone();
    match &part.only {
        Some(network) => dose.networks = vec![network.clone()],
        None if dose.networks.is_empty() => dose.networks.clone_from(&experiment.networks),
        None => {}
    }
    if let Some(steps) = asked.steps.filter(|_| dose.steps > 0) {
        let recipe = &experiment.train;
        dose.what = format!("{steps} steps, as asked for, in place of {}: {}", dose.steps, dose.what);
        dose.steps = steps;
        // More steps by other settings are not the recipe either.
        dose.complete = recipe.complete && steps >= recipe.steps && dose.settings == recipe.settings;
    }
    dose
}

/// What keeps it from being run, if anything does.
fn obstacle(
    experiment: &Experiment,
    weights: &[Weights],
    part: &Part,
    means: &Means<'_>,
    asked: &Replicate,
) -> Result<Option<String>> {
    if let Some(why) = unfit(experiment, asked) {
        // Beside networks that the option is for it is a reason like any other.
        return if asked.target == "all" { Ok(Some(why)) } else { bail!(why) };
    }
    for id in experiment.data.iter().chain(weights.iter().map(|weights| &weights.lock)) {
        if let Where::No(why) = reach(means, id)? {
            let why = format!("{id}: {why}");
            if part.by_name {
                bail!("what `{}` needs cannot be had: {why}", experiment.id);
            }
            return Ok(Some(why));
        }
    }
    Ok(None)
}

/// An option that an experiment has no use for.
fn unfit(experiment: &Experiment, asked: &Replicate) -> Option<String> {
    let id = &experiment.id;
    if asked.precision == Some(Precision::Bf16) {
        return Some(format!("`{id}` is not trained in bf16, which no paper of these used: leave --precision out"));
    }
    if asked.batch.is_some() {
        return Some(format!("the batch of `{id}` is a part of its recipe: leave --batch out"));
    }
    let of_pictures = [
        ("--on", asked.on.is_some()),
        ("--images", asked.images.is_some()),
        ("--protocol", asked.protocol.is_some()),
        ("--weights", asked.weights.is_some()),
    ];
    let given = of_pictures.iter().find(|(_, given)| *given)?;
    Some(format!("{} is for networks with released weights; `{id}` has its own data: leave it out", given.0))
}

/// The protocol of the first network that has one, for data in files.
fn cut(paper: &Paper, experiment: &Experiment, dose: &Dose, means: &Means<'_>) -> Option<Protocol> {
    let images = experiment.data.iter().find_map(|id| means.lock.entry(id)?.images.as_ref())?;
    if images.layout == Layout::Packed {
        return None;
    }
    let id = dose.networks.iter().find_map(|id| {
        paper.networks.iter().find(|network| &network.id == id).and_then(|network| network.protocol.as_ref())
    })?;
    let found = paper.protocols.iter().find(|protocol| &protocol.id == id)?;
    Some(protocol::fit(found.clone(), images.already_resized.is_some()))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::samples;

    fn planned(id: &str, only: Option<&str>, options: &[&str], missing: &str) -> Result<ExperimentPlan> {
        let lock = samples::lock();
        let at_hand = |entry: &spec::lock::Entry| {
            if entry.id == missing { Where::No("it is nowhere".to_owned()) } else { Where::Here }
        };
        let means = Means { lock: &lock, at_hand: &at_hand, rate: 1.0 };
        plan(&samples::paper(), &samples::part(id, only), &means, &samples::asked(options))
    }

    fn digits(options: &[&str]) -> ExperimentPlan {
        planned("digits", None, options, "").unwrap()
    }

    #[test]
    fn smoke_is_what_is_done_unasked() {
        let plan = digits(&[]);
        assert_eq!((plan.tier, plan.dose.steps, plan.dose.complete), (Tier::Smoke, 100, false));
        assert_eq!(plan.dose.networks, ["small"]);
        assert_eq!(plan, digits(&["--tier", "smoke"]));
        let whole = digits(&["--tier", "train"]);
        assert_eq!((whole.tier, whole.dose.steps, whole.dose.complete), (Tier::Train, 5000, true));
        assert_eq!(whole.dose.networks, ["small", "large"]);
    }

    #[test]
    fn what_trains_nothing_is_inference_and_what_trains_is_not() {
        assert!(!digits(&["--tier", "inference"]).runs());
        assert!(!digits(&["--tier", "instant"]).runs());
        let attack = planned("attack", None, &["--tier", "inference"], "").unwrap();
        assert_eq!((attack.runs(), attack.dose.what.as_str()), (true, "the whole set"));
        assert!(!planned("attack", None, &["--tier", "instant"], "").unwrap().runs());
    }

    #[test]
    fn one_network_is_trained_alone_even_where_the_tier_leaves_it_out() {
        let plan = planned("digits", Some("large"), &[], "").unwrap();
        assert_eq!(plan.dose.networks, ["large"]);
        assert_eq!(plan.no_result("large"), None);
        assert_eq!(plan.no_result("small").unwrap(), "not asked for; `harness replicate small` runs it");
    }

    #[test]
    fn other_steps_are_the_recipe_only_by_its_settings_and_to_its_end() {
        let dose = |options: &[&str]| digits(options).dose;
        assert!(!dose(&["--tier", "train", "--steps", "4999"]).complete);
        assert!(dose(&["--tier", "train", "--steps", "5000"]).complete);
        assert!(!dose(&["--steps", "5000"]).complete, "smoke has another batch");
        assert_eq!(dose(&["--steps", "7"]).steps, 7);
        assert_eq!(dose(&["--steps", "7"]).what, "7 steps, as asked for, in place of 100: a few steps");
        assert_eq!(planned("attack", None, &["--steps", "7"], "").unwrap().dose.steps, 0);
    }

    #[test]
    fn what_cannot_be_had_is_a_reason_or_where_it_was_named_an_error() {
        let plan = planned("digits", None, &[], "digits").unwrap();
        assert_eq!(plan.not_run.as_deref(), Some("digits: it is nowhere"));
        assert_eq!(plan.no_result("small"), plan.not_run);
        let error = planned("digits", Some("small"), &[], "digits").unwrap_err().to_string();
        assert_eq!(error, "what `digits` needs cannot be had: digits: it is nowhere");
        // Weights are needed too.
        assert!(!planned("attack", None, &[], "attacked-weights").unwrap().runs());
    }

    #[test]
    fn options_of_other_runs_are_refused() {
        for options in [["--precision", "bf16"], ["--batch", "8"], ["--on", "digits"], ["--protocol", "center"]] {
            let error = planned("digits", None, &options, "").unwrap_err().to_string();
            assert!(error.contains("`digits`") && error.contains("leave"), "{error}");
        }
    }

    #[test]
    fn pictures_that_were_resized_are_not_resized_again() {
        let protocol = planned("attack", None, &[], "").unwrap().protocol.unwrap();
        assert_eq!((protocol.id.as_str(), protocol.resize), ("center without resize", None));
        assert_eq!(digits(&[]).protocol, None);
    }

    #[test]
    fn the_time_is_shared_by_what_trains() {
        let mut plans = [
            digits(&[]),
            planned("attack", None, &[], "").unwrap(),
            digits(&["--tier", "train"]),
            digits(&["--tier", "instant"]),
        ];
        share_budget(plans.iter_mut(), Duration::from_secs(60));
        assert_eq!(plans.map(|plan| plan.budget), [Some(30.0), None, Some(30.0), None]);
    }
}
