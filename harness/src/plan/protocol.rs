//! How pictures are cut.
//!
//! Must not know where they are.

use anyhow::{Result, bail};
use spec::paper::{Network, Paper};
use spec::protocol::{Protocol, WITHOUT_RESIZE};

use crate::cli::Replicate;
use crate::project::suggestion;

/// The protocol that was asked for, or the network's own.
pub(super) fn choose(paper: &Paper, network: &Network, asked: &Replicate) -> Result<Option<Protocol>> {
    let Some(id) = asked.protocol.as_ref().or(network.protocol.as_ref()) else { return Ok(None) };
    let Some(protocol) = paper.protocols.iter().find(|protocol| &protocol.id == id) else {
        let known: Vec<_> = paper.protocols.iter().map(|protocol| protocol.id.as_str()).collect();
        bail!(
            "there is no protocol `{id}` in the spec of {}{}; known: {}",
            paper.id,
            suggestion(id, known.iter().copied()),
            known.join(", ")
        );
    };
    if !protocol.views.kind.is_implemented() {
        bail!("the protocol `{id}` ({}) is described but cannot be run here yet", protocol.views.kind);
    }
    let mut protocol = protocol.clone();
    if asked.orient {
        protocol.orient = true;
        protocol.id.push_str(UPRIGHT);
    }
    Ok(Some(protocol))
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
