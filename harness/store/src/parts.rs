//! What an entry of the lock is made of: files kept as they are, archives that are unpacked, and carriers.
//!
//! Must not touch the disk.

use spec::lock::{Entry, File, Unpack};

use crate::error::Error;

/// An entry's files by what becomes of them.
#[derive(Debug)]
pub(crate) struct Parts<'a> {
    /// The lock's entry.
    pub(crate) entry: &'a Entry,
    /// Kept as they are.
    pub(crate) plain: Vec<&'a File>,
    /// Unpacked and not kept: the unpacked files are what is pinned and proven.
    pub(crate) archives: Vec<Archive<'a>>,
}

/// A file of the entry that is unpacked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Archive<'a> {
    /// The archive.
    pub(crate) file: &'a File,
    /// What comes out.
    pub(crate) unpack: &'a Unpack,
}

impl<'a> Parts<'a> {
    /// Sorts an entry's files, after checking that every path stays inside the entry's folder.
    pub(crate) fn of(entry: &'a Entry) -> Result<Self, Error> {
        let check = |path: &str| {
            crate::fs::safe_relative(path).map_err(|reason| Error::LockPath {
                entry: entry.id.clone(),
                path: path.to_owned(),
                reason: reason.to_owned(),
            })
        };
        if check(&entry.id)? != entry.id || entry.id.contains('/') || entry.id.starts_with('.') {
            return Err(Error::LockPath {
                entry: entry.id.clone(),
                path: entry.id.clone(),
                reason: "an id is one plain name".to_owned(),
            });
        }
        let mut parts = Self { entry, plain: Vec::new(), archives: Vec::new() };
        for file in &entry.files {
            if check(&file.path)? != file.path {
                return Err(Error::LockPath {
                    entry: entry.id.clone(),
                    path: file.path.clone(),
                    reason: "write it without `.` and double slashes".to_owned(),
                });
            }
            match &file.unpack {
                Some(unpack) => {
                    if unpack.to != "." {
                        check(&unpack.to)?;
                    }
                    parts.archives.push(Archive { file, unpack });
                }
                // A file that only carries others is fetched when they are, and not kept.
                None if entry.is_carrier(file) => {}
                None => parts.plain.push(file),
            }
        }
        Ok(parts)
    }

    /// One file that is kept as it is, and nothing else.
    pub(crate) fn only(entry: &'a Entry, path: &str) -> Result<Self, Error> {
        let mut parts = Self::of(entry)?;
        parts.plain.retain(|file| file.path == path);
        parts.archives.clear();
        match parts.plain[..] {
            [_] => Ok(parts),
            _ => Err(Error::LockPath {
                entry: entry.id.clone(),
                path: path.to_owned(),
                reason: "it is no file of this entry that is kept as it is".to_owned(),
            }),
        }
    }
}

impl Archive<'_> {
    /// The unpacked file's path in the entry's folder.
    pub(crate) fn path_of(&self, unpacked: &str) -> String {
        if self.unpack.to == "." {
            unpacked.to_owned()
        } else {
            format!("{}/{unpacked}", self.unpack.to.trim_end_matches('/'))
        }
    }

    /// A file name for what is remembered of this archive.
    pub(crate) fn state_name(&self) -> String {
        format!("{}.manifest", self.file.path.replace('/', "__"))
    }
}
