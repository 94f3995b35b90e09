//! Many small files pinned together: the manifest's text and its root hash.
//!
//! Must not unpack; it lists what lies in a folder and compares lists.

use std::collections::BTreeMap;
use std::path::Path;

use rayon::prelude::*;

use crate::error::Error;
use crate::hash::{self, Weak};

/// One file of a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Size in bytes.
    pub size: u64,
    /// SHA-256 in lower-case hex.
    pub sha256: String,
}

/// Files by path. The text has one line a file, sorted by path: `<sha256>  <size>  <path>\n`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// Path (relative, `/` between names) to facts.
    pub files: BTreeMap<String, Line>,
}

impl Listing {
    /// The text whose SHA-256 is the root.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::with_capacity(self.files.len() * 120);
        for (path, line) in &self.files {
            text.push_str(&format!("{}  {}  {path}\n", line.sha256, line.size));
        }
        text
    }

    /// SHA-256 of the text, in lower-case hex.
    #[must_use]
    pub fn root(&self) -> String {
        hash::sha256(self.text().as_bytes())
    }

    /// Bytes in all.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.files.values().map(|line| line.size).sum()
    }

    /// The lock's short form of it.
    #[must_use]
    pub fn pinned(&self) -> spec::lock::Manifest {
        spec::lock::Manifest { files: self.files.len() as u64, bytes: self.bytes(), root: self.root() }
    }

    /// Reads the text back.
    ///
    /// # Errors
    /// A line that is not one, or lines out of order; `path` names the text in the message.
    pub fn parse(text: &str, path: &Path) -> Result<Self, Error> {
        let mut files = BTreeMap::new();
        let mut last: Option<&str> = None;
        for (index, line) in text.split_inclusive('\n').enumerate() {
            let wrong = |reason: &str| Error::Text {
                path: path.to_path_buf(),
                line: Some(index as u64 + 1),
                reason: format!("{reason}; a manifest's line is `<sha256>  <size>  <path>`"),
            };
            let line = line.strip_suffix('\n').ok_or_else(|| wrong("the last line is cut off"))?;
            let mut parts = line.splitn(3, "  ");
            let (Some(sha256), Some(size), Some(name)) = (parts.next(), parts.next(), parts.next()) else {
                return Err(wrong("fewer than three columns"));
            };
            if sha256.len() != 64 || !sha256.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
                return Err(wrong("the first column is no SHA-256"));
            }
            let plain = size == "0" || !size.starts_with(['0', '+']);
            let size = size.parse().ok().filter(|_| plain).ok_or_else(|| wrong("the second column is no size"))?;
            if crate::fs::safe_relative(name).ok().as_deref() != Some(name) {
                return Err(wrong("the third column is no plain relative path"));
            }
            if last.is_some_and(|last| last >= name) {
                return Err(wrong("the paths are not sorted"));
            }
            last = Some(name);
            files.insert(name.to_owned(), Line { size, sha256: sha256.to_owned() });
        }
        Ok(Self { files })
    }

    /// Hashes the given files of a folder, in parallel.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn of_files(folder: &Path, paths: &[String]) -> Result<Self, Error> {
        let files = paths
            .par_iter()
            .map(|path| {
                let found = hash::measure(&folder.join(path), Weak::default())?;
                Ok((path.clone(), Line { size: found.size, sha256: found.sha256 }))
            })
            .collect::<Result<_, Error>>()?;
        Ok(Self { files })
    }

    /// Hashes everything below a folder, in parallel.
    ///
    /// # Errors
    /// A file or folder cannot be read.
    pub fn of_folder(folder: &Path) -> Result<Self, Error> {
        Self::of_files(folder, &crate::fs::files_below(folder)?)
    }

    /// What differs from `pinned`, in words: changed, missing, extra.
    #[must_use]
    pub fn differences(&self, pinned: &Self) -> Vec<String> {
        let mut found = Vec::new();
        for (path, line) in &pinned.files {
            match self.files.get(path) {
                None => found.push(format!("{path} is missing")),
                Some(own) if own != line => found.push(format!("{path} is changed")),
                Some(_) => {}
            }
        }
        found.extend(
            self.files.keys().filter(|path| !pinned.files.contains_key(*path)).map(|path| format!("{path} is extra")),
        );
        found
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn text_round_trips(files in proptest::collection::btree_map("[a-zA-Z0-9_.-]{1,3}[a-z](/[ -.0-\\[\\]-~]{0,6}[a-zé])?", (any::<u64>(), "[0-9a-f]{64}"), 0..20)) {
            let listing = Listing {
                files: files.into_iter().map(|(path, (size, sha256))| (path, Line { size, sha256 })).collect(),
            };
            prop_assert_eq!(Listing::parse(&listing.text(), Path::new("m")).unwrap(), listing);
        }

        #[test]
        fn what_parses_is_the_only_text_of_its_listing(text in "([0-9a-f]{64}  [0-9]{1,3}  [a-c/.]{1,3}\n){0,3}") {
            if let Ok(listing) = Listing::parse(&text, Path::new("m")) {
                prop_assert_eq!(listing.text(), text);
            }
        }
    }

    #[test]
    fn errors_name_the_line() {
        let good = format!("{}  12  a\n", "0".repeat(64));
        for (bad, why) in [
            (format!("{good}x"), "m:2: the last line is cut off"),
            (format!("{good}x\n"), "m:2: fewer than three columns"),
            (format!("{good}{good}"), "m:2: the paths are not sorted"),
            (format!("{}  +1  b\n", "0".repeat(64)), "m:1: the second column"),
            (format!("{}  1  ../b\n", "0".repeat(64)), "m:1: the third column"),
        ] {
            let message = Listing::parse(&bad, Path::new("m")).unwrap_err().to_string();
            assert!(message.starts_with(why), "{message}");
        }
    }
}
