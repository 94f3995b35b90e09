//! Runs cargo and shows what it is compiling.
//!
//! Must not print the compiler's warnings: they are not the user's. Errors are in the error's text.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use store::progress::Progress;

use crate::error::{At, Error};

/// So many of the compiler's last lines are shown when it fails.
const LAST: usize = 40;
/// How often a log hears that cargo is still at work.
const STILL: Duration = Duration::from_secs(60);
/// A build that is shorter is not worth a line in a log.
const SHORT: Duration = Duration::from_secs(2);

/// Runs cargo to its end; the runner's binary, if cargo named it.
pub(super) fn run(mut command: Command, first: bool, progress: &Progress) -> Result<Option<PathBuf>, Error> {
    let shown = format!("{:?}", command.get_program()).trim_matches('"').to_owned();
    let started = Instant::now();
    let mut child = command.spawn().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Error::ProgramMissing {
            program: shown.clone(),
            how: "install Rust (rustup), or name a prebuilt runner in REPLICATIONS_RUNNER".to_owned(),
        },
        _ => Error::Io { path: shown.clone().into(), source: error },
    })?;
    if first {
        progress.line("building the runner: the first time this takes about 4 minutes on 2 cores (torch-sys alone 3)");
    }
    let out = child.stdout.take();
    let binary = std::thread::spawn(move || out.and_then(binary_in));
    let mut view = View::new(progress, started);
    let mut last = VecDeque::new();
    for line in child.stderr.take().into_iter().flat_map(|err| BufReader::new(err).split(b'\n')).map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line).trim_end().to_owned();
        view.saw(&line);
        if last.len() == LAST {
            last.pop_front();
        }
        last.push_back(line);
    }
    let status = child.wait().at(&shown)?;
    view.done(status.success(), first);
    if !status.success() {
        let tail: Vec<String> = last.into_iter().collect();
        return Err(Error::Build {
            command: "cargo build --package runner".to_owned(),
            status: status.to_string(),
            tail: tail.join("\n"),
        });
    }
    Ok(binary.join().ok().flatten())
}

/// The runner's path in cargo's messages, one JSON object a line.
fn binary_in(out: std::process::ChildStdout) -> Option<PathBuf> {
    let mut binary = None;
    for line in BufReader::new(out).lines().map_while(Result::ok) {
        let Ok(message) = serde_json::from_str::<serde_json::Value>(&line) else { continue };
        if message["reason"] == "compiler-artifact" && message["target"]["name"] == "runner" {
            binary = message["executable"].as_str().map(PathBuf::from).or(binary);
        }
    }
    binary
}

/// What is on the screen meanwhile.
struct View<'a> {
    progress: &'a Progress,
    bar: ProgressBar,
    started: Instant,
    said: Instant,
    crates: usize,
}

impl<'a> View<'a> {
    fn new(progress: &'a Progress, started: Instant) -> Self {
        let bar = ProgressBar::new_spinner().with_message("building the runner");
        let bar = match ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
            Ok(style) => bar.with_style(style),
            Err(_) => bar,
        };
        let bar = progress.multi().add(bar);
        bar.enable_steady_tick(Duration::from_millis(200));
        Self { progress, bar, started, said: started, crates: 0 }
    }

    /// One line of cargo's: `   Compiling torch-sys v0.24.0`.
    fn saw(&mut self, line: &str) {
        if let Some(name) = line.trim_start().strip_prefix("Compiling ") {
            let name = name.split(' ').next().unwrap_or(name);
            self.crates += 1;
            self.bar.set_message(format!("building the runner: crate {}, {name}", self.crates));
            if self.said.elapsed() > STILL {
                self.said = Instant::now();
                self.progress
                    .line(&format!("building the runner: {name}, {} s so far", self.started.elapsed().as_secs()));
            }
        } else if line.contains("Blocking waiting for file lock") {
            self.bar.set_message("building the runner: waiting for another cargo to end");
            self.progress.line("building the runner: another cargo is at work in the same folder; waiting for it");
        }
    }

    fn done(&self, well: bool, first: bool) {
        self.bar.finish_and_clear();
        self.progress.multi().remove(&self.bar);
        let took = self.started.elapsed();
        if well && (first || took > SHORT) {
            self.progress.line(&format!("built the runner in {:.0} s", took.as_secs_f64()));
        }
    }
}
