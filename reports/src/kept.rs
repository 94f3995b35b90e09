//! Files that a run announced: read from its folder, and refused when they are not what it announced.
//!
//! Must not fail and must not pass over: what cannot be shown becomes a sentence for the page.

use std::io::ErrorKind;
use std::path::{Component, Path};

/// The bytes of `file` in `folder` when their SHA-256 is `sha256` (lower-case hex), else what is wrong with it, as the
/// end of a sentence that begins with what it should have been: `is missing from its run's folder`.
pub(crate) fn read(folder: &Path, file: &str, sha256: &str) -> Result<Vec<u8>, String> {
    // A record may come from elsewhere: it must not make a page show files from outside of its folder.
    let inside = Path::new(file).components().all(|part| matches!(part, Component::Normal(_)));
    if file.is_empty() || !inside {
        return Err("is announced with a name that leaves its run's folder, and was not read".to_owned());
    }
    let bytes = fs_err::read(folder.join(file)).map_err(|error| match error.kind() {
        ErrorKind::NotFound => "is missing from its run's folder".to_owned(),
        // The system's own words would name the reader's folders.
        kind => format!("could not be read: {kind}"),
    })?;
    let found = base::hash::sha256(&bytes);
    if found == sha256 {
        Ok(bytes)
    } else {
        Err(format!("is not what its run announced: its SHA-256 is {found}, announced was {sha256}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_announced_is_read() {
        let folder = tempfile::tempdir().unwrap();
        fs_err::write(folder.path().join("a"), "abc").unwrap();
        let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(read(folder.path(), "a", hash).unwrap(), b"abc");
        let told = |file: &str, hash: &str| read(folder.path(), file, hash).unwrap_err();
        assert!(told("a", &"00".repeat(32)).contains(hash));
        assert_eq!(told("b", hash), "is missing from its run's folder");
        for outside in ["", "../a", "/etc/hostname", "x/../../a"] {
            assert!(told(outside, hash).contains("leaves"), "{outside}");
        }
    }
}
