//! What a paper's spec must hold beyond its types.
//!
//! Must not read anything else: references into the lock are checked against a lock that is given.

use super::cited::{check_reference, check_source};
use super::node::Node;
use super::problem::Problems;
use super::rules::{self, known};
use crate::claim::Claim;
use crate::lock::Lock;
use crate::metric::{Metric, MetricInfo, Unit};
use crate::paper::{Network, Paper, Weights};
use crate::protocol::{Protocol, ViewKind};

/// The longest side, or the largest number of channels or classes, that is no slip of the pen.
const LARGEST: u32 = 1_000_000;

pub(crate) fn check(paper: &Paper, node: &Node, problems: &mut Problems<'_>) {
    for (key, text) in [
        ("id", &paper.id),
        ("title", &paper.title),
        ("venue", &paper.venue),
        ("link", &paper.link),
        ("summary", &paper.summary),
    ] {
        rules::not_empty(key, text, node.at(key), problems);
    }
    if paper.authors.is_empty() {
        problems.add(node.at("authors").place(), "no authors; name them in the paper's order");
    }
    if !(1950..=2100).contains(&paper.year) {
        problems.add(node.at("year").place(), format!("year {} is none in which such a paper appeared", paper.year));
    }
    let keys = paper.sources.iter().map(|source| source.key.as_str());
    rules::ids("source", "key", node.at("sources"), keys, problems);
    let networks = paper.networks.iter().map(|network| network.id.as_str());
    rules::ids("network", "id", node.at("networks"), networks, problems);
    let protocols = paper.protocols.iter().map(|protocol| protocol.id.as_str());
    rules::ids("protocol", "id", node.at("protocols"), protocols, problems);
    super::experiment::check(paper, node, problems);
    let weights = paper.weights.iter().map(|weights| weights.id.as_str());
    rules::ids("weights", "id", node.at("weights"), weights, problems);
    super::imported::check(paper, node, problems);
    let claims = paper.claims.iter().map(|claim| claim.id.as_str());
    rules::ids("claim", "id", node.at("claims"), claims, problems);
    rules::ids("data", "id", node.at("data"), paper.data.iter().map(String::as_str), problems);

    for (index, network) in paper.networks.iter().enumerate() {
        check_network(paper, network, node.at("networks").nth(index), problems);
    }
    for (index, protocol) in paper.protocols.iter().enumerate() {
        check_protocol(protocol, node.at("protocols").nth(index), problems);
    }
    for (index, weights) in paper.weights.iter().enumerate() {
        check_weights(paper, weights, node.at("weights").nth(index), problems);
    }
    for (index, claim) in paper.claims.iter().enumerate() {
        check_claim(paper, claim, node.at("claims").nth(index), problems);
    }
    super::table::check(paper, node, problems);
}

/// Data sets, entries and files of weights that must be in the lock.
pub(crate) fn check_against(paper: &Paper, lock: &Lock, node: &Node, problems: &mut Problems<'_>) {
    for (index, id) in paper.data.iter().enumerate() {
        if lock.entry(id).is_none() {
            let place = node.at("data").nth(index).place();
            problems.add(place, format!("data set `{id}` is no entry of the lock; add it there or name another"));
        }
    }
    super::experiment::check_against(paper, lock, node, problems);
    super::imported::check_against(paper, lock, node, problems);
    for (index, weights) in paper.weights.iter().enumerate() {
        let node = node.at("weights").nth(index);
        let Some(entry) = lock.entry(&weights.lock) else {
            let message = format!("`{}` is no entry of the lock; add it there or name another", weights.lock);
            problems.add(node.at("lock").place(), message);
            continue;
        };
        if !entry.files.iter().any(|file| file.path == weights.file || file.unpack.is_some()) {
            let message = format!(
                "entry `{}` of the lock has no file `{}`; its files: {}",
                entry.id,
                weights.file,
                known(entry.files.iter().map(|file| file.path.as_str()))
            );
            problems.add(node.at("file").place(), message);
        }
    }
}

