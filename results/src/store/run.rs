//! One run's record: what it holds, and how it stands.
//!
//! Must not read it: `read` does.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use spec::event::{CanaryAnswer, Curve, Environment, FailureKind, Measurement, Model, Outcomes, Picture, Seal};
use spec::job::Job;
use spec::record::{DataIdentity, Header};

use super::EVENTS;

/// One run's record.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// Its folder.
    pub dir: PathBuf,
    /// Everything known before it started.
    pub header: Header,
    /// Everything that a number may depend on; None when the runner did not get so far.
    pub environment: Option<Environment>,
    /// Measured values that are not scores, in order.
    pub measurements: Vec<Measurement>,
    /// Those that are not what their own samples say: they count for nothing.
    pub contradicted: Vec<Measurement>,
    /// The canary's answers, in order.
    pub canary: Vec<CanaryAnswer>,
    /// Complete files of outcomes, each network, model, data, protocol and task once.
    pub outcomes: Vec<Outcomes>,
    /// Complete training curves, each name once.
    pub curves: Vec<Curve>,
    /// Pictures for the page, each name once.
    pub pictures: Vec<Picture>,
    /// Where later processes of this run went on, in order.
    pub resumed: Vec<Resumption>,
    /// The last attempt to go on, where that failed: the record is what it was before it.
    pub attempt: Option<(FailureKind, String)>,
    /// Files of outcomes, curves and pictures that one process announced more than once, by name.
    pub twice: Vec<String>,
    /// What a reader must know, from the runner and from reading.
    pub notes: Vec<String>,
    /// How it ended.
    pub status: Status,
    /// What closes a finished record; the header and the events are those that it was made for.
    pub seal: Option<Seal>,
}

/// Where a later process of a run went on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Resumption {
    /// What was being trained.
    pub what: String,
    /// The step it went on from.
    pub step: u64,
    /// Seconds since that process's start.
    pub at: f64,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// It did all its stages.
    Finished,
    /// It said, or the harness said for it, that it failed.
    Failed {
        /// What kind of failure.
        kind: FailureKind,
        /// What, where, what to do.
        message: String,
    },
    /// Its story has no end: it is still going on, or everything died at once.
    Incomplete,
}

impl Run {
    /// The run's id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.header.run
    }

    /// The job in this build's words; None where it is another version's, or where no runner was needed.
    #[must_use]
    pub fn job(&self) -> Option<Job> {
        serde_json::from_value(self.header.job.clone()).ok()
    }

    /// What the header knows about that data.
    #[must_use]
    pub fn data(&self, id: &str) -> Option<&DataIdentity> {
        self.header.data.iter().find(|data| data.id == id)
    }

    /// Whether it trains or tests that network.
    #[must_use]
    pub fn is_about(&self, network: &str) -> bool {
        match &self.header.training {
            Some(training) => training.networks.iter().any(|id| id == network),
            None => self.header.subject.as_deref() == Some(network),
        }
    }

    /// The last measurement of that name (`throughput.network`).
    #[must_use]
    pub fn measurement(&self, name: &str) -> Option<&Measurement> {
        self.measurements.iter().rev().find(|measurement| measurement.name == name)
    }

    /// Whether it did all its stages.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.status == Status::Finished
    }

    /// Whether a process still holds this record open for writing.
    #[must_use]
    pub fn is_going_on(&self) -> bool {
        let Ok(events) = fs_err::File::open(self.dir.join(EVENTS)) else { return false };
        matches!(events.file().try_lock_shared(), Err(std::fs::TryLockError::WouldBlock))
    }
}

impl Run {
    /// The process that holds this record open for writing, as far as the system tells.
    #[must_use]
    pub fn held_by(&self) -> Option<u32> {
        use std::os::unix::fs::MetadataExt as _;
        let inode = fs_err::metadata(self.dir.join(EVENTS)).ok()?.ino();
        let locks = std::fs::read_to_string("/proc/locks").ok()?;
        // `3: FLOCK  ADVISORY  WRITE 4242 fe:01:131077 0 EOF`
        locks.lines().find_map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let [_, "FLOCK", _, "WRITE", process, file, ..] = words[..] else { return None };
            (file.rsplit(':').next()?.parse() == Ok(inode)).then(|| process.parse().ok())?
        })
    }
}

/// What tells two models of one network apart: the import, or the weights.
pub(crate) fn model_id(model: &Model) -> Option<&str> {
    match model {
        Model::Imported { id, .. } => Some(id),
        model => model.weights(),
    }
}
