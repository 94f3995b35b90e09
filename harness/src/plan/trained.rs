//! What is trained (or attacked) here, how much of it, and why not all of it.
//!
//! Must not fetch or train.

use anyhow::{Context as _, Result, bail};
use spec::experiment::{Experiment, RunSize};
use spec::job::{Device, Precision};
use spec::lock::Layout;
use spec::paper::Paper;
use spec::protocol::Protocol;

use super::{Choice, Evaluation, Own, Resources, Source, Training, Where, boxes, protocol, reach};
use crate::cli::{ModelSource, Replicate, Tier};
use crate::target::Selected;

pub(super) fn plan(
    paper: &Paper,
    selected: &Selected,
    resources: &Resources<'_>,
    asked: &Replicate,
) -> Result<Evaluation> {
    let experiment = paper.experiments.iter().find(|experiment| experiment.id == selected.id);
    let experiment =
        experiment.with_context(|| format!("the spec of {} has no experiment `{}`", paper.id, selected.id))?;
    let (tier, idle) = tier(experiment, asked);
    let own = boxes::own(experiment, resources);
    let size = size(experiment, tier, selected, asked, own);
    let mut weights = Vec::new();
    for id in &experiment.weights {
        match paper.weights.iter().find(|weights| &weights.id == id) {
            Some(found) => weights.push(found.clone()),
            None => bail!("the spec of {} has no weights `{id}`, which `{}` starts from", paper.id, experiment.id),
        }
    }
    let data = boxes::data(experiment, resources, asked, own)?;
    let mut planned = Evaluation {
        subject: experiment.id.clone(),
        networks: size.networks.clone(),
        protocols: cut(paper, experiment, &size, resources).into_iter().collect(),
        data,
        weights,
        no_scores: None,
        not_run: idle,
        by_name: selected.by_name,
        model: Source::Trained(Box::new(Training {
            experiment: experiment.clone(),
            only: selected.only.clone(),
            tier,
            size,
            left_out: Vec::new(),
            budget: None,
        })),
    };
    if planned.not_run.is_some() {
        return Ok(planned);
    }
    for weights in planned.weights.clone() {
        if let Where::No(why) = reach(resources, &weights.lock)? {
            planned.leave_out(&weights, &format!("{}: {why}", weights.lock));
        }
    }
    let with_weights = |id: &String| paper.weights.iter().any(|weights| &weights.network == id);
    let runs_weights = asked.model.is_empty() || asked.model.contains(&ModelSource::Released);
    let released = runs_weights && selected.only.as_ref().is_some_and(with_weights);
    planned.not_run = obstacle((experiment, released), &planned, selected, resources, asked)?;
    Ok(planned)
}

/// Why a network of the experiment has no result, by the plan alone.
pub(super) fn no_result(training: &Training, network: &str) -> Option<String> {
    if training.size.networks.iter().any(|id| id == network) {
        return None;
    }
    if let Some((_, why)) = training.left_out.iter().find(|(id, _)| id == network) {
        return Some(why.clone());
    }
    if training.only.is_some() {
        return Some(format!("not asked for; `harness replicate {network}` runs it"));
    }
    let (done, does) = if training.trains() { ("trained", "trains") } else { ("tested", "tests") };
    Some(match training.tier {
        Tier::Train => format!("not {done} at tier train"),
        _ => format!("not {done} at tier smoke unless asked for by its name; --tier train {does} it"),
    })
}

/// Whose run size it is, and why nothing is run at the tier asked for, if so.
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

fn size(experiment: &Experiment, tier: Tier, selected: &Selected, asked: &Replicate, own: Option<Own>) -> RunSize {
    let smoke = experiment.smoke.as_ref().filter(|_| tier != Tier::Train);
    let mut size = smoke.unwrap_or(&experiment.train).clone();
    match &selected.only {
        Some(network) => size.networks = vec![network.clone()],
        None if size.networks.is_empty() => size.networks.clone_from(&experiment.networks),
        None => {}
    }
    if let Some(steps) = asked.steps.filter(|_| size.steps > 0) {
        let recipe = &experiment.train;
        size.what = format!("{steps} steps, as asked for, in place of {}: {}", size.steps, size.what);
        size.steps = steps;
        // More steps by other settings are not the recipe either.
        size.complete = recipe.complete && steps >= recipe.steps && size.recipe == recipe.recipe;
    }
    if let Some(own) = own {
        boxes::reword(own, &mut size);
    }
    size
}