fn check_network(paper: &Paper, network: &Network, node: &Node, problems: &mut Problems<'_>) {
    if network.input.iter().any(|&n| n == 0 || n > LARGEST) {
        let message = format!("input {:?} is no image's shape [C, H, W]", network.input);
        problems.add(node.at("input").place(), message);
    }
    if network.classes > LARGEST {
        problems.add(node.at("classes").place(), format!("{} classes cannot be", network.classes));
    }
    if let Some(id) = &network.protocol {
        let protocol = paper.protocols.iter().find(|protocol| protocol.id == *id);
        check_reference("protocol", id, protocol.is_some(), &mut protocols(paper), node.at("protocol"), problems);
        if let Some(protocol) = protocol
            && network.input[1..] != [protocol.views.size; 2]
        {
            let message = format!(
                "protocol `{id}` cuts {0} × {0} pixels but the network's input is {1} × {2}; one of them is wrong",
                protocol.views.size, network.input[1], network.input[2]
            );
            problems.add(node.at("protocol").place(), message);
        }
    }
    for (index, id) in network.members.iter().enumerate() {
        let member = paper.networks.iter().find(|other| other.id == *id && other.members.is_empty());
        let node = node.at("members").nth(index);
        check_reference("network", id, member.is_some(), &mut networks(paper), node, problems);
        if member.is_some_and(|member| (member.input, member.classes) != (network.input, network.classes)) {
            let message = format!("`{id}` has another input or other classes than the ensemble");
            problems.add(node.place(), message);
        }
    }
    // `paper/network` names another paper's network, which is not here to be looked up.
    if let Some(id) = network.versus.as_ref().filter(|id| !id.contains('/')) {
        let others = || paper.networks.iter().map(|other| other.id.as_str()).filter(|other| *other != network.id);
        check_reference("network", id, others().any(|other| other == id), &mut others(), node.at("versus"), problems);
    }
    for (index, shape) in network.shapes.iter().enumerate() {
        let node = node.at("shapes").nth(index);
        if !matches!(shape.output.len(), 1 | 3) || shape.output.contains(&0) {
            let message = format!("output {:?} is neither [C, H, W] nor [features]", shape.output);
            problems.add(node.at("output").place(), message);
        }
        check_source(paper, &shape.source, node.at("source"), problems);
    }
}

fn check_protocol(protocol: &Protocol, node: &Node, problems: &mut Problems<'_>) {
    rules::not_empty("source", &protocol.source, node.at("source"), problems);
    if protocol.views.size == 0 || protocol.views.size > LARGEST {
        let message = format!("a view of {} pixels cannot be", protocol.views.size);
        problems.add(node.at("views").at("size").place(), message);
    }
    let within = node.at("views").at("within");
    let cuts_crops = matches!(protocol.views.kind, ViewKind::Center | ViewKind::TenCrop);
    match protocol.views.within {
        Some(_) if !cuts_crops => {
            let message = format!(
                "views of kind `{}` are of the whole image; `within` is for `center` and `ten-crop`",
                protocol.views.kind
            );
            problems.add(within.place(), message);
        }
        Some(side) if side < protocol.views.size || side > LARGEST => {
            let message = format!("a view of {} pixels does not fit within {side}", protocol.views.size);
            problems.add(within.place(), message);
        }
        _ => {}
    }
    let least = protocol.views.within.unwrap_or(protocol.views.size);
    let Some(resize) = &protocol.resize else { return };
    let sides = node.at("resize").at("short_side");
    if resize.short_side.is_empty() {
        problems.add(sides.place(), "no short side; give one value or several, or leave `resize` out");
    }
    for (index, &side) in resize.short_side.iter().enumerate() {
        let place = sides.nth(index).place();
        if side == 0 || side > LARGEST {
            problems.add(place, format!("a short side of {side} pixels cannot be"));
        } else if side < least && protocol.views.kind != ViewKind::Dense {
            let message = format!("a view of {least} pixels does not fit in a short side of {side}");
            problems.add(place, message);
        }
    }
}

