//! libtorch and the runner: found, fetched, linked, built.
//!
//! Must not run a job.

use std::time::Duration;

use anyhow::Result;
use store::Progress;

use crate::cli::Places;
use crate::project::Project;
use crate::run::Runner;

/// The runner, ready to be started.
pub(crate) fn runner(project: &Project, places: &Places, progress: &Progress, patience: Duration) -> Result<Runner> {
    let libtorch = libtorch::find_or_fetch(&project.root, &options(project, places)?, progress)?;
    for note in &libtorch.notes {
        progress.line(note);
    }
    libtorch::link(&project.root, &libtorch)?;
    let binary = libtorch::build_runner(&project.root, progress)?;
    Ok(Runner { binary, environment: libtorch::cuda::environment(&libtorch), patience })
}

/// Where libtorch may come from.
pub(crate) fn options(project: &Project, places: &Places) -> Result<libtorch::Options> {
    let mut options = libtorch::Options::from_environment(&project.root, places.store_home()?);
    options.offline = places.offline;
    Ok(options)
}
