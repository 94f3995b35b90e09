//! What can go wrong in the store, one clear sentence each: what, where, and what to do.
//!
//! Must not hold logic beyond telling kinds of I/O failure apart.

use std::io;
use std::path::{Path, PathBuf};

/// An error of the store.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Bytes are not those that the lock pins.
    #[error("{0}")]
    Mismatch(Box<Mismatch>),
    /// The disk, or the user's share of it, is full.
    #[error("no space left on the disk for {}: free some, or name another folder in REPLICATIONS_HOME, and run the command again (what was fetched is kept)", path.display())]
    DiskFull {
        /// The file that was being written.
        path: PathBuf,
    },
    /// A file or folder may not be read or written.
    #[error("permission denied for {}: make it accessible, or name another folder in REPLICATIONS_HOME", path.display())]
    Permission {
        /// The file or folder.
        path: PathBuf,
    },
    /// Any other failure of the file system.
    #[error("cannot use {}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// No connection can be made at all: the system's certificates are missing or unreadable.
    #[error(
        "{url}: no secure connection can be made here ({reason}): see that the system's certificates are there and that SSL_CERT_FILE, where it is set, names them"
    )]
    NoClient {
        /// The address.
        url: String,
        /// Why.
        reason: String,
    },
    /// A server could not be reached, or broke off, as often as was tried.
    #[error(
        "{url}: {reason} (tried {attempts} times): check the network and run the command again; it goes on where it stopped"
    )]
    Network {
        /// The address.
        url: String,
        /// What happened at the last attempt.
        reason: String,
        /// How often it was tried.
        attempts: u32,
    },
    /// Several sources, and none could be reached.
    #[error("{entry}/{file}: no network: none of {} could be reached ({reason}); check the network and run the command again", places.join(", "))]
    Unreachable {
        /// The entry's id.
        entry: String,
        /// The file's path in it.
        file: String,
        /// Addresses and packages.
        places: Vec<String>,
        /// What happened at the first.
        reason: String,
    },
    /// A server answered that it has no such file, or will not give it.
    #[error("{url}: the server answered {status}")]
    Refused {
        /// The address.
        url: String,
        /// HTTP status and its reason: `404 Not Found`.
        status: String,
    },
    /// An address that is not http or https, or that does not parse.
    #[error("{url}: not an address that can be fetched: {reason}")]
    Url {
        /// The address.
        url: String,
        /// Why.
        reason: String,
    },
    /// A server sends more than the pinned size.
    #[error("{url}: sends more than the {pinned} bytes that are pinned for it, so it is not the pinned file")]
    TooLong {
        /// The address.
        url: String,
        /// Pinned size in bytes.
        pinned: u64,
    },
    /// A registry's client is not installed.
    #[error("{package} needs the program `{client}`, which was not found: {how}")]
    ClientMissing {
        /// The program.
        client: String,
        /// The package.
        package: String,
        /// How to get it.
        how: String,
    },
    /// A registry's client failed.
    #[error("{package}: `{command}` failed: {reason}")]
    Client {
        /// The package.
        package: String,
        /// The command that was run.
        command: String,
        /// Its last words, or a plainer reading of them.
        reason: String,
        /// Whether it said that it could not reach its registry.
        unreachable: bool,
    },
    /// A package name that is not `npm:NAME@VERSION` or `pypi:NAME==VERSION`.
    #[error("{name:?} is no package: write npm:NAME@VERSION or pypi:NAME==VERSION")]
    PackageName {
        /// What was given.
        name: String,
    },
    /// An archive that cannot or must not be unpacked.
    #[error("{}{}: {reason}", path.display(), member.as_deref().map(|name| format!(", member {name:?}")).unwrap_or_default())]
    Archive {
        /// The archive.
        path: PathBuf,
        /// The member.
        member: Option<String>,
        /// Why.
        reason: String,
    },
    /// The unpacked files are not those that the lock pins.
    #[error("{0}")]
    Contents(Box<Contents>),
    /// The entry can be had only by hand.
    #[error("{entry} cannot be fetched by the harness: {instructions}")]
    ByHand {
        /// The entry's id.
        entry: String,
        /// What to do.
        instructions: String,
    },
    /// Nobody can get the entry.
    #[error("{entry} cannot be had: {reason}")]
    Unobtainable {
        /// The entry's id.
        entry: String,
        /// Why, from the lock.
        reason: String,
    },
    /// No source gave the file.
    #[error("{entry}/{file}: no source gave it: {}", tried.join("; "))]
    NoSource {
        /// The entry's id.
        entry: String,
        /// The file's path in it.
        file: String,
        /// One line a source: what was tried and what came of it.
        tried: Vec<String>,
    },
    /// A path that the user named for an entry does not hold the file.
    #[error("{entry}/{file} was to be taken from {}, but nothing is there under that name: {hint}", path.display())]
    UserPath {
        /// The entry's id.
        entry: String,
        /// The file's path in it.
        file: String,
        /// The path that the user named.
        path: PathBuf,
        /// What would be found.
        hint: String,
    },
    /// A path that the user named for an entry holds nothing of it.
    #[error("{} was named for {entry} and holds {lacks}: looked for {}; found {}", path.display(), wanted.join("; "), found.join(", "))]
    NothingThere {
        /// The entry's id.
        entry: String,
        /// The path that the user named.
        path: PathBuf,
        /// What is not there: nothing of it, or none of its images.
        lacks: &'static str,
        /// What would be found.
        wanted: Vec<String>,
        /// What lies there.
        found: Vec<String>,
    },
    /// A path in the lock that must not be written (`..`, absolute).
    #[error("{entry}: {path:?} is no path inside the entry's folder ({reason})")]
    LockPath {
        /// The entry's id.
        entry: String,
        /// The path.
        path: String,
        /// Why.
        reason: String,
    },
    /// A data set whose labels cannot be had without its images, or that has none.
    #[error("{entry} has no labels to score by ({reason}): name a file of labels with --references")]
    NoLabels {
        /// The entry's id.
        entry: String,
        /// Why.
        reason: String,
    },
    /// A text (manifest, labels, development kit) that does not parse or does not fit.
    #[error("{}{}: {reason}", path.display(), line.map(|line| format!(":{line}")).unwrap_or_default())]
    Text {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: Option<u64>,
        /// What is wrong and what to do.
        reason: String,
    },
    /// A folder of labelled images that does not fit; every problem is listed.
    #[error("{}: {} in the labelled images:\n  {}", dir.display(), crate::error::counted(problems.len(), "problem"), shown(problems))]
    Labels {
        /// The folder.
        dir: PathBuf,
        /// One line a problem, with file and line number.
        problems: Vec<String>,
    },
    /// There is no folder to keep data in.
    #[error(
        "no folder to keep data in: neither REPLICATIONS_HOME, XDG_CACHE_HOME nor HOME is set to an absolute path; set REPLICATIONS_HOME"
    )]
    NoHome,
}

