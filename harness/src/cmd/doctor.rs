//! `harness doctor`: what this machine has, what is missing, how to get it.

use anyhow::Result;
use libtorch::doctor::{EntryState, Look};

use super::data;
use crate::cli::{Folded, Places};
use crate::project::Project;
use crate::screen::{say, tell};
use crate::{hardware, screen, toolchain};

pub(crate) fn run(asked: &Folded, places: &Places) -> Result<u8> {
    let project = Project::open()?;
    // A mirror that is not there is one of the things to tell, not a reason to stop.
    let mut here = places.clone();
    here.mirror.retain(|mirror| mirror.is_dir());
    let store = here.unchecked_store(&project, &places.progress())?;
    if let Err(error) = here.check(&project, &store) {
        tell!("warning: {}", screen::in_words(&error));
    }
    let entries = data::Entries::of(&project);
    // A person is told of what the suite uses, unless asked for more; a program gets everything.
    let states = entries.told(asked.all || asked.json).map(|entry| EntryState {
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
        entries: states.collect(),
        runner: libtorch::runner_build::built(&project.root),
    });
    if asked.json {
        screen::json(&doctor)?;
    } else {
        say!("{doctor}");
        if let Some(rest) = entries.rest("doctor").filter(|_| !asked.all) {
            say!("{rest}");
        }
    }
    Ok(0)
}
