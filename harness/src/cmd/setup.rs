//! `harness setup`: libtorch and the runner, so that `cargo test --workspace` works.

use std::time::Duration;

use anyhow::Result;

use crate::cli::Places;
use crate::project::Project;
use crate::screen::say;
use crate::toolchain;

pub(crate) fn run(places: &Places) -> Result<u8> {
    let project = Project::open()?;
    let runner = toolchain::runner(&project, places, &places.progress(), Duration::from_secs(600))?;
    say!("{}", runner.binary.display());
    Ok(0)
}
