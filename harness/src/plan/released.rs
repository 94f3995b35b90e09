//! A network as somebody released its weights: on labelled pictures where there are some, and timed in any case.
//!
//! Must not fetch or run.

use anyhow::{Context as _, Result, bail};
use replications::graph::Op;
use spec::experiment::Experiment;
use spec::paper::{Network, Paper};
use spec::protocol::Protocol;

use super::{Choice, Evaluation, Own, Resources, Source, data, protocol, weights};
use crate::cli::{Replicate, Tier};
use crate::target::Selected;

pub(super) fn plan(
    paper: &Paper,
    selected: &Selected,
    resources: &Resources<'_>,
    asked: &Replicate,
) -> Result<Evaluation> {
    let network = paper.networks.iter().find(|network| network.id == selected.id);
    let network = network.with_context(|| format!("the spec of {} has no network `{}`", paper.id, selected.id))?;
    let boxed = matches!(resources.own, Some(Own::Boxed { .. }));
    let boxed =
        boxed.then(|| "the images of --images have boxes on them, for what is trained to find objects".to_owned());
    let not_run = idle(paper, network, selected, asked)?.or(boxed);
    let weights = if network.members.is_empty() {
        weights::choose(paper, network, resources, asked)?.map(|weights| vec![weights])
    } else {
        weights::of_members(paper, network, resources, asked)?
    };
    let protocols = protocol::choose(paper, network, asked)?;
    let seconds = |images: u64| estimate(network, &protocols, images, resources.rate);
    let data = match &not_run {
        Some(why) => Err(why.clone()),
        None => data::choose((paper, network), resources, asked, &seconds)?,
    };
    let already_resized = matches!(&data, Ok(Choice::Images { images, .. }) if images.already_resized.is_some());
    // What does not run at all says so in place of its data; without weights that is what is missing first.
    let no_scores = not_run.clone().or(weights.as_ref().err().cloned()).or(data.as_ref().err().cloned());
    Ok(Evaluation {
        subject: network.id.clone(),
        networks: vec![network.id.clone()],
        model: Source::Released,
        protocols: protocols.into_iter().map(|protocol| protocol::fit(protocol, already_resized)).collect(),
        data: data.into_iter().collect(),
        weights: weights.unwrap_or_default(),
        no_scores,
        not_run,
        by_name: selected.by_name,
    })
}

/// Why nothing of it runs at this tier, if so.
fn idle(paper: &Paper, network: &Network, selected: &Selected, asked: &Replicate) -> Result<Option<String>> {
    match asked.tier {
        Some(Tier::Instant) => Ok(Some("tier instant counts and runs nothing".to_owned())),
        Some(Tier::Train) => {
            let trained = crate::target::experiments_of(paper, &network.id).next().is_some();
            let why = if trained {
                "tier train trains; --tier inference runs released weights".to_owned()
            } else {
                format!("`{}` cannot be trained here yet: its highest tier is `inference`", network.id)
            };
            // Beside what can be trained it is a reason like any other.
            if asked.target == "all" || trained || !selected.by_name && !paper.experiments.is_empty() {
                return Ok(Some(why));
            }
            bail!(why)
        }
        Some(Tier::Smoke | Tier::Inference) | None => {
            let beside = second_input(&network.id).map(|what| format!("{what}: experiments train, test and time it"));
            Ok(beside.or_else(|| only_read(paper, &network.id).filter(|_| !selected.by_name)))
        }
    }
}

/// That nothing but experiments asks for a network's weights, and none of them is short: hundreds of megabytes are not fetched for
/// what nobody asked for by name. None where a claim is about it, or a short experiment reads it.
fn only_read(paper: &Paper, network: &str) -> Option<String> {
    let has_weights = paper.weights.iter().any(|weights| weights.network == network);
    let is_claimed = paper.claims.iter().any(|claim| claim.network == network);
    let names = |experiment: &&Experiment| experiment.networks.iter().any(|id| id == network);
    let readers: Vec<&Experiment> = paper.experiments.iter().filter(names).collect();
    let is_short = readers.iter().any(|experiment| experiment.smoke.is_some());
    let ids: Vec<&str> = readers.iter().map(|experiment| experiment.id.as_str()).collect();
    (has_weights && !is_claimed && !ids.is_empty() && !is_short).then(|| {
        format!("its weights are what {} begins with, at --tier train; name it to have it timed", ids.join(" or "))
    })
}

/// What it reads beside pictures, which alone are nothing that it answers; None where it reads nothing else.
fn second_input(network: &str) -> Option<&'static str> {
    let (_, graph) = replications::registry::network(network)?;
    if graph.reads_words() {
        return Some("it reads or writes sentences about regions and images");
    }
    let regions = graph.nodes.iter().any(|node| matches!(node.op, Op::Regions));
    regions.then_some("it looks into regions that something else proposes")
}

/// Seconds that a network needs for so many images.
fn estimate(network: &Network, protocols: &[Protocol], images: u64, rate: f64) -> f64 {
    let alone = std::slice::from_ref(&network.id);
    let ids = if network.members.is_empty() { alone } else { &network.members };
    let work = |id: &String| replications::facts::facts(id).ok().flatten().map_or(0, |facts| facts.multiply_adds);
    let work: u64 = ids.iter().map(work).sum();
    let crops: f64 = protocols.iter().map(Protocol::crops_of_work).sum();
    images as f64 * crops * work as f64 / rate
}

#[cfg(test)]
mod tests {
    use super::{only_read, second_input};

    #[test]
    fn weights_that_only_long_experiments_read_are_not_fetched_for_a_whole_paper() {
        let entry = replications::registry::paper("image-descriptions").unwrap();
        let paper = entry.read(spec::load::Known::default()).unwrap();
        let why = only_read(&paper, "descriptions-vgg16-trunk").unwrap();
        assert!(why.contains("image-descriptions-flickr8k or image-descriptions-flickr30k"), "{why}");
        assert_eq!(only_read(&paper, "descriptions-googlenet-trunk"), None, "a short experiment reads it");
        assert_eq!(only_read(&paper, "alignment-rcnn"), None, "it has no weights");
    }

    #[test]
    fn what_needs_regions_is_not_run_on_pictures_alone() {
        let with: Vec<&str> = replications::registry::papers()
            .iter()
            .flat_map(|paper| paper.networks)
            .copied()
            .filter(|id| second_input(id).is_some_and(|what| what.contains("looks into regions")))
            .collect();
        assert!(with.contains(&"fast-rcnn-l") && with.contains(&"faster-rcnn-zf"), "{with:?}");
        assert!(with.iter().all(|id| id.contains("fast")) && second_input("vgg16").is_none(), "{with:?}");
        assert!(second_input("generation-vgg16").is_some_and(|what| what.contains("sentences")));
    }
}
