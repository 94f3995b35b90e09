//! `harness doctor`: what this machine has, what is missing, and how to get it.
//!
//! Must not fetch, build or change anything, and must not judge: a missing thing is a line, not an error.

mod text;
mod tools;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::machine::{self, Machine};
use crate::options::Options;
use crate::{Located, find, layout, profiles};

pub use tools::Tool;

/// Everything that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doctor {
    /// The hardware.
    pub machine: Machine,
    /// The hardware profile's id.
    pub profile: String,
    /// Programs.
    pub tools: Vec<Tool>,
    /// libtorch.
    pub libtorch: LibtorchFound,
    /// The runner's binary, where it is built or named.
    pub runner: Option<PathBuf>,
    /// The folder of data, weights and libtorch.
    pub home: PathBuf,
    /// Bytes free there.
    pub free: Option<u64>,
    /// Mirror folders.
    pub mirrors: Vec<Mirror>,
    /// Entries of the lock.
    pub entries: Vec<EntryState>,
    /// What is missing, and how to get it.
    pub missing: Vec<Missing>,
}

/// What is known of libtorch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum LibtorchFound {
    /// It is here.
    Here {
        /// `2.11.0+cu130`.
        version: String,
        /// Its folder.
        dir: PathBuf,
        /// Whose it is, in words.
        origin: String,
        /// The folder of CUDA's libraries, where a GPU is to be used.
        cuda: Option<PathBuf>,
        /// Remarks.
        notes: Vec<String>,
    },
    /// It will be fetched.
    ToFetch {
        /// Bytes to download.
        bytes: u64,
    },
    /// What the user names cannot be used.
    Unusable {
        /// Why.
        reason: String,
    },
}

/// A mirror folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mirror {
    /// The folder.
    pub path: PathBuf,
    /// Names in it, sorted. None: it is not there.
    pub names: Option<Vec<String>>,
}

/// An entry of the lock, as the store sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryState {
    /// The entry's id.
    pub id: String,
    /// Where it is, in words: `in the store`, `in the mirror`, `to fetch`, `by hand`.
    pub state: String,
    /// Its size in bytes, where that is known.
    pub bytes: Option<u64>,
}

/// Something missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// What, and what it is needed for.
    pub what: String,
    /// The command or the step.
    pub how: String,
}

/// Where to look.
#[derive(Debug, Clone)]
pub struct Look<'a> {
    /// The checkout.
    pub root: &'a Path,
    /// As for [`crate::find_or_fetch`].
    pub options: &'a Options,
    /// The folder of the profiles, read.
    pub profiles: &'a profiles::Profiles,
    /// Mirror folders.
    pub mirrors: &'a [PathBuf],
    /// The lock's entries, as the store sees them.
    pub entries: Vec<EntryState>,
    /// The runner's binary, if it is built; see [`crate::runner_build::built`].
    pub runner: Option<PathBuf>,
}

/// Looks at everything (about a second: it asks programs for their versions).
#[must_use]
pub fn report(look: Look<'_>) -> Doctor {
    let machine = machine::detect();
    let libtorch = match find(look.root, look.options) {
        Ok(Located::Here(found)) => LibtorchFound::Here {
            version: found.version,
            dir: found.dir,
            origin: found.origin.to_string(),
            cuda: found.cuda_libs,
            notes: found.notes,
        },
        Ok(Located::ToFetch { bytes }) => LibtorchFound::ToFetch { bytes },
        Err(error) => LibtorchFound::Unusable { reason: error.to_string() },
    };
    let home = look.options.home.path().to_path_buf();
    let mut doctor = Doctor {
        profile: profiles::detect(&machine, look.profiles),
        machine,
        tools: tools::ask(&look.options.clients),
        libtorch,
        runner: look.runner,
        free: base::files::free_below(&home),
        home,
        mirrors: look.mirrors.iter().map(|path| mirror(path)).collect(),
        entries: look.entries,
        missing: Vec::new(),
    };
    doctor.missing = missing(&doctor);
    doctor
}

fn mirror(path: &Path) -> Mirror {
    let names = path.is_dir().then(|| layout::names(path));
    Mirror { path: path.to_path_buf(), names }
}

/// What follows from the facts.
fn missing(doctor: &Doctor) -> Vec<Missing> {
    let line = |what: &str, how: &str| Missing { what: what.to_owned(), how: how.to_owned() };
    let mut missing: Vec<Missing> = doctor.tools.iter().filter_map(Tool::missing).collect();
    match &doctor.libtorch {
        LibtorchFound::Here { .. } if doctor.runner.is_none() => {
            missing.push(line(
                "the runner is not built",
                "`cargo run -p harness -- setup` (about 4 minutes the first time)",
            ));
        }
        LibtorchFound::Here { .. } => {}
        LibtorchFound::ToFetch { bytes } => missing.push(line(
            &format!("libtorch {} is not here", crate::VERSION),
            &format!("`cargo run -p harness -- setup` fetches it ({})", store::progress::human(*bytes)),
        )),
        LibtorchFound::Unusable { reason } => missing.push(line("libtorch cannot be used", reason)),
    }
    if doctor.machine.driver.is_some() && doctor.machine.gpu.is_none() {
        missing.push(line(
            "an NVIDIA driver is loaded, but no GPU may be used",
            "in a container, start it with the GPU let in (`--gpus all`); else see `nvidia-smi`",
        ));
    }
    if doctor.free.is_some_and(|free| free < 5_000_000_000) {
        missing.push(line("less than 5 GB of disk are free", "free some, or name another folder in REPLICATIONS_HOME"));
    }
    for mirror in doctor.mirrors.iter().filter(|mirror| mirror.names.is_none()) {
        missing.push(line(
            &format!("the mirror {} is not there", mirror.path.display()),
            "correct REPLICATIONS_MIRROR or --mirror",
        ));
    }
    missing
}

#[cfg(test)]
mod tests;
