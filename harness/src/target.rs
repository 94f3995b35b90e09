//! What a word on the command line selects: networks and experiments of papers, and with what kinds of model.
//!
//! Must not plan: whether any of it can be run is decided later.

use anyhow::{Result, bail};
use spec::paper::{Network, Paper};

use crate::cli::{ModelSource, Replicate};
use crate::project::{PaperFolder, Project, suggestion};

/// What a word selects in one paper.
#[derive(Debug)]
pub(crate) struct Target<'a> {
    pub(crate) paper: &'a PaperFolder,
    pub(crate) selected: Vec<Selected>,
}

/// One thing to evaluate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Selected {
    /// With what kind of model.
    pub(crate) source: ModelSource,
    /// The network, the experiment, or the import.
    pub(crate) id: String,
    /// Of an experiment, the one network that was asked for.
    pub(crate) only: Option<String>,
    /// Whether the word named it, and not a whole paper or everything.
    pub(crate) by_name: bool,
}

impl Project {
    /// What a word on the command line selects: a network, an experiment, a paper, or everything.
    pub(crate) fn target(&self, word: &str) -> Result<Vec<Target<'_>>> {
        if word == "all" {
            return Ok(self.papers.iter().map(|paper| Target { paper, selected: everything(&paper.spec) }).collect());
        }
        // A network first, whose pictures and weights options are about; see [`Project::asked_for`] for the paper of that name.
        let one = self.papers.iter().find_map(|paper| Some(Target { paper, selected: named(&paper.spec, word)? }));
        if let Some(target) = one {
            return Ok(vec![target]);
        }
        match self.papers.iter().find(|paper| paper.spec.id == word) {
            Some(paper) => Ok(vec![Target { paper, selected: everything(&paper.spec) }]),
            None => bail!(
                "there is no paper, network or experiment `{word}`{}; `harness list` shows them",
                self.nearest(word)
            ),
        }
    }

    /// What a command line selects. A word that is both a paper's and a network's (`alexnet`) selects the network and then
    /// everything else of the paper, unless an option is about the one network's pictures, weights, batch or arithmetic.
    pub(crate) fn asked_for(&self, asked: &Replicate) -> Result<Vec<Target<'_>>> {
        let mut targets = self.target(&asked.target)?;
        let of_pictures = asked.on.is_some() || asked.images.is_some() || !asked.protocol.is_empty();
        let of_one = of_pictures || asked.weights.is_some() || asked.batch.is_some() || asked.precision.is_some();
        if !of_one && let [target] = targets.as_mut_slice() {
            add_the_rest(&target.paper.spec, &asked.target, &mut target.selected);
        }
        Ok(targets)
    }

    fn nearest(&self, word: &str) -> String {
        let names = self.papers.iter().flat_map(|paper| {
            let networks = paper.spec.networks.iter().map(|network| network.id.as_str());
            let experiments = paper.spec.experiments.iter().map(|experiment| experiment.id.as_str());
            std::iter::once(paper.spec.id.as_str()).chain(networks).chain(experiments)
        });
        suggestion(word, names)
    }
}

/// All of a paper.
fn everything(paper: &Paper) -> Vec<Selected> {
    let whole = |source, id: &String| Selected { source, id: id.clone(), only: None, by_name: false };
    let released = paper.networks.iter().filter(|network| is_evaluated(paper, network));
    released
        .map(|network| whole(ModelSource::Released, &network.id))
        .chain(paper.imported.iter().map(|imported| whole(ModelSource::Imported, &imported.id)))
        .chain(paper.experiments.iter().map(|experiment| whole(ModelSource::Trained, &experiment.id)))
        .collect()
}

/// Adds everything else of the paper, where the word that selected so much is the paper's too.
fn add_the_rest(paper: &Paper, word: &str, selected: &mut Vec<Selected>) {
    if paper.id != word {
        return;
    }
    let is_there = |other: &Selected| selected.iter().any(|one| (one.source, &one.id) == (other.source, &other.id));
    let rest: Vec<Selected> = everything(paper).into_iter().filter(|other| !is_there(other)).collect();
    selected.extend(rest);
}

/// The network or experiment of that id.
fn named(paper: &Paper, word: &str) -> Option<Vec<Selected>> {
    if let Some(network) = paper.networks.iter().find(|network| network.id == word) {
        let one = |source, id: &str, only: Option<&str>| Selected {
            source,
            id: id.to_owned(),
            only: only.map(str::to_owned),
            by_name: true,
        };
        let mut selected = Vec::new();
        if is_evaluated(paper, network) {
            selected.push(one(ModelSource::Released, word, None));
        }
        let imported = paper.imported.iter().filter(|imported| imported.network == word);
        selected.extend(imported.map(|imported| one(ModelSource::Imported, &imported.id, None)));
        selected.extend(experiments_of(paper, word).map(|id| one(ModelSource::Trained, id, Some(word))));
        return Some(selected);
    }
    let experiment = paper.experiments.iter().find(|experiment| experiment.id == word)?;
    let id = experiment.id.clone();
    Some(vec![Selected { source: ModelSource::Trained, id, only: None, by_name: true }])
}

/// Whether a network is run as it is: it has weights or a protocol for it, or nothing else is ever done with it.
pub(crate) fn is_evaluated(paper: &Paper, network: &Network) -> bool {
    network.protocol.is_some()
        || paper.weights.iter().any(|weights| weights.network == network.id)
        || experiments_of(paper, &network.id).next().is_none()
}

/// The experiments that train or attack a network.
pub(crate) fn experiments_of<'a>(paper: &'a Paper, network: &str) -> impl Iterator<Item = &'a str> {
    let holding: Vec<_> =
        paper.experiments.iter().filter(|experiment| experiment.networks.iter().any(|id| id == network)).collect();
    holding.into_iter().map(|experiment| experiment.id.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn a_network_is_evaluated_and_has_its_part_of_each_experiment() {
        let paper = samples::paper();
        let select = |source, id: &str, only: Option<&str>, by_name| Selected {
            source,
            id: id.to_owned(),
            only: only.map(str::to_owned),
            by_name,
        };
        let trained = |only, by_name| select(ModelSource::Trained, "digits", only, by_name);
        assert_eq!(named(&paper, "small").unwrap(), [trained(Some("small"), true)]);
        assert_eq!(named(&paper, "digits").unwrap(), [trained(None, true)]);
        assert_eq!(named(&paper, "looker").unwrap(), [select(ModelSource::Released, "looker", None, true)]);
        // With weights and in an experiment: both.
        assert_eq!(
            named(&paper, "attacked").unwrap(),
            [
                select(ModelSource::Released, "attacked", None, true),
                select(ModelSource::Trained, "attack", Some("attacked"), true)
            ]
        );
        assert_eq!(named(&paper, "nobody"), None);
        // A word that is a paper's and a network's: the network as it was named, and everything else of the paper.
        let called = Paper { id: "attacked".to_owned(), ..samples::paper() };
        let both = |paper: &Paper| {
            let mut selected = named(paper, "attacked").unwrap();
            add_the_rest(paper, "attacked", &mut selected);
            selected
        };
        assert_eq!(both(&called)[..2], named(&paper, "attacked").unwrap());
        assert!(both(&called).len() > 2 && both(&called)[2..].iter().all(|one| !one.by_name));
        assert_eq!(both(&paper), named(&paper, "attacked").unwrap());
        let all = everything(&paper);
        assert!(all.contains(&trained(None, false)) && all.iter().all(|one| !one.by_name));
    }
}
