//! A harness in an empty home, with a runner that is a script where a test wants one.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// Folders of one test: home, results, site.
pub(crate) struct Place {
    pub(crate) folder: TempDir,
    /// The harness that is called.
    pub(crate) program: PathBuf,
    runner: Option<PathBuf>,
}

/// What a call left.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Place {
    pub(crate) fn new() -> Self {
        let program = PathBuf::from(env!("CARGO_BIN_EXE_harness"));
        Self { folder: tempfile::tempdir().unwrap(), program, runner: None }
    }

    /// A place whose runner is this shell script; the job is in `$JOB`, its batch in `$BATCH`.
    pub(crate) fn with_runner(script: &str) -> Self {
        use std::os::unix::fs::PermissionsExt as _;
        let mut place = Self::new();
        let path = place.folder.path().join("runner.sh");
        let head = "#!/bin/sh\nJOB=$(cat)\nBATCH=$(printf %s \"$JOB\" | sed 's/.*\"batch\":\\([0-9]*\\).*/\\1/')\ntouch \"$(dirname \"$0\")/was-started\"\n";
        std::fs::write(&path, format!("{head}{script}")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        place.runner = Some(path);
        place
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Calls the harness offline in this place.
    pub(crate) fn harness(&self, arguments: &[&str]) -> Said {
        said(&mut self.command(arguments))
    }

    /// The call that [`Place::harness`] makes.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(arguments).arg("--offline");
        for folder in ["home", "results", "site"] {
            command.arg(format!("--{folder}")).arg(self.path(folder));
        }
        command.env_remove("REPLICATIONS_MIRROR").env_remove("REPLICATIONS_HOME").env("COLUMNS", "120");
        match &self.runner {
            Some(runner) => command.env("REPLICATIONS_RUNNER", runner),
            None => command.env_remove("REPLICATIONS_RUNNER"),
        };
        command
    }

    /// The run folders, oldest first.
    pub(crate) fn runs(&self, of: &str) -> Vec<PathBuf> {
        let Ok(listing) = std::fs::read_dir(self.path("results")) else { return Vec::new() };
        let mut folders: Vec<_> = listing.map(|entry| entry.unwrap().path()).collect();
        folders.retain(|folder| folder.to_string_lossy().contains(of));
        folders.sort_by_key(|folder| std::fs::metadata(folder.join("plan.json")).unwrap().modified().unwrap());
        folders
    }
}

pub(crate) fn said(command: &mut Command) -> Said {
    let output = command.output().unwrap();
    Said {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The last event of a run.
pub(crate) fn last_event(run: &Path) -> serde_json::Value {
    let text = std::fs::read_to_string(run.join("events.jsonl")).unwrap();
    serde_json::from_str(text.lines().last().unwrap()).unwrap()
}
