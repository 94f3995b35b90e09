//! What the parts of a spec about training must hold beyond their types.
//!
//! Must not check claims: `paper` does.

use super::node::Node;
use super::paper::check_reference;
use super::problem::Problems;
use super::rules;
use crate::experiment::{Condition, Dose, Experiment};
use crate::lock::Lock;
use crate::paper::Paper;

pub(super) fn check(paper: &Paper, node: &Node, problems: &mut Problems<'_>) {
    let conditions = paper.conditions.iter().map(|condition| condition.id.as_str());
    rules::ids("condition", "id", node.at("conditions"), conditions, problems);
    let experiments = paper.experiments.iter().map(|experiment| experiment.id.as_str());
    rules::ids("experiment", "id", node.at("experiments"), experiments, problems);
    rules::ids("made data", "id", node.at("made"), paper.made.iter().map(|made| made.id.as_str()), problems);
    for (index, condition) in paper.conditions.iter().enumerate() {
        check_condition(paper, condition, node.at("conditions").nth(index), problems);
    }
    for (index, experiment) in paper.experiments.iter().enumerate() {
        check_experiment(paper, experiment, node.at("experiments").nth(index), problems);
    }
    for (index, made) in paper.made.iter().enumerate() {
        let node = node.at("made").nth(index);
        if let Some(hash) = &made.sha256
            && !(hash.len() == 64 && hash.chars().all(|c| c.is_ascii_hexdigit() && !c.is_ascii_uppercase()))
        {
            problems.add(node.at("sha256").place(), format!("`{hash}` is no SHA-256: 64 lower-case hex digits"));
        }
    }
}

/// Data sets that must be in the lock.
pub(super) fn check_against(paper: &Paper, lock: &Lock, node: &Node, problems: &mut Problems<'_>) {
    for (index, experiment) in paper.experiments.iter().enumerate() {
        for (number, id) in experiment.data.iter().enumerate() {
            if lock.entry(id).is_none() {
                let place = node.at("experiments").nth(index).at("data").nth(number).place();
                problems.add(place, format!("data set `{id}` is no entry of the lock; add it there or name another"));
            }
        }
    }
}

fn check_condition(paper: &Paper, condition: &Condition, node: &Node, problems: &mut Problems<'_>) {
    rules::not_empty("source", &condition.source, node.at("source"), problems);
    if paper.protocols.iter().any(|protocol| protocol.id == condition.id) {
        problems
            .add(node.at("id").place(), format!("`{}` is a protocol's id too; claims could mean either", condition.id));
    }
    if let Some(attack) = &condition.attack {
        let node = node.at("attack");
        if !(attack.epsilon.is_finite() && attack.epsilon >= 0.0) {
            problems.add(node.at("epsilon").place(), format!("epsilon {} must be 0 or more", attack.epsilon));
        }
        if let Some(id) = &attack.made_for {
            let known = || paper.networks.iter().map(|network| network.id.as_str());
            check_reference("network", id, known().any(|one| one == id), &mut known(), node.at("made_for"), problems);
        }
    }
    if let Some(parzen) = &condition.parzen
        && (parzen.samples == 0 || parzen.widths == 0 || parzen.validation == 0)
    {
        problems.add(node.at("parzen").place(), "samples, widths and validation must be 1 or more");
    }
}

fn check_experiment(paper: &Paper, experiment: &Experiment, node: &Node, problems: &mut Problems<'_>) {
    if paper.networks.iter().any(|network| network.id == experiment.id) {
        problems.add(
            node.at("id").place(),
            format!("`{}` is a network's id too; `replicate` could mean either", experiment.id),
        );
    }
    let networks = || paper.networks.iter().map(|network| network.id.as_str());
    for (index, id) in experiment.networks.iter().enumerate() {
        let node = node.at("networks").nth(index);
        check_reference("network", id, networks().any(|one| one == id), &mut networks(), node, problems);
    }
    if experiment.networks.is_empty() {
        problems
            .add(node.at("networks").place(), "an experiment without networks; name those that it trains or attacks");
    }
    for (index, id) in experiment.weights.iter().enumerate() {
        let weights = || paper.weights.iter().map(|weights| weights.id.as_str());
        let node = node.at("weights").nth(index);
        check_reference("weights", id, weights().any(|one| one == id), &mut weights(), node, problems);
    }
    if let Some(smoke) = &experiment.smoke {
        check_dose(experiment, smoke, node.at("smoke"), problems);
    }
    check_dose(experiment, &experiment.train, node.at("train"), problems);
}

fn check_dose(experiment: &Experiment, dose: &Dose, node: &Node, problems: &mut Problems<'_>) {
    rules::not_empty("what", &dose.what, node.at("what"), problems);
    for (index, id) in dose.networks.iter().enumerate() {
        let known = || experiment.networks.iter().map(String::as_str);
        let node = node.at("networks").nth(index);
        check_reference("network", id, known().any(|one| one == id), &mut known(), node, problems);
    }
    for (name, value) in &dose.settings {
        if !value.is_finite() {
            problems.add(node.at("settings").place(), format!("the setting `{name}` is {value}, not a number to use"));
        }
    }
}
