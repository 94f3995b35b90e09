//! Where METEOR's tables lie: in the store, if they are there. They may not be passed on, and most commands want no METEOR.
//!
//! Must not fetch, but for a command that fetches what it needs.

use anyhow::{Result, bail};
use results::tasks::caption::english::{self, Files};
use store::{Progress, Status};

use crate::cli::{Command, Places};
use crate::project::Checkout;
use crate::screen;

/// Their entry in the lock.
const ENTRY: &str = "meteor-1.5";

/// Tells those who score captions how to find the tables.
pub(crate) fn tell(command: &Command, places: &Places) {
    let fetches = matches!(command, Command::Replicate(_)) && !places.offline;
    let places = places.clone();
    english::found_by(move || find(&places, fetches).map_err(|error| screen::in_words(&error)));
}

fn find(places: &Places, fetches: bool) -> Result<Files> {
    let checkout = Checkout::open()?;
    let Some(entry) = checkout.lock.entry(ENTRY) else { bail!("datasets.lock has no entry `{ENTRY}`") };
    let progress = if fetches { places.progress() } else { Progress::hidden() };
    let store = places.unchecked_store(&checkout, &progress)?;
    let is_here = matches!(store.status(entry)?, Status::Present { .. } | Status::Missing { fetch: 0, unknown: 0, .. });
    if !is_here && !fetches {
        bail!("its tables of English are not here: `harness data fetch {ENTRY}`");
    }
    let fetched = store.ensure(entry)?;
    match (fetched.path("meteor-1.5.jar"), fetched.path("paraphrase-en.gz")) {
        (Some(jar), Some(paraphrases)) => Ok(Files { jar, paraphrases }),
        _ => bail!("the entry `{ENTRY}` of datasets.lock lacks a file"),
    }
}
