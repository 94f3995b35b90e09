//! Reading one run's record, as far as it goes.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use spec::event::{CanaryAnswer, Curve, Environment, Event, FailureKind, Measurement, Outcomes, Picture};
use spec::job::{ExperimentStage, Stage};
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
    /// Complete files of outcomes, each network, data, protocol and metric once.
    pub outcomes: Vec<Outcomes>,
    /// Complete training curves, each name once.
    pub curves: Vec<Curve>,
    /// Pictures for the page, each name once.
    pub pictures: Vec<Picture>,
    /// Where later processes of this run went on, in order.
    pub resumed: Vec<Resumption>,
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
    /// Reads the record in that folder. A torn last line, as a crash leaves it, is passed over and noted.
    ///
    /// # Errors
    /// When there is no readable plan, the record has another format, or a line that is not the last is damaged.
    pub fn open(dir: &Path) -> Result<Run, Error> {
        Run::read(dir).map(|(run, _)| run)
    }

    /// The record, and how many bytes of its events are whole lines, a last one without its line feed among them.
    pub(super) fn read(dir: &Path) -> Result<(Run, u64), Error> {
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
            outcomes: Vec::new(),
            curves: Vec::new(),
            pictures: Vec::new(),
            resumed: Vec::new(),
            notes: Vec::new(),
            status: Status::Incomplete,
        };
        let path = dir.join(EVENTS);
        let text = match fs_err::read(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            read => read?,
        };
        let mut whole = text.len();
        let mut lines = text.split_inclusive(|byte| *byte == b'\n').enumerate().peekable();
        while let Some((index, line)) = lines.next() {
            match serde_json::from_slice::<Event>(line) {
                Ok(event) => run.take(event),
                Err(_) if line.iter().all(u8::is_ascii_whitespace) => {}
                Err(_) if lines.peek().is_none() => {
                    whole -= line.len();
                    let line = index + 1;
                    run.notes.push(format!("{EVENTS}, line {line} is torn, as a crash leaves it, and was passed over"));
                }
                Err(error) => return Err(Error::Line { path, line: index + 1, message: error.to_string() }),
            }
        }
        Ok((run, whole as u64))
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Started { environment, .. } => {
                if self.environment.as_ref().is_some_and(|before| *before != *environment) {
                    self.notes
                        .push("resumed in another environment than it began in; the last one is shown".to_owned());
                }
                self.environment = Some(*environment);
                // A new process takes the story up, however the one before it ended.
                self.status = Status::Incomplete;
            }
            Event::Resumed { what, step, at } => {
                self.resumed.push(Resumption { what, step, at });
                self.status = Status::Incomplete;
            }
            Event::Stage { .. } | Event::Progress { .. } => {}
            Event::Measurement(measurement) => self.measurements.push(measurement),
            Event::Canary(answer) => self.canary.push(answer),
            Event::Predictions { data, protocol, file, count, sha256 } => {
                self.predictions.push(PredictionsFile { data, protocol, file, count, sha256 });
            }
            Event::Outcomes(file) => replace(&mut self.outcomes, file, |one, other| {
                (&one.network, &one.data, &one.protocol, one.metric)
                    == (&other.network, &other.data, &other.protocol, other.metric)
            }),
            Event::Curve(curve) => replace(&mut self.curves, curve, |one, other| one.name == other.name),
            Event::Picture(picture) => replace(&mut self.pictures, picture, |one, other| one.name == other.name),
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

    /// What the job was to train and test, if that was its work.
    #[must_use]
    pub fn experiment(&self) -> Option<&ExperimentStage> {
        self.plan.job.stages.iter().find_map(|stage| match stage {
            Stage::Experiment(stage) => Some(stage.as_ref()),
            _ => None,
        })
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

/// A resumed run announces a file again that it had announced before; the later line counts, in the first one's place.
fn replace<T>(all: &mut Vec<T>, new: T, same: impl Fn(&T, &T) -> bool) {
    match all.iter_mut().find(|old| same(old, &new)) {
        Some(old) => *old = new,
        None => all.push(new),
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
