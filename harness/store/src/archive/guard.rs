//! Limits against archives that are made to fill a disk.
//!
//! Must count what really comes out, not what a header declares.

use std::cell::Cell;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::error::Error;
use crate::progress::Bar;

/// How much may come out of an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the files taken.
    pub bytes: u64,
    /// Bytes decompressed in all, those of files left out included.
    pub stream: u64,
    /// Members: files, folders and links.
    pub members: u64,
}

impl Limits {
    /// Enough for a small archive that packs well.
    const FLOOR: u64 = 256 << 20;

    /// For an archive of this size in bytes of which nothing else is known: twenty times as much (images and weights
    /// hardly shrink, text does by less than ten), and at least 256 MiB.
    #[must_use]
    pub fn for_archive(size: u64) -> Self {
        let bytes = size.saturating_mul(20).max(Self::FLOOR);
        Self { bytes, stream: bytes, members: 4_000_000 }
    }

    /// For an archive whose contents are pinned: exactly those bytes and files, with folders beside them.
    #[must_use]
    pub fn for_manifest(manifest: &spec::lock::Manifest, size: u64) -> Self {
        let stream = Self::for_archive(size).stream.max(manifest.bytes.saturating_mul(2));
        let members = manifest.files.saturating_mul(2).saturating_add(10_000).max(100_000);
        Self { bytes: manifest.bytes, stream, members }
    }
}

/// Why reading stopped; travels inside an [`io::Error`].
#[derive(Debug, thiserror::Error)]
#[error(
    "refused: more than {limit} bytes come out of it, which is more than the lock pins or a sound archive of its size holds"
)]
pub(super) struct TooMuch {
    limit: u64,
}

/// Counts members and bytes of one archive.
pub(super) struct Guard {
    archive: PathBuf,
    limits: Limits,
    members: u64,
    taken: Rc<Cell<u64>>,
}

impl Guard {
    pub(super) fn new(archive: &Path, limits: Limits) -> Self {
        Self { archive: archive.to_path_buf(), limits, members: 0, taken: Rc::default() }
    }

    pub(super) fn archive(&self) -> &Path {
        &self.archive
    }

    /// One more member of that name; its safe path.
    pub(super) fn member(&mut self, name: &str) -> Result<String, Error> {
        self.members += 1;
        if self.members > self.limits.members {
            let reason = format!("refused: it holds more than {} members", self.limits.members);
            return Err(Error::Archive { path: self.archive.clone(), member: None, reason });
        }
        super::inside(&self.archive, name, name)
    }

    /// A taken member's bytes, counted against what all members may hold.
    pub(super) fn bytes<R: Read>(&self, from: R) -> Metered<R> {
        Metered { from, count: Rc::clone(&self.taken), limit: self.limits.bytes }
    }

    /// A decompressed stream, counted as a whole.
    pub(super) fn stream<R: Read>(&self, from: R) -> Metered<R> {
        Metered { from, count: Rc::default(), limit: self.limits.stream }
    }
}

/// A reader that stops at a limit.
pub(super) struct Metered<R> {
    from: R,
    count: Rc<Cell<u64>>,
    limit: u64,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.from.read(buffer)?;
        self.count.set(self.count.get() + count as u64);
        if self.count.get() > self.limit {
            return Err(io::Error::other(TooMuch { limit: self.limit }));
        }
        Ok(count)
    }
}

/// A reader that moves a bar.
pub(super) struct Counted<'a, R> {
    from: R,
    bar: Option<&'a Bar>,
}

impl<'a, R> Counted<'a, R> {
    pub(super) fn new(from: R, bar: Option<&'a Bar>) -> Self {
        Self { from, bar }
    }
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.from.read(buffer)?;
        if let Some(bar) = self.bar {
            bar.advance(count as u64);
        }
        Ok(count)
    }
}
