//! Where METEOR's tables lie: in the store, if they are there. They may not be passed on, and most commands want no METEOR.
//!
//! Must not fetch, but for a command that fetches what it needs, about a paper that claims something of METEOR.

use anyhow::{Result, bail};
use results::tasks::caption::METEOR;
use results::tasks::caption::english::{self, Files};
use store::{Progress, Status};

use crate::cli::{Command, Places};
use crate::project::{Checkout, Project};
use crate::screen;

/// Their entry in the lock.
const ENTRY: &str = "meteor-1.5";

/// Tells those who score captions how to find the tables.
pub(crate) fn tell(command: &Command, places: &Places) {
    let target = match command {
        Command::Replicate(asked) if !places.offline => Some(asked.target.clone()),
        _ => None,
    };
    let places = places.clone();
    english::found_by(move || find(&places, target.as_deref()).map_err(|error| screen::in_words(&error)));
}

/// Whether what is replicated is of a paper that claims something of METEOR; others may only meet its records.
fn claims_meteor(target: &str) -> Result<bool> {
    let project = Project::open()?;
    let targets = project.target(target)?;
    Ok(targets.iter().flat_map(|target| &target.paper.spec.claims).any(|claim| claim.metric == METEOR))
}

fn find(places: &Places, target: Option<&str>) -> Result<Files> {
    let checkout = Checkout::open()?;
    let Some(entry) = checkout.lock.entry(ENTRY) else { bail!("datasets.lock has no entry `{ENTRY}`") };
    let progress = if target.is_some() { places.progress() } else { Progress::hidden() };
    let store = places.unchecked_store(&checkout, &progress)?;
    let is_here = matches!(store.status(entry)?, Status::Present { .. } | Status::Missing { fetch: 0, unknown: 0, .. });
    if !is_here && !target.is_some_and(|target| claims_meteor(target).unwrap_or(false)) {
        bail!("its tables of English are not here: `harness data fetch {ENTRY}`");
    }
    let fetched = store.ensure(entry)?;
    match (fetched.path("meteor-1.5.jar"), fetched.path("paraphrase-en.gz")) {
        (Some(jar), Some(paraphrases)) => Ok(Files { jar, paraphrases }),
        _ => bail!("the entry `{ENTRY}` of datasets.lock lacks a file"),
    }
}
