//! The unfinished download: `<dest>.part`, its running hash, and the validator that says whether it may be continued.
//!
//! Must keep what is on disk and what was hashed the same bytes.

use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::beside;
use crate::error::{At, Error};
use crate::hash::{self, Hasher, Measured, Weak};

/// An unfinished file.
pub(super) struct Part {
    path: PathBuf,
    validator: PathBuf,
    file: fs_err::File,
    hasher: Hasher,
    weak: Weak,
}

impl Part {
    /// Opens what an earlier run left, or begins.
    pub(super) fn open(dest: &Path, weak: Weak) -> Result<Self, Error> {
        if let Some(folder) = dest.parent() {
            fs_err::create_dir_all(folder).at(folder)?;
        }
        let path = beside(dest, ".part");
        let mut file =
            fs_err::OpenOptions::new().create(true).truncate(false).read(true).write(true).open(&path).at(&path)?;
        let mut hasher = Hasher::new(weak);
        hash::feed(&mut file, &mut hasher).at(&path)?;
        Ok(Self { validator: beside(dest, ".part.etag"), path, file, hasher, weak })
    }

    pub(super) fn size(&self) -> u64 {
        self.hasher.size()
    }

    pub(super) fn measured(&self) -> Measured {
        self.hasher.clone().finish()
    }

    /// More bytes at the end.
    pub(super) fn append(&mut self, bytes: &[u8]) -> Result<(), Error> {
        if let Err(error) = self.file.write_all(bytes) {
            // A full disk may have taken a piece; what was not hashed must not stay.
            let _ = self.file.set_len(self.hasher.size());
            return Err(Error::io(&self.path, error));
        }
        self.hasher.update(bytes);
        Ok(())
    }

    /// Forgets all bytes.
    pub(super) fn restart(&mut self) -> Result<(), Error> {
        self.file.set_len(0).at(&self.path)?;
        self.file.seek(SeekFrom::Start(0)).at(&self.path)?;
        self.hasher = Hasher::new(self.weak);
        crate::fs::remove(&self.validator)
    }

    /// What the server called the version that these bytes are of.
    pub(super) fn validator(&self) -> Option<String> {
        let text = fs_err::read_to_string(&self.validator).ok()?;
        Some(text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    pub(super) fn set_validator(&self, value: Option<&str>) -> Result<(), Error> {
        match value {
            Some(value) => crate::fs::write_atomic(&self.validator, value.as_bytes()),
            None => crate::fs::remove(&self.validator),
        }
    }

    /// Gives the file its name.
    pub(super) fn finish(self, dest: &Path) -> Result<(), Error> {
        self.file.sync_all().at(&self.path)?;
        crate::fs::rename(&self.path, dest)?;
        crate::fs::remove(&self.validator)
    }

    /// Puts wrong bytes away as `<dest>.bad`.
    pub(super) fn condemn(self, dest: &Path) -> Result<Option<PathBuf>, Error> {
        let to = beside(dest, ".bad");
        crate::fs::rename(&self.path, &to)?;
        crate::fs::remove(&self.validator)?;
        Ok(Some(to))
    }
}
