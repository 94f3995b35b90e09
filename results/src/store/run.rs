//! Reading one run's record, as far as it goes.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use spec::event::{CanaryAnswer, Curve, Environment, Event, FailureKind, Measurement, Model, Outcomes, Picture};
use spec::job::Job;
use spec::record::{DataIdentity, FORMAT, Header};

use super::{EVENTS, HEADER, format1, runs::has_header};
use crate::Error;

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
    /// What a reader must know, from the runner and from reading.
    pub notes: Vec<String>,
    /// How it ended.
    pub status: Status,
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
        if !has_header(dir) {
            return Err(Error::NotARun(dir.to_owned()));
        }
        let header = read_header(&dir.join(HEADER))?;
        let mut run = Run {
            dir: dir.to_owned(),
            header,
            environment: None,
            measurements: Vec::new(),
            canary: Vec::new(),
            outcomes: Vec::new(),
            curves: Vec::new(),
            pictures: Vec::new(),
            resumed: Vec::new(),
            attempt: None,
            notes: Vec::new(),
            status: Status::Incomplete,
        };
        let path = dir.join(EVENTS);
        let text = match fs_err::read(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            read => read?,
        };
        // A run that said nothing left nothing behind.
        if text.is_empty()
            && let Some(file) = left_behind(dir)?
        {
            let message = format!("gone or empty, but {file} lies beside it: what the run said is lost");
            return Err(Error::Line { path, line: 0, message });
        }
        let mut whole = text.len();
        let mut strangers: Vec<(String, usize)> = Vec::new();
        let mut before = None;
        let mut lines = text.split_inclusive(|byte| *byte == b'\n').enumerate().peekable();
        while let Some((index, line)) = lines.next() {
            match run.event(line) {
                Ok(Line::Known(event)) => run.take(*event, &mut before),
                Ok(Line::Stranger(kind)) => match strangers.iter_mut().find(|(known, _)| *known == kind) {
                    Some((_, times)) => *times += 1,
                    None => strangers.push((kind, 1)),
                },
                Err(_) if line.iter().all(u8::is_ascii_whitespace) => {}
                Err(_) if lines.peek().is_none() => {
                    whole -= line.len();
                    let line = index + 1;
                    run.notes.push(format!("{EVENTS}, line {line} is torn, as a crash leaves it, and was passed over"));
                }
                Err(message) => return Err(Error::Line { path, line: index + 1, message }),
            }
        }
        for (kind, times) in strangers {
            run.notes.push(format!(
                "{times} event(s) of the kind `{kind}`, which this build does not know, were passed over: a newer version wrote them"
            ));
        }
        Ok((run, whole as u64))
    }

    /// One line of the story, in whatever format the header says.
    fn event(&self, line: &[u8]) -> Result<Line, String> {
        let value: serde_json::Value = serde_json::from_slice(line).map_err(|error| error.to_string())?;
        let kind = value.get("event").and_then(serde_json::Value::as_str).ok_or("no `event` that says what it is")?;
        if !(KINDS.contains(&kind) || self.header.format < FORMAT && format1::is_event(kind)) {
            return Ok(Line::Stranger(kind.to_owned()));
        }
        let event = if self.header.format < FORMAT { format1::event(&self.header, value)? } else { value };
        serde_json::from_value(event).map(|event| Line::Known(Box::new(event))).map_err(|error| error.to_string())
    }

    /// `before`: how the record stood when an attempt to go on began, until that attempt has gone on with something.
    fn take(&mut self, event: Event, before: &mut Option<Status>) {
        if let Event::Resumed { .. }
        | Event::Outcomes(_)
        | Event::Curve(_)
        | Event::Picture(_)
        | Event::Finished { .. } = &event
        {
            (*before, self.attempt) = (None, None);
        }
        match event {
            Event::Attempt { .. } => {
                *before = Some(std::mem::replace(&mut self.status, Status::Incomplete));
                self.attempt = None;
            }
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
            Event::Canary(answer) => replace(&mut self.canary, answer, |one, other| one.picture == other.picture),
            Event::Outcomes(file) => replace(&mut self.outcomes, *file, |one, other| {
                (&one.task, &one.network, &one.data, &one.protocol, one.metrics.first(), model_id(&one.model))
                    == (
                        &other.task,
                        &other.network,
                        &other.data,
                        &other.protocol,
                        other.metrics.first(),
                        model_id(&other.model),
                    )
            }),
            Event::Curve(curve) => replace(&mut self.curves, curve, |one, other| one.name == other.name),
            Event::Picture(picture) => replace(&mut self.pictures, picture, |one, other| one.name == other.name),
            Event::Note { text } => self.notes.push(text),
            // A failure that the harness adds after the runner's own last line has the last word, never the other way.
            Event::Finished { .. } if matches!(self.status, Status::Failed { .. }) => {}
            Event::Finished { .. } => self.status = Status::Finished,
            // What could not even begin to go on took nothing away.
            Event::Failed { kind, message, .. } if before.is_some() && kind != FailureKind::Diverged => {
                self.status = before.take().unwrap_or(Status::Incomplete);
                self.notes.push(format!("an attempt to go on failed ({kind}): {message}"));
                self.attempt = Some((kind, message));
            }
            Event::Failed { kind, message, .. } => self.status = Status::Failed { kind, message },
        }
    }

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

/// A file that only a run's events announce or that was computed from them, if there is one.
fn left_behind(dir: &Path) -> Result<Option<String>, Error> {
    let mut found: Option<String> = None;
    for entry in fs_err::read_dir(dir)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let announced = [".csv", ".csv.gz"].iter().any(|ending| name.ends_with(ending))
            || name == "predictions.jsonl"
            || name == super::SCORES;
        if announced && found.as_ref().is_none_or(|before| name < *before) {
            found = Some(name);
        }
    }
    Ok(found)
}

/// A resumed run tells again what it had told before: a file, a canary's answer; the later line counts, in the first one's place.
fn replace<T>(all: &mut Vec<T>, new: T, same: impl Fn(&T, &T) -> bool) {
    match all.iter_mut().find(|old| same(old, &new)) {
        Some(old) => *old = new,
        None => all.push(new),
    }
}

/// What tells two models of one network apart: the import, or the weights.
pub(crate) fn model_id(model: &Model) -> Option<&str> {
    match model {
        Model::Imported { id, .. } => Some(id),
        model => model.weights(),
    }
}

/// A line of the story.
enum Line {
    Known(Box<Event>),
    /// Of a kind that this build does not know.
    Stranger(String),
}

/// The kinds of event that this build knows, by their names in the record.
const KINDS: [&str; 13] = [
    "started",
    "attempt",
    "stage",
    "progress",
    "measurement",
    "canary",
    "resumed",
    "outcomes",
    "curve",
    "picture",
    "note",
    "finished",
    "failed",
];

fn read_header(path: &Path) -> Result<Header, Error> {
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
    match head.format {
        FORMAT => serde_json::from_slice(&bytes).map_err(damaged),
        format1::FORMAT => format1::header(&bytes).map_err(damaged),
        found => Err(Error::Format { path: path.to_owned(), found, known: FORMAT }),
    }
}