/// What keeps it from being run, if anything does. `released`: the one network that was asked for has weights too, which are
/// run beside it.
fn obstacle(
    (experiment, released): (&Experiment, bool),
    planned: &Evaluation,
    selected: &Selected,
    resources: &Resources<'_>,
    asked: &Replicate,
) -> Result<Option<String>> {
    if let Some(why) = unfit(experiment, resources, asked) {
        // Beside networks that the option is for it is a reason like any other.
        let boxed = matches!(resources.own, Some(Own::Boxed { .. })) && !boxes::takes(resources.lock, experiment);
        let one_of_many = boxed && !selected.by_name;
        let beside = asked.target == "all" || one_of_many || selected.only.is_some() && released;
        return if beside { Ok(Some(why)) } else { bail!(why) };
    }
    let data = planned.data.iter().filter_map(Choice::entry);
    for id in data.chain(planned.weights.iter().map(|weights| weights.lock.as_str())) {
        if let Where::No(why) = reach(resources, id)? {
            let why = format!("{id}: {why}");
            if selected.by_name {
                bail!("what `{}` needs cannot be had: {why}", experiment.id);
            }
            return Ok(Some(why));
        }
    }
    Ok(None)
}

/// An option that an experiment has no use for.
fn unfit(experiment: &Experiment, resources: &Resources<'_>, asked: &Replicate) -> Option<String> {
    let id = &experiment.id;
    let bf16 = asked.precision == Some(Precision::Bf16);
    if bf16 && !experiment.bf16 {
        return Some(format!("`{id}` is not trained in bf16, which no paper of these used: leave --precision out"));
    }
    if bf16 && asked.device != Some(Device::Cuda) {
        return Some(format!("`{id}` is trained in bf16 on a GPU only: add --device cuda, or leave --precision out"));
    }
    if asked.batch.is_some() {
        return Some(format!("the batch of `{id}` is a part of its recipe: leave --batch out"));
    }
    let of_pictures = [
        ("--on", asked.on.is_some()),
        ("--images", asked.images.is_some() && boxes::own(experiment, resources).is_none()),
        ("--protocol", !asked.protocol.is_empty()),
        ("--weights", asked.weights.is_some()),
    ];
    let given = of_pictures.iter().find(|(_, given)| *given)?;
    if given.0 == "--images" && boxes::takes(resources.lock, experiment) {
        return Some(format!(
            "`{id}` takes images with boxes on them, and those of --images have labels: leave it out"
        ));
    }
    Some(format!("{} is for networks with released weights; `{id}` has its own data: leave it out", given.0))
}