fn check_weights(paper: &Paper, weights: &Weights, node: &Node, problems: &mut Problems<'_>) {
    let network = paper.networks.iter().find(|network| network.id == weights.network);
    check_reference("network", &weights.network, network.is_some(), &mut networks(paper), node.at("network"), problems);
    rules::relative_path(&weights.file, node.at("file"), problems);
    rules::relative_path(&weights.names, node.at("names"), problems);
    rules::not_empty("origin", &weights.origin, node.at("origin"), problems);
    let input = node.at("input");
    if !(weights.input.range.is_finite() && weights.input.range > 0.0) {
        problems.add(input.at("range").place(), "range must be the value of a full channel: 255 or 1");
    }
    for (index, mean) in weights.input.mean.iter().enumerate() {
        if !(0.0..=weights.input.range).contains(mean) {
            let message = format!("mean {mean} is outside 0 to {}, the range of a channel", weights.input.range);
            problems.add(input.at("mean").nth(index).place(), message);
        }
    }
    for (index, std) in weights.input.std.iter().enumerate() {
        if !(std.is_finite() && *std > 0.0) {
            problems.add(input.at("std").nth(index).place(), format!("std {std} must be a positive number"));
        }
    }
    let pictures = weights.canary.iter().map(|answer| answer.picture.as_str());
    rules::ids("canary", "picture", node.at("canary"), pictures, problems);
    for (index, answer) in weights.canary.iter().enumerate() {
        let node = node.at("canary").nth(index);
        if !(0.0..=1.0).contains(&answer.score) {
            let message = format!("score {} is no softmax probability; it must be within 0 and 1", answer.score);
            problems.add(node.at("score").place(), message);
        }
        if let (Some(class), Some(network)) = (answer.class, network)
            && class >= network.classes
        {
            let message = format!("class {class} is outside 0 to {}", network.classes.saturating_sub(1));
            problems.add(node.at("class").place(), message);
        }
    }
}

fn check_claim(paper: &Paper, claim: &Claim, node: &Node, problems: &mut Problems<'_>) {
    check_number(claim, node, problems);
    check_source(paper, &claim.source, node.at("source"), problems);
    rules::not_empty("network", &claim.network, node.at("network"), problems);
    if claim.models == 0 {
        problems.add(node.at("models").place(), "0 models were averaged; leave the key out for one");
    }
    if claim.regions == Some(0) {
        problems.add(node.at("regions").place(), "0 regions; leave the key out where it is not known");
    }
    if claim.batch == Some(0) {
        problems.add(node.at("batch").place(), "a batch of 0 images; leave the key out where it is not known");
    }
    if claim.metric == Metric::PARAMETER_RATIO && claim.versus.is_none() {
        problems
            .add(node.at("metric").place(), "a parameter ratio without `versus`; name the network it is compared with");
    }
    if let Some(id) = &claim.protocol {
        let found = protocols(paper).any(|known| known == id);
        check_reference("protocol", id, found, &mut protocols(paper), node.at("protocol"), problems);
    }
    if claim.metric == Metric::ERROR_DIFFERENCE
        && let Some(versus) = &claim.versus
    {
        let found = networks(paper).any(|known| known == versus);
        check_reference("network", versus, found, &mut networks(paper), node.at("versus"), problems);
    }
    if let Some(id) = &claim.stand_in {
        let found = networks(paper).any(|known| known == id);
        check_reference("network", id, found, &mut networks(paper), node.at("stand_in"), problems);
        if !claim.metric.is_score() || claim.metric == Metric::ERROR_DIFFERENCE {
            let message = format!(
                "nothing can stand in for the {} of a network; only for what is scored on examples",
                claim.metric
            );
            problems.add(node.at("stand_in").place(), message);
        }
    }
    for (index, id) in claim.weights.iter().enumerate() {
        let node = node.at("weights").nth(index);
        let network = models(paper).find(|(known, _)| known == id).map(|(_, network)| network);
        check_reference("weights", id, network.is_some(), &mut models(paper).map(|(id, _)| id), node, problems);
        if let Some(network) = network.filter(|network| *network != claim.network) {
            let message = format!("weights `{id}` are of network `{network}`, the claim is about `{}`", claim.network);
            problems.add(node.place(), message);
        }
    }
}

