//! Pins: what the lock says about a file's bytes, compared with what was measured.
//!
//! Must not read files.

use crate::error::{Error, Mismatch};
use crate::hash::{Measured, Weak};

/// What is known of a file's bytes beforehand. Everything known must agree.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Expect<'a> {
    /// Size in bytes.
    pub size: Option<u64>,
    /// SHA-256 in hex.
    pub sha256: Option<&'a str>,
    /// The first hex digits of the SHA-256.
    pub sha256_prefix: Option<&'a str>,
    /// MD5 in hex.
    pub md5: Option<&'a str>,
    /// SHA-1 in hex.
    pub sha1: Option<&'a str>,
}

impl<'a> From<&'a spec::lock::File> for Expect<'a> {
    fn from(file: &'a spec::lock::File) -> Self {
        Self {
            size: file.size,
            sha256: file.sha256.as_deref(),
            sha256_prefix: file.sha256_prefix.as_deref(),
            md5: file.md5.as_deref(),
            sha1: file.sha1.as_deref(),
        }
    }
}

impl<'a> Expect<'a> {
    /// Only a SHA-256, as for a wheel.
    #[must_use]
    pub fn sha256(sha256: &'a str) -> Self {
        Self { sha256: Some(sha256), ..Self::default() }
    }

    /// Which weak hashes must be computed: only those that a full SHA-256 does not make needless.
    #[must_use]
    pub fn weak(&self) -> Weak {
        let alone = self.sha256.is_none();
        Weak { md5: alone && self.md5.is_some(), sha1: alone && self.sha1.is_some() }
    }

    /// Whether any hash is known, be it a weak one.
    #[must_use]
    pub fn has_hash(&self) -> bool {
        self.sha256.is_some() || self.sha256_prefix.is_some() || self.md5.is_some() || self.sha1.is_some()
    }

    /// The first property that differs: its name, what was expected, what was found.
    #[must_use]
    pub fn differs(&self, found: &Measured) -> Option<(&'static str, String, String)> {
        if let Some(size) = self.size.filter(|size| *size != found.size) {
            return Some(("size", format!("{size} bytes"), format!("{} bytes", found.size)));
        }
        let same = |expected: &str, found: &str| expected.eq_ignore_ascii_case(found);
        let differ = |expected: Option<&str>, found: Option<&str>| match (expected, found) {
            (Some(expected), Some(found)) if !same(expected, found) => Some((expected.to_owned(), found.to_owned())),
            _ => None,
        };
        if let Some((expected, found)) = differ(self.sha256, Some(&found.sha256)) {
            return Some(("sha256", expected, found));
        }
        if let Some(prefix) = self.sha256_prefix
            && !found.sha256.get(..prefix.len()).is_some_and(|start| same(prefix, start))
        {
            return Some(("sha256", format!("{prefix}…"), found.sha256.clone()));
        }
        if let Some((expected, found)) = differ(self.md5, found.md5.as_deref()) {
            return Some(("md5", expected, found));
        }
        differ(self.sha1, found.sha1.as_deref()).map(|(expected, found)| ("sha1", expected, found))
    }

    /// An error that says what differs, if anything does.
    pub(crate) fn check(&self, found: &Measured, file: &str, from: &str, advice: &str) -> Result<(), Error> {
        match self.differs(found) {
            None => Ok(()),
            Some((what, expected, found)) => Err(Error::Mismatch(Box::new(Mismatch {
                file: file.to_owned(),
                from: from.to_owned(),
                what,
                expected,
                found,
                moved_to: None,
                advice: advice.to_owned(),
            }))),
        }
    }
}
