//! The programs that the harness runs.
//!
//! Must not need any of them.

use serde::{Deserialize, Serialize};
use store::package::Clients;

use super::Missing;
use crate::program::first_line;

/// One program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tool {
    /// Its name: `cargo`.
    pub name: String,
    /// What it says of itself; None: it is not there.
    pub version: Option<String>,
    /// What it is needed for.
    pub needed_for: String,
    /// How to get it.
    pub how: String,
}

impl Tool {
    pub(super) fn missing(&self) -> Option<Missing> {
        let what = || Missing { what: format!("{} (for {})", self.name, self.needed_for), how: self.how.clone() };
        self.version.is_none().then(what)
    }
}

/// Asks all of them, side by side: some take half a second.
pub(super) fn ask(clients: &Clients) -> Vec<Tool> {
    let python = clients.python.to_string_lossy();
    let npm = clients.npm.to_string_lossy();
    let rust = "install Rust: see rustup.rs";
    let questions: [(&str, &str, &[&str], &str, &str); 6] = [
        ("cargo", "cargo", &["--version"], "building the runner", rust),
        ("rustc", "rustc", &["--version"], "building the runner", rust),
        (
            "C++ compiler",
            "c++",
            &["--version"],
            "building the runner",
            "`apt-get install g++`, or your system's C++ compiler",
        ),
        (
            "python3",
            &python,
            &["--version"],
            "fetching libtorch and the canary's pictures",
            "`apt-get install python3`",
        ),
        (
            "pip",
            &python,
            &["-m", "pip", "--version"],
            "fetching libtorch and the canary's pictures",
            "`apt-get install python3-pip`",
        ),
        ("npm", &npm, &["--version"], "fetching what is published as an npm package", "`apt-get install npm`"),
    ];
    std::thread::scope(|scope| {
        let asked = questions.map(|(name, program, arguments, needed_for, how)| {
            scope.spawn(move || Tool {
                name: name.to_owned(),
                version: first_line(program, arguments).map(|line| without_path(&line)),
                needed_for: needed_for.to_owned(),
                how: how.to_owned(),
            })
        });
        asked.into_iter().filter_map(|thread| thread.join().ok()).collect()
    })
}

/// `pip 23.2 from /usr/lib/… (python 3.11)` without the path.
fn without_path(line: &str) -> String {
    line.split_once(" from ").map_or(line, |(version, _)| version).to_owned()
}
