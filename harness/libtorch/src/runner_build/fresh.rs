//! Whether the runner is newer than everything it is made of, found out without starting cargo (which takes longer than
//! all else before a run).
//!
//! Must err on one side only: when in doubt, cargo is asked.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use fs_err as fs;

use crate::layout::names;

/// Beside the binary: its modification time is when cargo last began to look.
const STAMP: &str = ".runner-looked-at";

/// Whether the binary exists and nothing that it is made of changed since cargo last looked.
pub(super) fn is_fresh(root: &Path, profile: &Path) -> bool {
    is_fresh_since(root, profile).unwrap_or(false)
}

fn is_fresh_since(root: &Path, profile: &Path) -> Option<bool> {
    modified(&profile.join("runner"))?;
    let looked = modified(&profile.join(STAMP))?;
    let sources = sources(root, &profile.join("runner.d"))?;
    // A source that is gone is a change.
    Some(sources.iter().all(|path| modified(path).is_some_and(|changed| changed < looked)))
}

/// Remembers that cargo looked, as of the moment when it began: a source that was saved meanwhile counts as changed.
pub(super) fn note(profile: &Path, began: SystemTime) {
    let path = profile.join(STAMP);
    // Without a stamp cargo is asked again: slower, never wrong.
    let _ = fs::write(&path, "").and_then(|()| std::fs::File::options().write(true).open(&path)?.set_modified(began));
}

/// When a file was last changed; of a folder, the newest of everything in it.
fn modified(path: &Path) -> Option<SystemTime> {
    let facts = std::fs::metadata(path).ok()?;
    let own = facts.modified().ok()?;
    if !facts.is_dir() {
        return Some(own);
    }
    names(path).into_iter().try_fold(own, |newest, name| Some(newest.max(modified(&path.join(name))?)))
}

/// The sources that cargo lists in `runner.d` (`binary: a.rs b.rs …`, a space in a name written `\ `), and the manifests
/// above them.
fn sources(root: &Path, list: &Path) -> Option<Vec<PathBuf>> {
    let text = fs::read_to_string(list).ok()?;
    let (_, names) = text.lines().next()?.split_once(": ")?;
    let mut sources: Vec<PathBuf> = names
        .replace("\\ ", "\0")
        .split(' ')
        .filter(|name| !name.is_empty())
        .map(|name| PathBuf::from(name.replace('\0', " ")))
        .collect();
    if sources.is_empty() {
        return None;
    }
    let mut manifests: Vec<PathBuf> =
        ["Cargo.toml", "Cargo.lock", ".cargo/config.toml"].map(|name| root.join(name)).to_vec();
    for source in &sources {
        let folders = source.ancestors().skip(1).take_while(|folder| folder.starts_with(root));
        manifests.extend(folders.map(|folder| folder.join("Cargo.toml")).filter(|path| path.is_file()));
    }
    manifests.sort();
    manifests.dedup();
    sources.extend(manifests);
    Some(sources)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::write;

    #[test]
    fn a_folder_is_as_new_as_the_newest_file_in_it() {
        let root = tempfile::tempdir().unwrap();
        write(&root.path().join("cpp/deep/a.cpp"), "");
        let later = SystemTime::now() + std::time::Duration::from_secs(100);
        std::fs::File::open(root.path().join("cpp/deep/a.cpp")).unwrap().set_modified(later).unwrap();
        assert_eq!(modified(&root.path().join("cpp")), Some(later));
        assert_eq!(modified(&root.path().join("none")), None);
    }

    #[test]
    fn the_list_of_sources_is_read_with_its_manifests() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        write(&root.join("Cargo.toml"), "");
        write(&root.join("a b/Cargo.toml"), "");
        let listed = root.join("a b/src/main.rs").to_string_lossy().replace(' ', "\\ ");
        write(&root.join("runner.d"), format!("/t/runner: {listed} /elsewhere/x.rs\n"));
        let found = sources(root, &root.join("runner.d")).unwrap();
        for name in ["a b/src/main.rs", "a b/Cargo.toml", "Cargo.toml", "Cargo.lock", ".cargo/config.toml"] {
            assert!(found.contains(&root.join(name)), "{name}");
        }
        assert!(found.contains(&PathBuf::from("/elsewhere/x.rs")));
        write(&root.join("runner.d"), "");
        assert_eq!(sources(root, &root.join("runner.d")), None);
    }
}
