//! `harness doctor`: what this machine has, what is missing, how to get it.

use anyhow::Result;
use libtorch::doctor::{EntryState, Look};

use super::data;
use crate::cli::Places;
use crate::project::Project;
use crate::screen::say;
use crate::{hardware, screen, toolchain};

pub(crate) fn run(json: bool, places: &Places) -> Result<u8> {
    let project = Project::open()?;
    // A mirror that is not there is one of the things to tell, not a reason to stop.
    let mut here = places.clone();
    here.mirror.retain(|mirror| mirror.is_dir());
    let store = here.store(&places.progress())?;
    let entries = project.lock.entries.iter().map(|entry| EntryState {
        id: entry.id.clone(),
        state: data::state(&store, entry),
        bytes: data::size(entry),
    });
    let options = toolchain::options(&project, places)?;
    let profiles = hardware::load(&project)?;
    let doctor = libtorch::doctor::report(Look {
        root: &project.root,
        options: &options,
        profiles: &profiles,
        mirrors: &places.mirrors(),
        entries: entries.collect(),
        runner: libtorch::runner_build::built(&project.root),
    });
    if json {
        screen::json(&doctor)?;
    } else {
        say!("{doctor}");
    }
    Ok(0)
}
