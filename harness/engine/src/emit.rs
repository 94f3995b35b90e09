//! Events out: one JSON object a line, each flushed, progress at most five times a second.
//!
//! Must not decide what is worth telling.

use std::cell::RefCell;
use std::io::Write;
use std::time::{Duration, Instant};

use spec::event::{Event, Measurement};
use spec::metric::Unit;

use crate::error::{Error, Result};
use crate::stats::Median;

/// The least time between two progress events.
const PROGRESS_EVERY: Duration = Duration::from_millis(200);
/// Where nothing new is to be told, the last progress is told again after this long.
const ALIVE_EVERY: Duration = Duration::from_secs(2);

/// Where events go.
pub struct Emitter<'a> {
    out: RefCell<Box<dyn Write + 'a>>,
    started: Instant,
    /// When progress was told last, and what.
    progress: RefCell<Option<(Instant, Event)>>,
}

impl std::fmt::Debug for Emitter<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Emitter").field("started", &self.started).finish_non_exhaustive()
    }
}

impl<'a> Emitter<'a> {
    /// Events go to `out`; the run starts now.
    pub fn new(out: impl Write + 'a) -> Emitter<'a> {
        Emitter { out: RefCell::new(Box::new(out)), started: Instant::now(), progress: RefCell::new(None) }
    }

    /// Seconds since the run started.
    #[must_use]
    pub fn at(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }

    /// Writes one event.
    ///
    /// # Errors
    /// Nobody reads any more.
    pub fn event(&self, event: &Event) -> Result<()> {
        let mut line =
            serde_json::to_vec(event).map_err(|error| Error::Other(format!("an event cannot be written: {error}")))?;
        line.push(b'\n');
        let mut out = self.out.borrow_mut();
        out.write_all(&line).and_then(|()| out.flush()).map_err(|error| {
            Error::Disk(format!(
                "events cannot be written to standard output: {error}; whoever started the runner is gone"
            ))
        })
    }

    /// A stage begins.
    ///
    /// # Errors
    /// Nobody reads any more.
    pub fn stage(&self, name: &str) -> Result<()> {
        *self.progress.borrow_mut() = None;
        self.event(&Event::Stage { name: name.to_owned(), at: self.at() })
    }

    /// How far the stage is; passed over when the last such event was just now, except for the last of all.
    ///
    /// # Errors
    /// Nobody reads any more.
    pub fn progress(&self, done: usize, total: usize, unit: &str) -> Result<()> {
        let now = Instant::now();
        let recent =
            self.progress.borrow().as_ref().is_some_and(|(last, _)| now.duration_since(*last) < PROGRESS_EVERY);
        if recent && done != total {
            return Ok(());
        }
        let event = Event::Progress { done: done as u64, total: total as u64, unit: unit.to_owned() };
        let told = self.event(&event);
        *self.progress.borrow_mut() = Some((now, event));
        told
    }

    /// Work goes on that no progress can be told of: the last progress is told again where that was long ago, so that
    /// whoever listens does not take the run for hung.
    ///
    /// # Errors
    /// Nobody reads any more.
    pub fn alive(&self) -> Result<()> {
        let mut progress = self.progress.borrow_mut();
        let (last, event) = progress
            .get_or_insert_with(|| (self.started, Event::Progress { done: 0, total: 1, unit: "parts".to_owned() }));
        if last.elapsed() < ALIVE_EVERY {
            return Ok(());
        }
        *last = Instant::now();
        self.event(event)
    }

    /// A single measured value.
    ///
    /// # Errors
    /// Nobody reads any more.
    pub fn value(&self, name: &str, value: f64, unit: Option<Unit>) -> Result<()> {
        self.event(&Event::Measurement(Measurement {
            name: name.to_owned(),
            value,
            unit,
            low: None,
            high: None,
            samples: Vec::new(),
        }))
    }

    /// A value measured several times: its median, the median's interval, and the samples.
    ///
    /// # Errors
    /// Nobody reads any more.
    pub fn samples(&self, name: &str, samples: Vec<f64>, unit: Option<Unit>) -> Result<()> {
        let Median { value, low, high } = Median::of(&samples);
        self.event(&Event::Measurement(Measurement { name: name.to_owned(), value, unit, low, high, samples }))
    }

    /// Something a reader of the record must know.
    ///
    /// # Errors
    /// Nobody reads any more.
    pub fn note(&self, text: impl Into<String>) -> Result<()> {
        self.event(&Event::Note { text: text.into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_throttled_but_the_end_is_told() {
        let mut out = Vec::new();
        let emitter = Emitter::new(&mut out);
        for done in 0..=100 {
            emitter.progress(done, 100, "images").unwrap();
        }
        drop(emitter);
        let text = String::from_utf8(out).unwrap();
        assert_eq!(
            text,
            "{\"event\":\"progress\",\"done\":0,\"total\":100,\"unit\":\"images\"}\n\
             {\"event\":\"progress\",\"done\":100,\"total\":100,\"unit\":\"images\"}\n"
        );
    }

    #[test]
    fn long_work_is_told_of_again() {
        let mut out = Vec::new();
        let emitter = Emitter::new(&mut out);
        emitter.progress(3, 100, "steps").unwrap();
        let started = Instant::now();
        while started.elapsed() < ALIVE_EVERY + Duration::from_millis(200) {
            emitter.alive().unwrap();
            std::thread::sleep(Duration::from_millis(20));
        }
        drop(emitter);
        let line = "{\"event\":\"progress\",\"done\":3,\"total\":100,\"unit\":\"steps\"}\n";
        assert_eq!(String::from_utf8(out).unwrap(), line.repeat(2));
    }

    #[test]
    fn a_closed_pipe_is_an_error() {
        struct Closed;
        impl Write for Closed {
            fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
                Err(std::io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        assert!(matches!(Emitter::new(Closed).stage("load"), Err(Error::Disk(_))));
    }
}
