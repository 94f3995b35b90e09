//! Runs small programs that answer a question (`rustc --version`, `nvidia-smi`), and gives up on those that hang.
//!
//! Must not run anything that changes the machine.

use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What a program that must end well within `limit` says on standard output.
pub(crate) fn answer(program: &Path, arguments: &[&str], limit: Duration) -> Option<String> {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().ok()?;
    let mut out = child.stdout.take()?;
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        out.read_to_string(&mut text).map(|_| text)
    });
    let started = Instant::now();
    let status = loop {
        match child.try_wait().ok()? {
            Some(status) => break status,
            None if started.elapsed() > limit => {
                let _ = child.kill();
                let _ = child.wait();
                return None;
            }
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    };
    let text = reader.join().ok()?.ok()?;
    status.success().then_some(text)
}

/// The first line of an answer.
pub(crate) fn first_line(program: &str, arguments: &[&str]) -> Option<String> {
    let text = answer(Path::new(program), arguments, Duration::from_secs(10))?;
    text.lines().next().map(|line| line.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_hangs_or_fails_or_is_missing_says_nothing() {
        let answer =
            |program: &str, arguments: &[&str]| answer(Path::new(program), arguments, Duration::from_millis(300));
        assert_eq!(answer("echo", &["yes"]).unwrap(), "yes\n");
        assert_eq!(answer("sleep", &["20"]), None);
        assert_eq!(answer("false", &[]), None);
        assert_eq!(answer("no-such-program", &[]), None);
    }
}
