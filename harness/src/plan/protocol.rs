//! How pictures are cut.
//!
//! Must not know where they are.

use anyhow::{Result, bail};
use spec::paper::{Network, Paper};
use spec::protocol::{Protocol, WITHOUT_RESIZE};

use crate::cli::{ModelSource, Replicate};
use crate::project::suggestion;
use crate::target::Target;

/// The protocols that were asked for, or the network's own.
pub(super) fn choose(paper: &Paper, network: &Network, asked: &Replicate) -> Result<Vec<Protocol>> {
    let own = network.protocol.as_ref().filter(|_| asked.protocol.is_empty());
    let mut all: Vec<Protocol> = Vec::new();
    for id in asked.protocol.iter().chain(own) {
        let protocol = named(paper, id, asked)?;
        if !all.iter().any(|other| other.id == protocol.id) {
            all.push(protocol);
        }
    }
    Ok(all)
}

fn named(paper: &Paper, id: &str, asked: &Replicate) -> Result<Protocol> {
    let Some(protocol) = paper.protocols.iter().find(|protocol| protocol.id == id) else {
        let known: Vec<_> = paper.protocols.iter().map(|protocol| protocol.id.as_str()).collect();
        bail!(
            "there is no protocol `{id}` in the spec of {}{}; known: {}",
            paper.id,
            suggestion(id, known.iter().copied()),
            known.join(", ")
        );
    };
    let mut protocol = protocol.clone();
    if asked.orient {
        protocol.orient = true;
        protocol.id.push_str(UPRIGHT);
    }
    Ok(protocol)
}

/// The protocols under which released networks of these would see the user's own images.
pub(crate) fn of(targets: &[Target<'_>], asked: &Replicate) -> Result<Vec<Protocol>> {
    let mut all: Vec<Protocol> = Vec::new();
    if !(asked.model.is_empty() || asked.model.contains(&ModelSource::Released)) {
        return Ok(all);
    }
    for target in targets {
        let paper = &target.paper.spec;
        let released = target.selected.iter().filter(|one| one.source == ModelSource::Released);
        let networks = released.filter_map(|one| paper.networks.iter().find(|network| network.id == one.id));
        for network in networks {
            all.extend(choose(paper, network, asked)?);
        }
    }
    Ok(all)
}

/// Follows the id of a protocol under which photographs are turned the way up that they were taken.
const UPRIGHT: &str = " upright";

/// The protocol for data that may be resized already: without the resize, and saying so in its id.
pub(super) fn fit(mut protocol: Protocol, already_resized: bool) -> Protocol {
    if already_resized && protocol.resize.take().is_some() {
        protocol.id.push_str(WITHOUT_RESIZE);
    }
    protocol
}
