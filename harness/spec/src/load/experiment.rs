//! What the parts of a spec about training must hold beyond their types.
//!
//! Must not check claims (`paper` does) or recipes (the paper's folder does, by [`super::part`]).

use super::cited::check_reference;
use super::node::Node;
use super::problem::Problems;
use super::rules;
use crate::experiment::{Condition, Experiment, RunSize};
use crate::lock::Lock;
use crate::paper::{Network, Paper};

pub(super) fn check(paper: &Paper, node: &Node, problems: &mut Problems<'_>) {
    let conditions = paper.conditions.iter().map(|condition| condition.id.as_str());
    rules::ids("condition", "id", node.at("conditions"), conditions, problems);
    let experiments = paper.experiments.iter().map(|experiment| experiment.id.as_str());
    rules::ids("experiment", "id", node.at("experiments"), experiments, problems);
    let generated = paper.generated.iter().map(|generated| generated.id.as_str());
    rules::ids("generated data", "id", node.at("generated"), generated, problems);
    for (index, condition) in paper.conditions.iter().enumerate() {
        check_condition(paper, condition, node.at("conditions").nth(index), problems);
    }
    for (index, experiment) in paper.experiments.iter().enumerate() {
        check_experiment(paper, experiment, node.at("experiments").nth(index), problems);
    }
    for (index, generated) in paper.generated.iter().enumerate() {
        let node = node.at("generated").nth(index);
        if let Some(hash) = &generated.sha256
            && !(hash.len() == 64 && hash.chars().all(|c| c.is_ascii_hexdigit() && !c.is_ascii_uppercase()))
        {
            problems.add(node.at("sha256").place(), format!("`{hash}` is no SHA-256: 64 lower-case hex digits"));
        }
    }
}

/// Data sets that must be in the lock, and whose classes the networks must tell apart.
pub(super) fn check_against(paper: &Paper, lock: &Lock, node: &Node, problems: &mut Problems<'_>) {
    for (index, experiment) in paper.experiments.iter().enumerate() {
        for (number, id) in experiment.data.iter().enumerate() {
            if lock.entry(id).is_none() {
                let place = node.at("experiments").nth(index).at("data").nth(number).place();
                problems.add(place, format!("data set `{id}` is no entry of the lock; add it there or name another"));
            }
        }
        check_classes(paper, experiment, lock, node.at("experiments").nth(index).at("data"), problems);
    }
}

/// Sets with boxes must be of the same classes, and some network must tell those apart, alone or from what is none of them. Others
/// answer otherwise: a trunk before them, one that gives a box a class.
fn check_classes(paper: &Paper, experiment: &Experiment, lock: &Lock, node: &Node, problems: &mut Problems<'_>) {
    let mut first: Option<(&str, Vec<&str>)> = None;
    for (number, id) in experiment.data.iter().enumerate() {
        let Some(images) = lock.entry(id).and_then(|entry| entry.annotated.as_ref()) else { continue };
        let (classes, place) = (images.classes(), node.nth(number).place());
        if let Some((other, of_other)) = &first {
            if *of_other != classes {
                let message =
                    format!("the boxes of `{id}` are of other classes than those of `{other}`; take one of them");
                problems.add(place, message);
            }
            continue;
        }
        let count = classes.len();
        let tells = |network: &&Network| [count, count + 1].contains(&(network.classes as usize));
        let of_it = |network: &&Network| network.classes > 0 && experiment.networks.contains(&network.id);
        let networks: Vec<&Network> = paper.networks.iter().filter(of_it).collect();
        if !networks.is_empty() && !networks.iter().any(tells) {
            let counts: Vec<String> = networks.iter().map(|network| network.classes.to_string()).collect();
            let message = format!(
                "the boxes of `{id}` are of {count} classes, and no network of `{}` tells so many apart, alone or from the background: theirs are {}; name another set",
                experiment.id,
                counts.join(", ")
            );
            problems.add(place, message);
        }
        first = Some((id, classes));
    }
}

fn check_condition(paper: &Paper, condition: &Condition, node: &Node, problems: &mut Problems<'_>) {
    rules::not_empty("source", &condition.source, node.at("source"), problems);
    if paper.protocols.iter().any(|protocol| protocol.id == condition.id) {
        problems
            .add(node.at("id").place(), format!("`{}` is a protocol's id too; claims could mean either", condition.id));
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
        check_size(experiment, smoke, node.at("smoke"), problems);
    }
    check_size(experiment, &experiment.train, node.at("train"), problems);
}

fn check_size(experiment: &Experiment, size: &RunSize, node: &Node, problems: &mut Problems<'_>) {
    rules::not_empty("what", &size.what, node.at("what"), problems);
    for (index, id) in size.networks.iter().enumerate() {
        let known = || experiment.networks.iter().map(String::as_str);
        let node = node.at("networks").nth(index);
        check_reference("network", id, known().any(|one| one == id), &mut known(), node, problems);
    }
}
