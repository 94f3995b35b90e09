//! A whole picture with the hash of its file, which what is computed of it is kept under ([`crate::cache`]).
//!
//! Must not cut or resize.

use std::path::{Path, PathBuf};

use images::Rgb;

use super::objects::Annotated;
use crate::error::{Error, Result};

/// A picture.
#[derive(Debug, Clone)]
pub struct Opened {
    /// Its pixels.
    pub picture: Rgb,
    /// The SHA-256 of its file.
    pub sha256: String,
}

impl Opened {
    /// The picture, of the size that its annotation says.
    ///
    /// # Errors
    /// It cannot be read, or is of another size; the message names it.
    pub fn of(image: &Annotated) -> Result<Opened> {
        let opened = Opened::at(&image.path)?;
        let (found, wanted) = ([opened.picture.width, opened.picture.height], image.size);
        if found != wanted {
            return Err(other_size(&image.path, wanted, found));
        }
        Ok(opened)
    }

    /// The picture, of whatever size.
    ///
    /// # Errors
    /// It cannot be read; the message names it.
    pub fn at(path: &Path) -> Result<Opened> {
        InFile::at(path)?.opened()
    }
}

/// A picture's file, which is not decoded.
#[derive(Debug, Clone)]
pub struct InFile {
    path: PathBuf,
    bytes: Vec<u8>,
    /// The SHA-256 of its file.
    pub sha256: String,
}

impl InFile {
    /// The file at that path.
    ///
    /// # Errors
    /// It cannot be read; the message names it.
    pub fn at(path: &Path) -> Result<InFile> {
        let bytes = fs_err::read(path).map_err(|error| Error::Input(error.to_string()))?;
        Ok(InFile { path: path.to_path_buf(), sha256: base::hash::sha256(&bytes), bytes })
    }

    /// The picture.
    ///
    /// # Errors
    /// It cannot be decoded; the message names it.
    pub fn opened(&self) -> Result<Opened> {
        let path = self.path.display().to_string();
        let picture = images::decode(&self.bytes, &path).map_err(|error| {
            let text = error.to_string();
            Error::Input(if text.contains(&path) { text } else { format!("{path}: {text}") })
        })?;
        Ok(Opened { picture, sha256: self.sha256.clone() })
    }
}

/// That a picture is of another size than its annotation says.
#[must_use]
pub fn other_size(path: &Path, [width, height]: [u32; 2], [wide, tall]: [u32; 2]) -> Error {
    let path = path.display();
    Error::Input(format!("{path}: the picture is {wide} × {tall} pixels, its annotation says {width} × {height}"))
}
