//! What a word on the command line means: networks to run, experiments to do.
//!
//! Must not plan: whether any of it can be run is decided later.

use anyhow::{Result, bail};
use spec::paper::Paper;

use crate::project::{PaperFolder, Project, suggestion};

/// What a word means in one paper.
#[derive(Debug)]
pub(crate) struct Target<'a> {
    pub(crate) paper: &'a PaperFolder,
    pub(crate) meant: Meant,
}

/// Networks and experiments of one paper.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Meant {
    /// Networks that are run on pictures, by id.
    pub(crate) networks: Vec<String>,
    /// Experiments.
    pub(crate) experiments: Vec<Part>,
}

/// An experiment, or one network's part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    /// The experiment's id.
    pub(crate) experiment: String,
    /// The one network that was asked for.
    pub(crate) only: Option<String>,
    /// Whether the word named it, and not a whole paper or everything.
    pub(crate) by_name: bool,
}

impl Project {
    /// What a word on the command line means: a network, an experiment, a paper, or everything.
    pub(crate) fn target(&self, word: &str) -> Result<Vec<Target<'_>>> {
        if word == "all" {
            return Ok(self.papers.iter().map(|paper| Target { paper, meant: everything(&paper.spec) }).collect());
        }
        // A network first: `googlenet` is a paper too, and means the same either way.
        let one = self.papers.iter().find_map(|paper| Some(Target { paper, meant: named(&paper.spec, word)? }));
        if let Some(target) = one {
            return Ok(vec![target]);
        }
        match self.papers.iter().find(|paper| paper.spec.id == word) {
            Some(paper) => Ok(vec![Target { paper, meant: everything(&paper.spec) }]),
            None => bail!(
                "there is no paper, network or experiment `{word}`{}; `harness list` shows them",
                self.nearest(word)
            ),
        }
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

/// All of a paper. Networks of an experiment have no part outside it.
fn everything(paper: &Paper) -> Meant {
    let whole = |id: &String| Part { experiment: id.clone(), only: None, by_name: false };
    let alone = paper.networks.iter().filter(|network| of_network(paper, &network.id).next().is_none());
    Meant {
        networks: alone.map(|network| network.id.clone()).collect(),
        experiments: paper.experiments.iter().map(|experiment| whole(&experiment.id)).collect(),
    }
}

/// The network or experiment of that id.
fn named(paper: &Paper, word: &str) -> Option<Meant> {
    if paper.networks.iter().any(|network| network.id == word) {
        let part = |id: &str| Part { experiment: id.to_owned(), only: Some(word.to_owned()), by_name: true };
        let experiments: Vec<_> = of_network(paper, word).map(part).collect();
        let networks = if experiments.is_empty() { vec![word.to_owned()] } else { Vec::new() };
        return Some(Meant { networks, experiments });
    }
    let experiment = paper.experiments.iter().find(|experiment| experiment.id == word)?;
    let part = Part { experiment: experiment.id.clone(), only: None, by_name: true };
    Some(Meant { networks: Vec::new(), experiments: vec![part] })
}

/// The experiments that a network belongs to.
pub(crate) fn of_network<'a>(paper: &'a Paper, network: &str) -> impl Iterator<Item = &'a str> {
    let holds = move |networks: &[String]| networks.iter().any(|id| id == network);
    let holding: Vec<_> = paper.experiments.iter().filter(|experiment| holds(&experiment.networks)).collect();
    holding.into_iter().map(|experiment| experiment.id.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn a_network_of_an_experiment_is_its_part_of_it() {
        let paper = samples::paper();
        let part = |only: Option<&str>, by_name| Part {
            experiment: "digits".to_owned(),
            only: only.map(str::to_owned),
            by_name,
        };
        assert_eq!(named(&paper, "small").unwrap().experiments, [part(Some("small"), true)]);
        assert_eq!(named(&paper, "digits").unwrap().experiments, [part(None, true)]);
        assert_eq!(named(&paper, "looker").unwrap().networks, ["looker"]);
        assert_eq!(named(&paper, "nobody"), None);
        let all = everything(&paper);
        assert_eq!((all.networks, all.experiments.len()), (vec!["looker".to_owned()], paper.experiments.len()));
        assert_eq!(all.experiments[0], part(None, false));
    }
}
