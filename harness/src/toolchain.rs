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
    let options = options(project, places)?;
    if places.offline && libtorch::runner_build::prebuilt().is_some() {
        // A runner that was built elsewhere may bring its libtorch; where one is found it is used all the same.
        let environment = match libtorch::find(&project.root, &options) {
            Ok(libtorch::Located::Here(libtorch)) => libtorch::cuda::environment(&libtorch),
            _ => Vec::new(),
        };
        return Ok(Runner { binary: libtorch::build_runner(&project.root, progress)?, environment, patience });
    }
    let libtorch = libtorch::find_or_fetch(&project.root, &options, progress)?;
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
