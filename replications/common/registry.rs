//! Every paper by its id, and every network by its own.
//!
//! Must not hold the list: that stands in the crate's root.

use spec::load::{self, Known, LoadError};
use spec::paper::{Paper, RecipeItem};

use crate::graph::Graph;
use crate::recipe::Own;

/// One paper's folder.
#[derive(Debug, Clone, Copy)]
pub struct PaperEntry {
    /// The id, and the folder's name: `vgg`.
    pub id: &'static str,
    /// The text of its `spec.yaml`.
    pub spec: &'static str,
    /// The folder, from the project's root: `replications/vgg`.
    pub folder: &'static str,
    /// The ids of its networks.
    pub networks: &'static [&'static str],
    /// Builds one of them; None for any other id.
    pub build: fn(&str) -> Option<Graph>,
    /// What in its spec is the paper's own: its recipe and what its conditions do.
    pub own: Own,
}

impl PaperEntry {
    /// The spec's path from the project's root, as errors name it: `replications/vgg/spec.yaml`.
    #[must_use]
    pub fn spec_path(&self) -> String {
        format!("{}/spec.yaml", self.folder)
    }

    /// Reads the paper's spec, its own part included, against what is `known`.
    ///
    /// # Errors
    /// As [`load::paper_with`]; and whatever the paper's own types refuse in its recipe, its run sizes and its conditions.
    pub fn read(&self, known: Known<'_>) -> Result<Paper, LoadError> {
        self.read_text(self.spec, &self.spec_path(), known)
    }

    /// The same for another text of the spec, such as one that is being edited; `path` is what messages call it.
    ///
    /// # Errors
    /// As [`PaperEntry::read`].
    pub fn read_text(&self, text: &str, path: &str, known: Known<'_>) -> Result<Paper, LoadError> {
        let paper = load::paper_with(text, path, known)?;
        (self.own.check)(text, path)?;
        Ok(paper)
    }

    /// How the paper trained, for the page: first what the typed recipe holds, in words, then what is written by hand.
    #[must_use]
    pub fn recipe(&self, paper: &Paper) -> Vec<RecipeItem> {
        let mut items = (self.own.prose)(&paper.training);
        items.extend(paper.recipe.iter().cloned());
        items
    }
}

/// Every paper, in the order of the blog post that this suite follows.
#[must_use]
pub fn papers() -> &'static [PaperEntry] {
    crate::PAPERS
}

/// The paper of that id.
#[must_use]
pub fn paper(id: &str) -> Option<&'static PaperEntry> {
    papers().iter().find(|paper| paper.id == id)
}

/// The network of that id, and the paper it belongs to.
#[must_use]
pub fn network(id: &str) -> Option<(&'static PaperEntry, Graph)> {
    papers().iter().find_map(|paper| (paper.build)(id).map(|graph| (paper, graph)))
}
