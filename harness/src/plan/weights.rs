//! Which weights a network is run with.
//!
//! Must not fetch them.

use anyhow::{Result, bail};
use spec::paper::{Network, Paper, Weights};

use super::{Resources, Where, reach};
use crate::cli::Replicate;
use crate::project::suggestion;

/// The weights of those networks of an ensemble that have some here; or else why there are not enough.
pub(super) fn of_members(
    paper: &Paper,
    ensemble: &Network,
    resources: &Resources<'_>,
    asked: &Replicate,
) -> Result<Result<Vec<Weights>, String>> {
    if let Some(id) = &asked.weights {
        bail!("--weights {id}: {} is an ensemble, each of whose networks has weights of its own", ensemble.id);
    }
    let (mut here, mut reasons) = (Vec::new(), Vec::new());
    for member in paper.networks.iter().filter(|network| ensemble.members.contains(&network.id)) {
        match choose(paper, member, resources, asked)? {
            Ok(weights) => here.push(weights),
            Err(why) => reasons.push(format!("{}: {why}", member.id)),
        }
    }
    if here.len() < 2 {
        let (all, reasons) = (ensemble.members.len(), reasons.join("; "));
        return Ok(Err(format!("{} of {all} networks have weights here: {reasons}", here.len())));
    }
    Ok(Ok(here))
}

/// The weights that were asked for, or the first that can be had; or else why there are none.
pub(super) fn choose(
    paper: &Paper,
    network: &Network,
    resources: &Resources<'_>,
    asked: &Replicate,
) -> Result<Result<Weights, String>> {
    let fitting = || paper.weights.iter().filter(|weights| weights.network == network.id);
    if let Some(id) = &asked.weights {
        let Some(weights) = fitting().find(|weights| &weights.id == id) else {
            let known: Vec<_> = fitting().map(|weights| weights.id.as_str()).collect();
            bail!(
                "there are no weights `{id}` for {}{}; known: {}",
                network.id,
                suggestion(id, known.iter().copied()),
                if known.is_empty() { "none".to_owned() } else { known.join(", ") }
            );
        };
        return match reach(resources, &weights.lock)? {
            Where::No(why) => bail!("the weights `{id}` cannot be had: {why}"),
            _ => Ok(Ok(weights.clone())),
        };
    }
    let mut reasons = Vec::new();
    for weights in fitting() {
        match reach(resources, &weights.lock)? {
            Where::No(why) => reasons.push(format!("weights {}: {why}", weights.lock)),
            _ => return Ok(Ok(weights.clone())),
        }
    }
    if reasons.is_empty() {
        reasons.push(format!("no released weights for {} in this form", network.id));
    }
    Ok(Err(reasons.join("; ")))
}
