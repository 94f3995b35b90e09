//! Reading one run's record, as far as it goes.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::Path;

use serde::Deserialize;
use spec::event::{Event, FailureKind};
use spec::record::{FORMAT, Header};

use super::run::{Resumption, Run, Status, model_id};
use super::{EVENTS, HEADER, SCORES, format1, runs::has_header, samples, seal};
use crate::Error;

impl Run {
    /// Reads the record in that folder. A torn last line, as a crash leaves it, is passed over and noted.
    ///
    /// # Errors
    /// When there is no readable plan, the record has another format, a line that is not the last is damaged, the record is
    /// not the one that its seal was made for, or it finished and lost its seal, and no process is just about to write it.
    pub fn open(dir: &Path) -> Result<Run, Error> {
        let run = Run::open_unsealed(dir)?;
        if run.lacks_seal() && !run.is_going_on() {
            // Between the reading and the look at the lock the seal may have been written.
            let again = Run::open_unsealed(dir)?;
            return if again.lacks_seal() { Err(Error::NoSeal(dir.join(EVENTS))) } else { Ok(again) };
        }
        if run.header.format == FORMAT && !run.is_finished() && dir.join(SCORES).exists() && !run.is_going_on() {
            let message =
                format!("{SCORES} lies beside it, which is kept when a run has finished, and its last lines are gone");
            return Err(Error::Line { path: dir.join(EVENTS), line: 0, message });
        }
        Ok(run)
    }

    /// The same for a record that may have lost its seal, to look at it and to seal it.
    ///
    /// # Errors
    /// As [`Run::open`], but for the seal.
    pub fn open_unsealed(dir: &Path) -> Result<Run, Error> {
        Run::read(dir).map(|(run, _)| run)
    }

    /// Whether it finished and has no seal. Older formats had none.
    fn lacks_seal(&self) -> bool {
        self.is_finished() && self.seal.is_none() && self.header.format == FORMAT
    }

    /// The record, and how many bytes of its events are whole lines, a last one without its line feed among them.
    pub(super) fn read(dir: &Path) -> Result<(Run, u64), Error> {
        if !has_header(dir) {
            return Err(Error::NotARun(dir.to_owned()));
        }
        let (header, header_bytes) = read_header(&dir.join(HEADER))?;
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
            contradicted: Vec::new(),
            twice: Vec::new(),
            notes: Vec::new(),
            status: Status::Incomplete,
            seal: None,
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
        let mut told = Told::default();
        let mut begin = 0;
        let mut lines = text.split_inclusive(|byte| *byte == b'\n').enumerate().peekable();
        while let Some((index, line)) = lines.next() {
            let so_far = &text[..begin];
            begin += line.len();
            if run.seal.is_some() && !line.iter().all(u8::is_ascii_whitespace) {
                let message = "the seal before it is the record's last line".to_owned();
                return Err(Error::Line { path, line: index + 1, message });
            }
            match run.event(line) {
                Ok(Line::Known(event)) => {
                    if let Event::Sealed(seal) = &*event {
                        seal::check(dir, seal, &header_bytes, so_far, index + 1)?;
                    }
                    run.take(*event, &mut told);
                }
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
        // What its own samples contradict is not given out.
        let (sound, contradicted) = run.measurements.into_iter().partition(|one| samples::contradiction(one).is_none());
        (run.measurements, run.contradicted) = (sound, contradicted);
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
        let kind = kind.to_owned();
        let event = if self.header.format < FORMAT { format1::event(&self.header, value)? } else { value };
        match serde_json::from_value(event).map_err(|error: serde_json::Error| error.to_string()) {
            Ok(event) => Ok(Line::Known(Box::new(event))),
            // A unit, a metric or a kind of failure that came later.
            Err(message) if message.starts_with("unknown variant") => {
                let word = message.split('`').nth(1).unwrap_or_default();
                Ok(Line::Stranger(format!("{kind}` with `{word}")))
            }
            Err(message) => Err(message),
        }
    }

    fn take(&mut self, event: Event, told: &mut Told) {
        let Told { before, files } = told;
        if let Event::Resumed { .. }
        | Event::Outcomes(_)
        | Event::Curve(_)
        | Event::Picture(_)
        | Event::Finished { .. } = &event
        {
            (*before, self.attempt) = (None, None);
        }
        match &event {
            // What one process said, the next may say again.
            Event::Attempt { .. } | Event::Started { .. } | Event::Resumed { .. } => files.clear(),
            Event::Outcomes(file) => once(&file.file, files, &mut self.twice),
            Event::Curve(curve) => once(&curve.file, files, &mut self.twice),
            Event::Picture(picture) => once(&picture.file, files, &mut self.twice),
            _ => {}
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
            Event::Sealed(seal) => self.seal = Some(seal),
        }
    }
}

/// A file that only a run's events announce or that was computed from them, if there is one.
fn left_behind(dir: &Path) -> Result<Option<String>, Error> {
    let mut found: Option<String> = None;
    for entry in fs_err::read_dir(dir)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let announced = [".csv", ".csv.gz"].iter().any(|ending| name.ends_with(ending))
            || name == "predictions.jsonl"
            || name == SCORES;
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

/// What must be known of the story so far to take the next line.
#[derive(Default)]
struct Told {
    /// How the record stood when an attempt to go on began, until that attempt has gone on with something.
    before: Option<Status>,
    /// Files that the process whose lines these are has announced.
    files: BTreeSet<String>,
}

/// Remembers a file that is announced, and those that are announced again.
fn once(file: &str, files: &mut BTreeSet<String>, twice: &mut Vec<String>) {
    if !files.insert(file.to_owned()) {
        twice.push(file.to_owned());
    }
}

/// A line of the story.
enum Line {
    Known(Box<Event>),
    /// Of a kind that this build does not know.
    Stranger(String),
}

/// The kinds of event that this build knows, by their names in the record.
const KINDS: [&str; 14] = [
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
    "sealed",
];

/// The header, and its bytes.
fn read_header(path: &Path) -> Result<(Header, Vec<u8>), Error> {
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
    let header = match head.format {
        FORMAT => serde_json::from_slice(&bytes).map_err(damaged)?,
        format1::FORMAT => format1::header(&bytes).map_err(damaged)?,
        found => return Err(Error::Format { path: path.to_owned(), found, known: FORMAT }),
    };
    Ok((header, bytes))
}
