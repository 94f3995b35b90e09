//! Hashing: SHA-256 of everything, MD5 and SHA-1 only where a publisher gives nothing better.
//!
//! Must not decide what a hash should be; [`mod@crate::pin`] and the lock do.

use std::io::{self, Read, Write};
use std::path::Path;

pub use base::hash::{hex, sha256};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use crate::error::{At, Error};

/// Large enough that the calls cost nothing, small enough to stay in the second-level cache.
pub(crate) const BUFFER: usize = 256 * 1024;

/// What was found out about some bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measured {
    /// How many.
    pub size: u64,
    /// SHA-256 in lower-case hex.
    pub sha256: String,
    /// MD5 in lower-case hex, where it was asked for.
    pub md5: Option<String>,
    /// SHA-1 in lower-case hex, where it was asked for.
    pub sha1: Option<String>,
}

/// Which weak hashes are wanted beside SHA-256.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Weak {
    /// MD5 as well.
    pub md5: bool,
    /// SHA-1 as well.
    pub sha1: bool,
}

/// Hashes bytes as they pass.
#[derive(Debug, Clone)]
pub struct Hasher {
    size: u64,
    sha256: Sha256,
    md5: Option<Md5>,
    sha1: Option<Sha1>,
}

impl Hasher {
    /// A hasher of nothing yet.
    #[must_use]
    pub fn new(weak: Weak) -> Self {
        Self { size: 0, sha256: Sha256::new(), md5: weak.md5.then(Md5::new), sha1: weak.sha1.then(Sha1::new) }
    }

    /// More bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.size += bytes.len() as u64;
        self.sha256.update(bytes);
        if let Some(md5) = &mut self.md5 {
            md5.update(bytes);
        }
        if let Some(sha1) = &mut self.sha1 {
            sha1.update(bytes);
        }
    }

    /// How many bytes so far.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The hashes.
    #[must_use]
    pub fn finish(self) -> Measured {
        Measured {
            size: self.size,
            sha256: hex(&self.sha256.finalize()),
            md5: self.md5.map(|md5| hex(&md5.finalize())),
            sha1: self.sha1.map(|sha1| hex(&sha1.finalize())),
        }
    }
}

impl Write for Hasher {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// SHA-256 of a file, in lower-case hex.
///
/// # Errors
/// The file cannot be read.
pub fn sha256_file(path: &Path) -> Result<String, Error> {
    Ok(measure(path, Weak::default())?.sha256)
}

/// Size and hashes of a file.
///
/// # Errors
/// The file cannot be read.
pub fn measure(path: &Path, weak: Weak) -> Result<Measured, Error> {
    let mut hasher = Hasher::new(weak);
    let mut file = fs_err::File::open(path).at(path)?;
    feed(&mut file, &mut hasher).at(path)?;
    Ok(hasher.finish())
}

/// Reads to the end into a hasher.
pub(crate) fn feed(from: &mut impl Read, into: &mut Hasher) -> io::Result<()> {
    let mut buffer = vec![0; BUFFER];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(count) => into.update(&buffer[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standards_own_examples() {
        // FIPS 180-4 and RFC 1321: "abc".
        let mut hasher = Hasher::new(Weak { md5: true, sha1: true });
        hasher.update(b"a");
        hasher.update(b"bc");
        let found = hasher.finish();
        assert_eq!(found.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(found.md5.as_deref(), Some("900150983cd24fb0d6963f7d28e17f72"));
        assert_eq!(found.sha1.as_deref(), Some("a9993e364706816aba3e25717850c26c9cd0d89d"));
        assert_eq!(found.size, 3);
        assert_eq!(sha256(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
