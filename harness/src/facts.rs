//! What follows from a network's definition alone (tier `instant`), for the comparison and for the page.
//!
//! Must not need weights, data or libtorch.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use replications::graph::Graph;
use reports::input::{LayerFact, NetworkFacts};
use results::StaticFacts;

use crate::project::PaperFolder;

/// What is known of a paper's networks without running them.
pub(crate) struct Facts {
    /// By what claims are about: networks, and parts of networks (`googlenet/inception_3a`).
    pub(crate) for_claims: BTreeMap<String, StaticFacts>,
    /// In the spec's order.
    pub(crate) for_pages: Vec<NetworkFacts>,
}

/// The facts of every network of a paper, and of every part of one that a claim is about.
pub(crate) fn of(paper: &PaperFolder) -> Result<Facts> {
    let mut facts = Facts { for_claims: BTreeMap::new(), for_pages: Vec::new() };
    let networks = paper.spec.networks.iter().map(|network| &network.id);
    for subject in networks.chain(paper.spec.claims.iter().map(|claim| &claim.network)) {
        if facts.for_claims.contains_key(subject) {
            continue;
        }
        let Some(found) = replications::facts::facts(subject)? else { continue };
        let shapes = found.shapes.into_iter().map(|(layer, output)| (layer, narrow(&output)));
        let fact = StaticFacts {
            parameters: found.parameters,
            multiply_adds: found.multiply_adds,
            multiply_adds_a_region: found.multiply_adds_a_region,
            layers: found.layers,
            shapes: shapes.collect(),
        };
        facts.for_claims.insert(subject.clone(), fact);
    }
    for network in paper.spec.networks.iter().filter(|network| network.members.is_empty()) {
        let graph = (paper.entry.build)(&network.id).with_context(|| {
            format!(
                "the spec of {} names the network `{}`, which its network.rs does not build",
                paper.spec.id, network.id
            )
        })?;
        facts.for_pages.push(NetworkFacts {
            network: network.id.clone(),
            parameters: graph.parameter_count(),
            multiply_adds: graph.multiply_adds()?,
            layers: layers(&graph)?,
        });
    }
    Ok(facts)
}

fn layers(graph: &Graph) -> Result<Vec<LayerFact>> {
    let shapes = graph.shapes()?;
    let work = graph.multiply_adds_by_node()?;
    let mut learned: BTreeMap<&str, u64> = BTreeMap::new();
    let parameters = graph.parameters();
    for parameter in parameters.iter().filter(|parameter| parameter.learned) {
        let layer = parameter.name.rsplit_once('.').map_or(parameter.name.as_str(), |(layer, _)| layer);
        *learned.entry(layer).or_default() += parameter.len();
    }
    let layers = graph.nodes.iter().zip(shapes).zip(work).map(|((node, output), multiply_adds)| LayerFact {
        name: node.name.clone(),
        kind: node.op.words(),
        output: narrow(&output),
        parameters: Some(learned.get(node.name.as_str()).copied().unwrap_or(0)),
        multiply_adds: Some(multiply_adds),
    });
    Ok(layers.collect())
}

/// A shape as specs write it.
fn narrow(shape: &[usize]) -> Vec<u32> {
    shape.iter().map(|&side| u32::try_from(side).unwrap_or(u32::MAX)).collect()
}