/// The facts of a [`Error::Mismatch`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// Entry and file: `mnist/train-labels-idx1-ubyte`, or a bare file name.
    pub file: String,
    /// Where the wrong bytes came from: a path or an address.
    pub from: String,
    /// Which property differs: `sha256`, `size`, `md5`, …
    pub what: &'static str,
    /// What the lock pins.
    pub expected: String,
    /// What was found.
    pub found: String,
    /// Where the bad file was moved, if it was.
    pub moved_to: Option<PathBuf>,
    /// What to do.
    pub advice: String,
}

impl std::fmt::Display for Mismatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} is not the pinned file: its {} is {}, the lock says {} (from {}); ",
            self.file, self.what, self.found, self.expected, self.from
        )?;
        if let Some(path) = &self.moved_to {
            write!(f, "the bad file was moved to {}; ", path.display())?;
        }
        f.write_str(&self.advice)
    }
}

/// The facts of a [`Error::Contents`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    /// Entry and archive: `imagenet-val-650/images.tar`.
    pub archive: String,
    /// What was read: an archive or a folder.
    pub from: String,
    /// The pinned root, in hex, with files and bytes.
    pub expected: String,
    /// The root found, with files and bytes.
    pub found: String,
    /// The first files that differ, where the pinned list is known.
    pub differing: Vec<String>,
    /// What to do.
    pub advice: String,
}

impl std::fmt::Display for Contents {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "the contents of {} are not the pinned ones: found {}, pinned {} (from {}); ",
            self.archive, self.found, self.expected, self.from
        )?;
        if !self.differing.is_empty() {
            write!(f, "differing: {}; ", self.differing.join(", "))?;
        }
        f.write_str(&self.advice)
    }
}

impl Error {
    /// An I/O error at a path, with full disks and missing permissions told apart.
    pub(crate) fn io(path: impl AsRef<Path>, source: io::Error) -> Self {
        let path = path.as_ref().to_path_buf();
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { path },
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::Permission { path },
            _ => Self::Io { path, source: bare(source) },
        }
    }

    /// The places that could not be reached and why, if that is what went wrong.
    pub(crate) fn unreachable(&self) -> Option<(Vec<String>, &str)> {
        match self {
            Self::Network { url, reason, .. } => Some((vec![url.clone()], reason)),
            Self::Client { package, reason, unreachable: true, .. } => Some((vec![package.clone()], reason)),
            Self::Unreachable { places, reason, .. } => Some((places.clone(), reason)),
            _ => None,
        }
    }

    /// Whether another source may still give the file.
    pub(crate) fn try_next(&self) -> bool {
        !matches!(self, Self::DiskFull { .. } | Self::Permission { .. } | Self::Io { .. } | Self::LockPath { .. })
    }
}

/// `fs_err` puts the path into its messages; the error here names it already.
fn bare(error: io::Error) -> io::Error {
    match error.get_ref().and_then(std::error::Error::source).and_then(|inner| inner.downcast_ref::<io::Error>()) {
        Some(inner) => match inner.raw_os_error() {
            Some(code) => io::Error::from_raw_os_error(code),
            None => io::Error::new(inner.kind(), inner.to_string()),
        },
        None => error,
    }
}

/// Turns an I/O result into the store's, with the path.
pub(crate) trait At<T> {
    /// Adds the path.
    fn at(self, path: impl AsRef<Path>) -> Result<T, Error>;
}

impl<T> At<T> for io::Result<T> {
    fn at(self, path: impl AsRef<Path>) -> Result<T, Error> {
        self.map_err(|source| Error::io(path, source))
    }
}

/// `1 problem`, `3 problems`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// The first twenty, and how many more.
fn shown(problems: &[String]) -> String {
    const MOST: usize = 20;
    let mut text = problems.iter().take(MOST).cloned().collect::<Vec<_>>().join("\n  ");
    if problems.len() > MOST {
        text.push_str(&format!("\n  … and {} more", problems.len() - MOST));
    }
    text
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    /// Every write to /dev/full fails as on a full disk.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_told_as_such() {
        let path = Path::new("/dev/full");
        let mut file = fs_err::OpenOptions::new().write(true).open(path).unwrap();
        let error = file.write_all(b"x").at(path).unwrap_err();
        assert!(matches!(error, Error::DiskFull { .. }), "{error}");
    }

    #[test]
    fn a_path_is_named_once() {
        let path = Path::new("/nowhere/file");
        let error = fs_err::File::open(path).at(path).unwrap_err();
        assert_eq!(error.to_string(), "cannot use /nowhere/file: No such file or directory (os error 2)");
    }
}
