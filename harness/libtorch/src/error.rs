//! What can go wrong here, one clear sentence each: what, where, and what to do.
//!
//! Must not hold logic.

use std::io;
use std::path::{Path, PathBuf};

use crate::VERSION;

/// An error of this crate.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store's: no folder to keep files in, no pip, no network, wrong bytes, a full disk.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// A file or folder cannot be read or written.
    #[error("cannot use {}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The folder that the user names holds another version of libtorch.
    #[error(
        "{variable} names {}, which holds libtorch {found}, but {VERSION} is needed: \
         name a {VERSION} folder in REPLICATIONS_LIBTORCH, or unset {variable} to have it found or fetched", path.display()
    )]
    WrongVersion {
        /// The environment variable.
        variable: &'static str,
        /// The folder it names.
        path: PathBuf,
        /// The version found there.
        found: String,
    },
    /// The folder that the user names is not a libtorch.
    #[error(
        "{variable} names {}, which is no libtorch that can be used: {problem}; \
         name a {VERSION} folder in REPLICATIONS_LIBTORCH, or unset {variable} to have it found or fetched", path.display()
    )]
    NotLibtorch {
        /// The environment variable.
        variable: &'static str,
        /// The folder it names.
        path: PathBuf,
        /// What is missing.
        problem: String,
    },
    /// Nothing usable is on this machine and the network must not be used.
    #[error(
        "libtorch {VERSION} is not on this machine and --offline forbids fetching it ({download}): run `harness setup` with a \
         network once, or name a {VERSION} folder in REPLICATIONS_LIBTORCH{}",
        remarks(notes)
    )]
    Offline {
        /// How much would be fetched: `543.6 MB`.
        download: String,
        /// What was looked at and why it was not taken.
        notes: Vec<String>,
    },
    /// There is no build of libtorch 2.11.0 for this machine among the pinned wheels.
    #[error(
        "the pinned libtorch {VERSION} is for x86_64 Linux and this is {platform}: name a {VERSION} folder for this machine in \
         REPLICATIONS_LIBTORCH, or install torch {VERSION} for the python3 in PATH"
    )]
    Platform {
        /// `aarch64 macos`.
        platform: String,
    },
    /// The disk cannot hold what is to be fetched.
    #[error(
        "{} has {free} free, and fetching libtorch {VERSION} needs {needed}: free some, or name another folder in REPLICATIONS_HOME",
        path.display()
    )]
    DiskSpace {
        /// Where it would be written.
        path: PathBuf,
        /// Free there: `120.0 MB`.
        free: String,
        /// Needed while unpacking: `1.2 GB`.
        needed: String,
    },
    /// A wheel that does not hold what it must.
    #[error("{}: {problem}; delete it and run the command again", path.display())]
    Wheel {
        /// The wheel.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// `.libtorch` in the checkout is the user's own folder, not a link.
    #[error("{} is not a link that the harness made: move it away, and name it in REPLICATIONS_LIBTORCH if it is to be used", path.display())]
    NotALink {
        /// The path.
        path: PathBuf,
    },
    /// A program that is needed is not there.
    #[error("`{program}` was not found: {how}")]
    ProgramMissing {
        /// The program.
        program: String,
        /// How to get it.
        how: String,
    },
    /// The runner could not be built.
    #[error("the runner could not be built (`{command}`, {status}):\n{tail}")]
    Build {
        /// The command.
        command: String,
        /// How it ended.
        status: String,
        /// The compiler's last lines.
        tail: String,
    },
    /// The prebuilt runner that the user names cannot be run.
    #[error("REPLICATIONS_RUNNER names {}, {problem}: name a runner's binary there, or unset it to have the runner built", path.display())]
    Runner {
        /// The path.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// A hardware profile's file does not parse.
    #[error(transparent)]
    Profile(#[from] spec::load::LoadError),
    /// A hardware profile's id is not its file's name.
    #[error("{}: the id is `{id}`, and must be the file's name without .yaml", path.display())]
    ProfileName {
        /// The file.
        path: PathBuf,
        /// The id it gives.
        id: String,
    },
    /// There is no such hardware profile.
    #[error("there is no hardware profile `{id}`{}; there are {}", nearest.as_ref().map(|near| format!(" (did you mean `{near}`?)")).unwrap_or_default(), known.join(", "))]
    NoProfile {
        /// What was asked for.
        id: String,
        /// The nearest one.
        nearest: Option<String>,
        /// All there are.
        known: Vec<String>,
    },
}

fn remarks(notes: &[String]) -> String {
    if notes.is_empty() { String::new() } else { format!(" (looked at: {})", notes.join("; ")) }
}

/// Turns an I/O result into this crate's, with the path; full disks and missing permissions in the store's words.
pub(crate) trait At<T> {
    /// Adds the path.
    fn at(self, path: impl AsRef<Path>) -> Result<T, Error>;
}

impl<T> At<T> for io::Result<T> {
    fn at(self, path: impl AsRef<Path>) -> Result<T, Error> {
        self.map_err(|source| {
            let path = path.as_ref().to_path_buf();
            match source.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => store::Error::DiskFull { path }.into(),
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                    store::Error::Permission { path }.into()
                }
                _ => Error::Io { path, source },
            }
        })
    }
}
