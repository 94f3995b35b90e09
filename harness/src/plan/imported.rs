//! Somebody else's stored predictions: scored as they are, where they and the labels can be had.
//!
//! Must not fetch or read them.

use anyhow::{Context as _, Result, bail};
use spec::imported::Imported;
use spec::paper::Paper;

use super::{Choice, Evaluation, Resources, Source, Where, reach};
use crate::cli::{Replicate, Tier};
use crate::project::suggestion;
use crate::target::Selected;

pub(super) fn plan(
    paper: &Paper,
    selected: &Selected,
    resources: &Resources<'_>,
    asked: &Replicate,
) -> Result<Evaluation> {
    let imported = paper.imported.iter().find(|imported| imported.id == selected.id);
    let imported = imported.with_context(|| format!("the spec of {} imports no `{}`", paper.id, selected.id))?;
    fits(paper, resources, asked)?;
    let mut not_run = idle(imported, asked);
    if not_run.is_none() {
        not_run = match reach(resources, &imported.lock)? {
            Where::No(why) => Some(format!("{}: {why}", imported.lock)),
            Where::Fetchable(_) if asked.tier == Some(Tier::Instant) => {
                Some("tier instant fetches nothing; any other takes over stored predictions".to_owned())
            }
            _ => None,
        };
    }
    Ok(Evaluation {
        subject: imported.network.clone(),
        networks: vec![imported.network.clone()],
        weights: Vec::new(),
        data: vec![Choice::Entry(imported.lock.clone())],
        protocols: paper.protocols.iter().filter(|protocol| protocol.id == imported.protocol).cloned().collect(),
        no_scores: None,
        not_run,
        // A network was named, not its import: what is missing is a reason and no error.
        by_name: false,
        model: Source::Imported(Box::new(imported.clone())),
    })
}

/// Refuses what nobody could mean: weights, a protocol or data that do not exist, or a way to compute where nothing is
/// computed.
fn fits(paper: &Paper, resources: &Resources<'_>, asked: &Replicate) -> Result<()> {
    let known = |what: &str, option: &str, id: &Option<String>, all: Vec<&str>| match id {
        Some(id) if !all.contains(&id.as_str()) => {
            bail!("{option}: the {} paper has no {what} `{id}`{}", paper.id, suggestion(id, all.iter().copied()))
        }
        _ => Ok(()),
    };
    let weights = paper.weights.iter().map(|weights| weights.id.as_str());
    known("weights", "--weights", &asked.weights, weights.collect())?;
    let protocols = paper.protocols.iter().map(|protocol| protocol.id.as_str());
    let protocols: Vec<&str> = protocols.collect();
    for id in &asked.protocol {
        known("protocol", "--protocol", &Some(id.clone()), protocols.clone())?;
    }
    if let Some(on) = asked.on.as_deref().filter(|on| resources.lock.entry(on).is_none()) {
        let near = suggestion(on, resources.lock.entries.iter().map(|entry| entry.id.as_str()));
        bail!("--on: no data set `{on}` in datasets.lock{near}; `harness data list` shows them");
    }
    Ok(())
}

/// Why nothing is imported, though it may be at hand.
fn idle(imported: &Imported, asked: &Replicate) -> Option<String> {
    if asked.tier == Some(Tier::Train) {
        return Some("tier train trains; it imports nothing".to_owned());
    }
    if asked.images.is_some() {
        return Some("stored predictions are of no images of your own".to_owned());
    }
    let other = |asked: &Option<String>, own: Option<&str>| asked.clone().filter(|asked| Some(asked.as_str()) != own);
    if let Some(on) = other(&asked.on, Some(&imported.data)) {
        return Some(format!("stored predictions are on {}, not on {on}", imported.data));
    }
    if !asked.protocol.is_empty() && !asked.protocol.contains(&imported.protocol) {
        let protocol = asked.protocol.join(", ");
        return Some(format!("stored predictions are by {}, not by {protocol}", imported.protocol));
    }
    let weights = other(&asked.weights, imported.weights.as_deref())?;
    Some(format!("stored predictions are of {}, not of {weights}", imported.weights.as_deref().unwrap_or(&imported.id)))
}