/// The protocol of the first network that has one, for data in files.
fn cut(paper: &Paper, experiment: &Experiment, size: &RunSize, resources: &Resources<'_>) -> Option<Protocol> {
    let images = experiment.data.iter().find_map(|id| resources.lock.entry(id)?.images.as_ref())?;
    if images.layout == Layout::Packed {
        return None;
    }
    let id = size.networks.iter().find_map(|id| {
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

    fn planned(id: &str, only: Option<&str>, options: &[&str], missing: &str) -> Result<Evaluation> {
        let lock = samples::lock();
        let at_hand = |entry: &spec::lock::Entry| {
            if entry.id == missing { Where::No("it is nowhere".to_owned()) } else { Where::Here }
        };
        let resources = Resources { lock: &lock, at_hand: &at_hand, rate: 1.0, own: None };
        plan(&samples::paper(), &samples::trained(id, only), &resources, &samples::asked(options))
    }

    fn digits(options: &[&str]) -> Evaluation {
        planned("digits", None, options, "").unwrap()
    }

    fn of(plan: &Evaluation) -> &Training {
        plan.training().unwrap()
    }

    #[test]
    fn smoke_is_what_is_done_unasked() {
        let plan = digits(&[]);
        assert_eq!((of(&plan).tier, of(&plan).size.steps, of(&plan).size.complete), (Tier::Smoke, 100, false));
        assert_eq!(of(&plan).size.networks, ["small"]);
        assert_eq!(plan, digits(&["--tier", "smoke"]));
        let whole = digits(&["--tier", "train"]);
        assert_eq!((of(&whole).tier, of(&whole).size.steps, of(&whole).size.complete), (Tier::Train, 5000, true));
        assert_eq!(of(&whole).size.networks, ["small", "large"]);
    }

    #[test]
    fn what_trains_nothing_is_inference_and_what_trains_is_not() {
        assert!(!digits(&["--tier", "inference"]).runs());
        assert!(!digits(&["--tier", "instant"]).runs());
        let attack = planned("attack", None, &["--tier", "inference"], "").unwrap();
        assert_eq!((attack.runs(), of(&attack).size.what.as_str()), (true, "the whole set"));
        assert!(!planned("attack", None, &["--tier", "instant"], "").unwrap().runs());
    }

    #[test]
    fn one_network_is_trained_alone_even_where_the_tier_leaves_it_out() {
        let plan = planned("digits", Some("large"), &[], "").unwrap();
        assert_eq!(of(&plan).size.networks, ["large"]);
        assert_eq!(plan.no_result("large"), None);
        assert_eq!(plan.no_result("small").unwrap(), "not asked for; `harness replicate small` runs it");
    }

    #[test]
    fn other_steps_are_the_recipe_only_by_its_settings_and_to_its_end() {
        let size = |options: &[&str]| of(&digits(options)).size.clone();
        assert!(!size(&["--tier", "train", "--steps", "4999"]).complete);
        assert!(size(&["--tier", "train", "--steps", "5000"]).complete);
        assert!(!size(&["--steps", "5000"]).complete, "smoke has another batch");
        assert_eq!(size(&["--steps", "7"]).steps, 7);
        assert_eq!(size(&["--steps", "7"]).what, "7 steps, as asked for, in place of 100: a few steps");
        assert_eq!(of(&planned("attack", None, &["--steps", "7"], "").unwrap()).size.steps, 0);
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
    fn a_network_whose_own_weights_cannot_be_had_is_left_out_beside_others() {
        let (lock, mut paper) = (samples::lock(), samples::paper());
        let mut own = paper.weights[0].clone();
        (own.id, own.network, own.lock) = ("small-weights".to_owned(), "small".to_owned(), "digits".to_owned());
        paper.weights.push(own);
        let attack = paper.experiments.iter_mut().find(|experiment| experiment.id == "attack").unwrap();
        attack.networks.push("small".to_owned());
        attack.weights.push("small-weights".to_owned());
        let planned = |missing: &'static str| {
            let at_hand = move |entry: &spec::lock::Entry| {
                if entry.id == missing { Where::No("it is nowhere".to_owned()) } else { Where::Here }
            };
            let resources = Resources { lock: &lock, at_hand: &at_hand, rate: 1.0, own: None };
            plan(&paper, &samples::trained("attack", None), &resources, &samples::asked(&[])).unwrap()
        };
        let left = planned("attacked-weights");
        assert!(left.runs() && left.networks == ["small"] && left.weights.len() == 1);
        assert_eq!(left.no_result("attacked").as_deref(), Some("attacked-weights: it is nowhere"));
        assert_eq!(left.no_result("small"), None);
        assert_eq!(planned("").networks, ["attacked", "small"]);
        // Pictures are everybody's.
        assert_eq!(planned("photographs").not_run.as_deref(), Some("photographs: it is nowhere"));
    }

    #[test]
    fn options_of_other_runs_are_refused() {
        for options in [["--precision", "bf16"], ["--batch", "8"], ["--on", "digits"], ["--protocol", "center"]] {
            let error = planned("digits", None, &options, "").unwrap_err().to_string();
            assert!(error.contains("`digits`") && error.contains("leave"), "{error}");
        }
    }

    #[test]
    fn beside_weights_that_an_option_is_for_it_is_a_reason_and_no_error() {
        let plan = planned("attack", Some("attacked"), &["--protocol", "center"], "").unwrap();
        assert!(plan.not_run.as_deref().is_some_and(|why| why.starts_with("--protocol is for networks")), "{plan:?}");
        let alone = planned("attack", Some("attacked"), &["--protocol", "center", "--model", "trained"], "");
        assert!(alone.unwrap_err().to_string().contains("leave it out"));
    }

    #[test]
    fn bf16_is_for_a_gpu_and_for_what_says_so() {
        let (lock, mut paper) = (samples::lock(), samples::paper());
        let resources = Resources { lock: &lock, at_hand: &|_| Where::Here, rate: 1.0, own: None };
        paper.experiments.iter_mut().for_each(|experiment| experiment.bf16 = true);
        let planned =
            |options: &[&str]| plan(&paper, &samples::trained("digits", None), &resources, &samples::asked(options));
        assert!(planned(&["--precision", "bf16", "--device", "cuda"]).unwrap().runs());
        let error = planned(&["--precision", "bf16"]).unwrap_err().to_string();
        assert!(error.contains("on a GPU only: add --device cuda"), "{error}");
        assert!(planned(&["--precision", "bf16", "--device", "cuda", "--batch", "8"]).is_err());
    }

    #[test]
    fn pictures_that_were_resized_are_not_resized_again() {
        let protocol = planned("attack", None, &[], "").unwrap().protocols.remove(0);
        assert_eq!((protocol.id.as_str(), protocol.resize), ("center without resize", None));
        assert_eq!(digits(&[]).protocols, []);
    }

    #[test]
    fn the_time_is_shared_by_what_trains() {
        let mut plans = [
            digits(&[]),
            planned("attack", None, &[], "").unwrap(),
            digits(&["--tier", "train"]),
            digits(&["--tier", "instant"]),
        ];
        crate::plan::share_budget(plans.iter_mut(), Duration::from_secs(60));
        assert_eq!(plans.map(|plan| of(&plan).budget), [Some(30.0), None, Some(30.0), None]);
    }
}
