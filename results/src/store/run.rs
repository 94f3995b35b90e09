//! Reading one run's record, as far as it goes.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use spec::event::{CanaryAnswer, Environment, Event, FailureKind, Measurement};
use spec::record::RunPlan;

use super::{EVENTS, PLAN, RECORD_FORMAT, runs::has_plan};
use crate::Error;

/// One run's record.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// Its folder.
    pub dir: PathBuf,
    /// Everything known before it started.
    pub plan: RunPlan,
    /// Everything that a number may depend on; None when the runner did not get so far.
    pub environment: Option<Environment>,
    /// Measured values that are not scores, in order.
    pub measurements: Vec<Measurement>,
    /// The canary's answers, in order.
    pub canary: Vec<CanaryAnswer>,
    /// Complete files of predictions.
    pub predictions: Vec<PredictionsFile>,
    /// What a reader must know, from the runner and from reading.
    pub notes: Vec<String>,
    /// How it ended.
    pub status: Status,
}

/// A complete file of predictions, as the runner announced it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PredictionsFile {
    /// The data set's id.
    pub data: String,
    /// The protocol's id.
    pub protocol: String,
    /// The file's name in the run's folder.
    pub file: String,
    /// Lines.
    pub count: u64,
    /// SHA-256 of the file, in lower-case hex.
    pub sha256: String,
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
    /// Reads the record in that folder. A torn last line, as a crash leaves it, is passed over and noted.
    ///
    /// # Errors
    /// When there is no readable plan, the record has another format, or a line that is not the last is damaged.
    pub fn open(dir: &Path) -> Result<Run, Error> {
        if !has_plan(dir) {
            return Err(Error::NotARun(dir.to_owned()));
        }
        let mut run = Run {
            dir: dir.to_owned(),
            plan: read_plan(&dir.join(PLAN))?,
            environment: None,
            measurements: Vec::new(),
            canary: Vec::new(),
            predictions: Vec::new(),
            notes: Vec::new(),
            status: Status::Incomplete,
        };
        let path = dir.join(EVENTS);
        let text = match fs_err::read(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            read => read?,
        };
        let mut lines = text.split_inclusive(|byte| *byte == b'\n').enumerate().peekable();
        while let Some((index, line)) = lines.next() {
            match serde_json::from_slice::<Event>(line) {
                Ok(event) => run.take(event),
                Err(_) if line.iter().all(u8::is_ascii_whitespace) => {}
                Err(_) if lines.peek().is_none() => {
                    let line = index + 1;
                    run.notes.push(format!("{EVENTS}, line {line} is torn, as a crash leaves it, and was passed over"));
                }
                Err(error) => return Err(Error::Line { path, line: index + 1, message: error.to_string() }),
            }
        }
        Ok(run)
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Started { environment, .. } => self.environment = Some(*environment),
            Event::Stage { .. } | Event::Progress { .. } => {}
            Event::Measurement(measurement) => self.measurements.push(measurement),
            Event::Canary(answer) => self.canary.push(answer),
            Event::Predictions { data, protocol, file, count, sha256 } => {
                self.predictions.push(PredictionsFile { data, protocol, file, count, sha256 });
            }
            Event::Note { text } => self.notes.push(text),
            // A failure that the harness adds after the runner's own last line has the last word, never the other way.
            Event::Finished { .. } if matches!(self.status, Status::Failed { .. }) => {}
            Event::Finished { .. } => self.status = Status::Finished,
            Event::Failed { kind, message, .. } => self.status = Status::Failed { kind, message },
        }
    }

    /// The run's id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.plan.run
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

fn read_plan(path: &Path) -> Result<RunPlan, Error> {
    /// The one field that every format has.
    #[derive(Deserialize)]
    struct Head {
        format: u32,
    }
    let bytes = fs_err::read(path)?;
    let damaged = |error: serde_json::Error| Error::Line {
        path: path.to_owned(),
        line: error.line(),
        message: error.to_string(),
    };
    let head: Head = serde_json::from_slice(&bytes).map_err(damaged)?;
    if head.format != RECORD_FORMAT {
        return Err(Error::Format { path: path.to_owned(), found: head.format, known: RECORD_FORMAT });
    }
    serde_json::from_slice(&bytes).map_err(damaged)
}
