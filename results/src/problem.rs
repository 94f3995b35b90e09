//! Parts of records that could not be used, each with what it costs.
//!
//! Must not read anything.

use std::path::Path;

use serde::Serialize;
use spec::claim::Claim;
use spec::event::Outcomes;
use spec::metric::Metric;

use crate::store::{Run, Unreadable};

/// A part of a record that could not be used. It cost its own rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The run.
    pub run: String,
    /// What, where, what to do.
    pub message: String,
}

impl Problem {
    pub(crate) fn of(run: &Run, message: String) -> Problem {
        Problem { run: run.id().to_owned(), message: within(&run.dir, &message) }
    }
}

/// The message with files named from the run's folder on: it is for a page, too, and where runs lie on somebody's machine is
/// nobody else's business.
fn within(run: &Path, message: &str) -> String {
    match run.parent().filter(|above| !above.as_os_str().is_empty()) {
        Some(above) => message.replace(&format!("{}/", above.display()), ""),
        None => message.to_owned(),
    }
}

impl From<&Unreadable> for Problem {
    /// A record that cannot be read at all: it has no rows, and is named.
    fn from(unreadable: &Unreadable) -> Problem {
        Problem { run: unreadable.run(), message: within(&unreadable.dir, &unreadable.to_string()) }
    }
}

/// A problem with the files of outcomes that it costs.
#[derive(Debug)]
pub(crate) struct Damage<'a> {
    pub(crate) problem: Problem,
    pub(crate) files: Vec<&'a Outcomes>,
}

impl Damage<'_> {
    /// Whether what the claim is about would have come from one of the files.
    pub(crate) fn concerns(&self, claim: &Claim) -> bool {
        self.files.iter().any(|file| {
            let tells = claim.metric == Metric::ERROR_DIFFERENCE || file.metrics.contains(&claim.metric);
            // The other network may be another paper's: `paper/network`.
            let versus = claim.versus.as_deref().and_then(|versus| versus.rsplit('/').next());
            let is_network = [Some(claim.network.as_str()), versus].contains(&Some(file.network.as_str()));
            is_network && tells && claim.protocol.as_ref().is_none_or(|wanted| *wanted == file.protocol)
        })
    }
}