fn check_number(claim: &Claim, node: &Node, problems: &mut Problems<'_>) {
    let Claim { metric, unit, value, step, .. } = claim;
    if let Some(info) = metric.info() {
        check_unit(info, *unit, node, problems);
    }
    if !(step.is_finite() && *step > 0.0) {
        let message = format!("step {step} must be a positive number: the step of the last printed digit (7.3: 0.1)");
        problems.add(node.at("step").place(), message);
    }
    if let Some(plus_minus) = claim.plus_minus
        && !(plus_minus.is_finite() && plus_minus >= 0.0)
    {
        problems.add(node.at("plus_minus").place(), format!("± {plus_minus} must be a positive number"));
    }
    if let Some(trainings) = claim.trainings {
        if trainings < 2 {
            let message =
                format!("trainings {trainings}: give two or more, of which the number is the mean, or leave it out");
            problems.add(node.at("trainings").place(), message);
        } else if claim.plus_minus.is_none() {
            let message = format!("a mean of {trainings} trainings needs `plus_minus`, their standard deviation");
            problems.add(node.at("trainings").place(), message);
        }
    }
    let range = match unit {
        Unit::Percent => 0.0..=100.0,
        Unit::Points => -100.0..=100.0,
        Unit::Nats => f64::MIN..=f64::MAX,
        _ => 0.0..=f64::MAX,
    };
    if !range.contains(value) {
        let range = match unit {
            Unit::Percent => "0 to 100",
            Unit::Points => "-100 to 100",
            _ => "what is 0 or more",
        };
        problems.add(node.at("value").place(), format!("value {value} is outside {range} {unit}"));
    }
}

fn check_unit(info: &MetricInfo, unit: Unit, node: &Node, problems: &mut Problems<'_>) {
    if !info.units.contains(&unit) {
        let units: Vec<_> = info.units.iter().map(ToString::to_string).collect();
        let units = known(units.iter().map(String::as_str));
        problems.add(node.at("unit").place(), format!("{} is not written in {unit}; its units: {units}", info.metric));
    }
}

/// Metrics that are nobody's, and units of tasks' metrics.
pub(crate) fn check_metrics(paper: &Paper, metrics: &[MetricInfo], node: &Node, problems: &mut Problems<'_>) {
    for (index, claim) in paper.claims.iter().enumerate().filter(|(_, claim)| claim.metric.info().is_none()) {
        let node = node.at("claims").nth(index);
        match metrics.iter().find(|info| info.metric == claim.metric) {
            Some(info) => check_unit(info, claim.unit, node, problems),
            None => {
                let all = crate::metric::GENERAL.iter().chain(metrics).map(|info| info.metric.name());
                let message = format!("no task measures `{}`; metrics: {}", claim.metric, known(all));
                problems.add(node.at("metric").place(), message);
            }
        }
    }
}

/// Weights and imported predictions: their ids and networks.
fn models(paper: &Paper) -> impl Iterator<Item = (&str, &str)> {
    let weights = paper.weights.iter().map(|weights| (weights.id.as_str(), weights.network.as_str()));
    weights.chain(paper.imported.iter().map(|imported| (imported.id.as_str(), imported.network.as_str())))
}

fn networks(paper: &Paper) -> impl Iterator<Item = &str> {
    paper.networks.iter().map(|network| network.id.as_str())
}

fn protocols(paper: &Paper) -> impl Iterator<Item = &str> {
    let conditions = paper.conditions.iter().map(|condition| condition.id.as_str());
    paper.protocols.iter().map(|protocol| protocol.id.as_str()).chain(conditions)
}
