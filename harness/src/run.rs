//! One runner process: started with a job, listened to, timed out, and its story recorded to the end.
//!
//! Must not know what the job is for: no claims, no scores.

use std::ffi::OsString;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use results::store::RunWriter;
use spec::event::{Event, FailureKind};
use spec::job::Job;

use crate::interrupt;

/// How to start a runner.
#[derive(Debug, Clone)]
pub(crate) struct Runner {
    /// The binary.
    pub(crate) binary: PathBuf,
    /// What its environment must hold to find libtorch, and CUDA where it is to be used.
    pub(crate) environment: Vec<(String, OsString)>,
    /// Silence for this long means that it hangs.
    pub(crate) patience: Duration,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum End {
    Finished,
    Failed(FailureKind, String),
}

/// Between two looks at whether somebody stopped the run.
const LOOK: Duration = Duration::from_millis(200);

/// Runs one job to its end. Every event goes into the record as it comes; what a dead runner could not say is added.
pub(crate) fn run(runner: &Runner, job: &Job, record: &mut RunWriter, mut seen: impl FnMut(&Event)) -> Result<End> {
    let _watching = interrupt::watch()?;
    let kills_before = oom_kills();
    let started = Instant::now();
    let mut child = spawn(runner, job)?;
    let last_words = listen_to_stderr(&mut child, record.dir())?;
    let lines = listen_to_stdout(&mut child)?;
    let mut end = None;
    let mut hung = false;
    let mut heard = Instant::now();
    loop {
        if interrupt::asked() {
            // From the keyboard the runner had the signal too. Its last checkpoint is whole: it was renamed into place.
            child.kill().context("the runner could not be stopped")?;
        }
        match lines.recv_timeout(runner.patience.min(LOOK)) {
            Ok(line) => {
                heard = Instant::now();
                let event = match serde_json::from_str::<Event>(&line) {
                    Ok(event) => event,
                    Err(_) => Event::Note { text: format!("the runner said something that is no event: {line}") },
                };
                match &event {
                    Event::Finished { .. } => end = Some(End::Finished),
                    Event::Failed { kind, message, .. } => end = Some(End::Failed(*kind, message.clone())),
                    _ => {}
                }
                record.append(&event).context("the run's record could not be written")?;
                seen(&event);
            }
            Err(RecvTimeoutError::Timeout) if heard.elapsed() >= runner.patience => {
                hung = true;
                child.kill().context("the hung runner could not be stopped")?;
                break;
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    let status = child.wait().context("the runner cannot be waited for")?;
    let words = last_words.join().unwrap_or_default();
    if let Some(end) = end
        && !hung
    {
        return Ok(end);
    }
    let (kind, message) = if interrupt::asked() {
        (FailureKind::Interrupted, "it was stopped by Ctrl-C (SIGINT) or SIGTERM".to_owned())
    } else if hung {
        (FailureKind::Hung, format!("the runner said nothing for {} s and was stopped", runner.patience.as_secs()))
    } else {
        how_it_died(status, oom_kills() > kills_before)
    };
    let message = if words.is_empty() { message } else { format!("{message}; its last words: {words}") };
    let event = Event::Failed { kind, message: message.clone(), at: Some(started.elapsed().as_secs_f64()) };
    record.append(&event).context("the run's record could not be written")?;
    seen(&event);
    Ok(End::Failed(kind, message))
}

fn spawn(runner: &Runner, job: &Job) -> Result<Child> {
    let mut command = Command::new(&runner.binary);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.envs(runner.environment.iter().map(|(name, value)| (name, value)));
    // OpenMP and MKL read these once, before any call of ours could set them.
    command.env("OMP_NUM_THREADS", job.settings.threads.to_string());
    command.env("MKL_NUM_THREADS", job.settings.threads.to_string());
    let mut child = command.spawn().with_context(|| {
        format!("the runner {} cannot be started; `harness setup` builds it", runner.binary.display())
    })?;
    let text = serde_json::to_string(job)?;
    if let Some(mut stdin) = child.stdin.take() {
        // A runner that dies at once closes the pipe; its death is recorded by whoever waits for it.
        let _ = stdin.write_all(text.as_bytes());
    }
    Ok(child)
}

fn listen_to_stdout(child: &mut Child) -> Result<Receiver<String>> {
    let stdout = child.stdout.take().context("the runner has no standard output")?;
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stdout).split(b'\n') {
            let Ok(line) = line else { break };
            let line = String::from_utf8_lossy(&line).into_owned();
            if !line.trim().is_empty() && sender.send(line).is_err() {
                break;
            }
        }
    });
    Ok(receiver)
}

/// Copies the runner's log into the run's folder and keeps its last lines.
fn listen_to_stderr(child: &mut Child, folder: &Path) -> Result<std::thread::JoinHandle<String>> {
    const KEPT: usize = 5;
    let stderr = child.stderr.take().context("the runner has no standard error")?;
    // A run that is gone on with keeps what its first process said.
    let mut log = fs_err::OpenOptions::new().append(true).create(true).open(folder.join(results::store::LOG))?;
    Ok(std::thread::spawn(move || {
        let mut kept = std::collections::VecDeque::new();
        for line in BufReader::new(stderr).split(b'\n') {
            let Ok(line) = line else { break };
            let line = String::from_utf8_lossy(&line).into_owned();
            let _ = writeln!(log, "{line}");
            if !line.trim().is_empty() {
                kept.push_back(line);
            }
            if kept.len() > KEPT {
                kept.pop_front();
            }
        }
        Vec::from(kept).join(" | ")
    }))
}

fn how_it_died(status: ExitStatus, oom_killed: bool) -> (FailureKind, String) {
    match (status.signal(), status.code()) {
        (Some(9), _) if oom_killed => {
            (FailureKind::OutOfMemory, "the kernel killed the runner for want of memory (signal 9, SIGKILL)".to_owned())
        }
        (Some(2), _) => (FailureKind::Interrupted, "the runner was stopped by SIGINT, as from the keyboard".to_owned()),
        (Some(signal), _) => {
            (FailureKind::Killed, format!("the runner was killed by signal {signal}{}", signal_name(signal)))
        }
        (None, Some(code)) => {
            (FailureKind::Other, format!("the runner ended with exit code {code} and did not say why"))
        }
        (None, None) => (FailureKind::Other, "the runner ended and did not say why".to_owned()),
    }
}

fn signal_name(signal: i32) -> &'static str {
    match signal {
        4 => " (SIGILL, an instruction this processor lacks)",
        6 => " (SIGABRT)",
        7 => " (SIGBUS)",
        8 => " (SIGFPE)",
        9 => " (SIGKILL)",
        11 => " (SIGSEGV)",
        15 => " (SIGTERM)",
        _ => "",
    }
}

/// How often the kernel has killed a process for want of memory; it is the only witness when that happens.
fn oom_kills() -> u64 {
    let text = std::fs::read_to_string("/proc/vmstat").unwrap_or_default();
    let system = text.lines().find_map(|line| line.strip_prefix("oom_kill ")?.trim().parse().ok()).unwrap_or(0);
    let group = std::fs::read_to_string("/sys/fs/cgroup/memory.events").unwrap_or_default();
    let group: u64 = group.lines().find_map(|line| line.strip_prefix("oom_kill ")?.trim().parse().ok()).unwrap_or(0);
    system + group
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deaths_are_told_apart() {
        let killed = ExitStatus::from_raw(9);
        assert_eq!(how_it_died(killed, true).0, FailureKind::OutOfMemory);
        assert_eq!(how_it_died(killed, false).0, FailureKind::Killed);
        assert_eq!(how_it_died(ExitStatus::from_raw(2), false).0, FailureKind::Interrupted);
        assert!(how_it_died(ExitStatus::from_raw(11), false).1.contains("SIGSEGV"));
        assert_eq!(how_it_died(ExitStatus::from_raw(3 << 8), false).0, FailureKind::Other);
    }
}
