//! The list of papers: one line each, and everything else in the paper's own folder.
//!
//! Must not parse a spec: the `spec` crate does.

use crate::graph::Graph;

macro_rules! papers {
    ($($name:ident at $module:literal,)*) => {
        $(#[path = $module] pub mod $name;)*

        static PAPERS: &[PaperEntry] = &[$($name::PAPER),*];
    };
}

papers! {
    vgg at "../vgg/mod.rs",
    googlenet at "../googlenet/mod.rs",
    resnet at "../resnet/mod.rs",
    gan at "../gan/mod.rs",
    adversarial at "../adversarial/mod.rs",
    stn at "../stn/mod.rs",
}

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
}

impl PaperEntry {
    /// The spec's path from the project's root, as errors name it: `replications/vgg/spec.yaml`.
    #[must_use]
    pub fn spec_path(&self) -> String {
        format!("{}/spec.yaml", self.folder)
    }
}

/// Every paper, in the order of the blog post that this suite follows.
#[must_use]
pub fn papers() -> &'static [PaperEntry] {
    PAPERS
}

/// The paper of that id.
#[must_use]
pub fn paper(id: &str) -> Option<&'static PaperEntry> {
    PAPERS.iter().find(|paper| paper.id == id)
}

/// The network of that id, and the paper it belongs to.
#[must_use]
pub fn network(id: &str) -> Option<(&'static PaperEntry, Graph)> {
    PAPERS.iter().find_map(|paper| (paper.build)(id).map(|graph| (paper, graph)))
}
