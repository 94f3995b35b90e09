//! The folders and options that most subcommands share, as typed or by default.
//!
//! Must not fetch: it only says where.

use std::path::PathBuf;

use anyhow::{Result, bail};
use spec::lock::Entry;
use store::{Home, Progress, Status, Store};

use crate::cli::Places;
use crate::plan::Where;
use crate::project::Project;

impl Places {
    /// The folder for data, weights, libtorch, measured peaks.
    pub(crate) fn store_home(&self) -> Result<Home> {
        match self.home.as_ref().filter(|path| !path.as_os_str().is_empty()) {
            Some(path) => Ok(Home::at(std::path::absolute(path)?)),
            None => Ok(Home::locate()?),
        }
    }

    /// Progress on standard error, or none.
    pub(crate) fn progress(&self) -> Progress {
        if self.quiet { Progress::hidden() } else { Progress::stderr() }
    }

    /// The store with the user's mirrors and places.
    pub(crate) fn store(&self, progress: &Progress) -> Result<Store> {
        for mirror in self.mirrors() {
            if !mirror.is_dir() {
                bail!("the mirror {} is not a folder: correct --mirror or REPLICATIONS_MIRROR", mirror.display());
            }
        }
        let mut options = store::Options::new(self.store_home()?);
        options.mirrors = self.mirrors();
        options.by_hand.clone_from(&self.have);
        options.offline = self.offline;
        options.progress = progress.clone();
        Ok(Store::new(options))
    }

    /// The mirrors, without the empty ones that an empty variable leaves.
    pub(crate) fn mirrors(&self) -> Vec<PathBuf> {
        self.mirror.iter().filter(|path| !path.as_os_str().is_empty()).cloned().collect()
    }

    /// The folder of the runs.
    pub(crate) fn runs(&self, project: &Project) -> PathBuf {
        self.results.clone().unwrap_or_else(|| project.root.join("results/runs"))
    }

    /// The folder of the pages.
    pub(crate) fn pages(&self, project: &Project) -> PathBuf {
        self.site.clone().unwrap_or_else(|| project.root.join("reports/site"))
    }
}

/// Where an entry is, for the plan.
pub(crate) fn at_hand(store: &Store, entry: &Entry, offline: bool) -> Where {
    match store.status(entry) {
        Ok(Status::Present { .. } | Status::Missing { fetch: 0, unknown: 0, .. }) => Where::Here,
        Ok(Status::Missing { .. }) if offline => {
            Where::No("not in the store, and --offline forbids fetching it".to_owned())
        }
        Ok(Status::Missing { fetch, unknown, .. }) => Where::Fetchable((unknown == 0).then_some(fetch)),
        Ok(Status::ByHand { instructions }) => Where::No(instructions),
        Ok(Status::Unobtainable { reason }) => Where::No(reason),
        Err(error) => Where::No(error.to_string()),
    }
}
