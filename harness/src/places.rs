//! The folders and options that most subcommands share, as typed or by default.
//!
//! Must not fetch: it only says where.

use std::path::PathBuf;

use anyhow::{Result, bail};
use spec::lock::{Entry, Lock};
use store::{Home, Progress, Status, Store};

use crate::cli::Places;
use crate::plan::Where;
use crate::project::{Checkout, suggestion};

impl Places {
    /// The folder for data, weights, libtorch, measured peaks.
    pub(crate) fn store_home(&self) -> Result<Home> {
        match self.home.as_ref().filter(|path| !path.as_os_str().is_empty()) {
            Some(path) => Ok(Home::at(std::path::absolute(path)?)),
            None => Ok(Home::locate()?),
        }
    }

    /// Where what a command makes for itself (lists of images, measured peaks) is looked for and kept: below the home, or
    /// below the results where the home may only be read, as one that many share.
    pub(crate) fn homes(&self, project: &Checkout) -> Result<[Home; 2]> {
        // Hidden, so that it is taken for no run.
        let own = std::path::absolute(self.runs(project))?.join(".by-products");
        Ok([self.store_home()?, Home::at(own)])
    }

    /// Progress on standard error, or none.
    pub(crate) fn progress(&self) -> Progress {
        if self.quiet { Progress::hidden() } else { Progress::stderr() }
    }

    /// The store with the user's mirrors and places, and what the lock and the papers know of labels.
    ///
    /// # Errors
    /// A mirror that is no folder.
    pub(crate) fn unchecked_store(&self, project: &Checkout, progress: &Progress) -> Result<Store> {
        for mirror in self.mirrors() {
            if !mirror.is_dir() {
                bail!("the mirror {} is not a folder: correct --mirror or REPLICATIONS_MIRROR", mirror.display());
            }
        }
        let mut options = store::Options::new(self.store_home()?);
        options.mirrors = self.mirrors();
        options.by_hand.clone_from(&self.have);
        options.offline = self.offline;
        options.labels = project.lock.entries.iter().filter(|entry| entry.labels_of.is_some()).cloned().collect();
        options.wnids = replications::classes::classes().iter().map(|class| class.wnid.to_owned()).collect();
        options.progress = progress.clone();
        Ok(Store::new(options))
    }

    /// The same, after a look at the places that were named.
    ///
    /// # Errors
    /// A place for what is not in the lock, or one that holds nothing of it.
    pub(crate) fn store(&self, project: &Checkout, progress: &Progress) -> Result<Store> {
        let store = self.unchecked_store(project, progress)?;
        self.check(project, &store)?;
        Ok(store)
    }

    /// # Errors
    /// See [`Places::store`].
    pub(crate) fn check(&self, project: &Checkout, store: &Store) -> Result<()> {
        for (name, _) in &self.have {
            in_lock(&project.lock, name)?;
        }
        Ok(store.check_given(&project.lock)?)
    }

    /// The mirrors, without the empty ones that an empty variable leaves.
    pub(crate) fn mirrors(&self) -> Vec<PathBuf> {
        self.mirror.iter().filter(|path| !path.as_os_str().is_empty()).cloned().collect()
    }

    /// The folder of the runs.
    pub(crate) fn runs(&self, project: &Checkout) -> PathBuf {
        self.results.clone().unwrap_or_else(|| project.root.join("results/runs"))
    }

    /// The folder of the pages.
    pub(crate) fn pages(&self, project: &Checkout) -> PathBuf {
        self.site.clone().unwrap_or_else(|| project.root.join("reports/site"))
    }
}

/// Whether the lock has what a place was named for.
fn in_lock(lock: &Lock, name: &str) -> Result<()> {
    let (id, file) = name.split_once('/').map_or((name, None), |(id, file)| (id, Some(file)));
    let Some(entry) = lock.entry(id) else {
        let near = suggestion(id, lock.entries.iter().map(|entry| entry.id.as_str()));
        bail!("--have names `{id}`, which is not in datasets.lock{near}: `harness data list --all` shows what is");
    };
    if let Some(file) = file.filter(|file| entry.files.iter().all(|known| known.path != **file)) {
        let near = suggestion(file, entry.files.iter().map(|known| known.path.as_str()));
        bail!("--have names `{file}` of {id}, which has no such file{near}");
    }
    Ok(())
}

/// Where an entry is, for the plan.
pub(crate) fn at_hand(store: &Store, entry: &Entry, offline: bool) -> Where {
    match store.status(entry) {
        Ok(Status::Present { .. } | Status::Missing { fetch: 0, unknown: 0, .. }) => Where::Here,
        Ok(Status::Missing { files, first, .. }) if offline => Where::No(format!(
            "{} of {} not in the store ({first}{}), and --offline forbids fetching: leave --offline out, or name the folder that has it with --have {}=DIR",
            base::words::count(files, "file", "files"),
            entry.id,
            if files > 1 { " first" } else { "" },
            entry.id
        )),
        Ok(Status::Missing { fetch, unknown, .. }) => Where::Fetchable((unknown == 0).then_some(fetch)),
        Ok(Status::ByHand { instructions }) => Where::No(instructions),
        Ok(Status::Unobtainable { reason }) => Where::No(reason),
        Err(error) => Where::No(error.to_string()),
    }
}
