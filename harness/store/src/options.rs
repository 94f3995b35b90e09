//! How a store works: where its files are, which mirrors and paths are asked first, how patient it is.
//!
//! Must not read or ask anything.

use std::path::{Path, PathBuf};

use spec::lock::Entry;

use crate::home::Home;
use crate::http::Patience;
use crate::package::Clients;
use crate::progress::Progress;

/// How a store works.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where files are kept.
    pub home: Home,
    /// Mirror folders, tried in this order before the lock's own sources.
    pub mirrors: Vec<PathBuf>,
    /// The user's own paths: an entry's id with a folder (or its only file), or `entry/file` with that file.
    pub by_hand: Vec<(String, PathBuf)>,
    /// The entries that hold the labels of other entries, for images that lie extracted without theirs.
    pub labels: Vec<Entry>,
    /// The wnids that folders of images may be named by, sorted; empty where any will do.
    pub wnids: Vec<String>,
    /// Ask no server and no registry.
    pub offline: bool,
    /// Where progress is shown.
    pub progress: Progress,
    /// The registries' clients.
    pub clients: Clients,
    /// How patient downloads are.
    pub patience: Patience,
}

impl Options {
    /// A store at `home` with no mirrors, on line, with progress on standard error.
    #[must_use]
    pub fn new(home: Home) -> Self {
        Self {
            home,
            mirrors: Vec::new(),
            by_hand: Vec::new(),
            labels: Vec::new(),
            wnids: Vec::new(),
            offline: false,
            progress: Progress::default(),
            clients: Clients::default(),
            patience: Patience::default(),
        }
    }

    /// The entry that holds the labels of `data`, and the file they are in.
    pub(crate) fn labels_of(&self, data: &str) -> Option<(&Entry, &str)> {
        self.labels.iter().find_map(|entry| {
            let labels = entry.labels_of.as_ref().filter(|labels| labels.data == data)?;
            Some((entry, labels.file.as_str()))
        })
    }

    /// The user's path for an entry or one of its files; whether it names that file alone.
    pub(crate) fn user_path(&self, entry: &Entry, file: &str) -> Option<(&Path, bool)> {
        let exact = format!("{}/{file}", entry.id);
        let of = |name: &str| self.by_hand.iter().rev().find(|(key, _)| key == name).map(|(_, path)| path.as_path());
        of(&exact).map(|path| (path, true)).or_else(|| of(&entry.id).map(|path| (path, false)))
    }
}
