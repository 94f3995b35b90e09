//! The lock's text for files that a user has.
//!
//! Must not fetch or move files.

use std::path::Path;

use crate::archive;
use crate::error::{At, Error};
use crate::hash::{self, Weak};
use crate::inspect;
use crate::manifest::Listing;
use crate::parts::Parts;
use crate::store::Store;

/// The lock's text for what lies at `path`: a file (for an archive with what comes out of it), or a folder's files one
/// by one with their manifest.
///
/// # Errors
/// The path cannot be read, or an archive there is damaged.
pub fn pin(path: &Path) -> Result<String, Error> {
    let facts = fs_err::metadata(path).at(path)?;
    if facts.is_dir() { pin_folder(path) } else { pin_file(path) }
}

/// An empty file pins nothing, and the lock refuses one.
fn nothing(path: &Path) -> Error {
    Error::Text {
        path: path.to_path_buf(),
        line: None,
        reason: "it is empty, so there is nothing to pin; fetch it again, or take it away".to_owned(),
    }
}

fn pin_folder(path: &Path) -> Result<String, Error> {
    const ONE_BY_ONE: usize = 64;
    let listing = Listing::of_folder(path)?;
    if let Some(empty) = listing.files.iter().find(|(_, line)| line.size == 0).map(|(name, _)| name.as_str()) {
        return Err(nothing(&path.join(empty)));
    }
    if listing.files.is_empty() {
        return Err(nothing(path));
    }
    let mut text = String::new();
    if listing.files.len() <= ONE_BY_ONE {
        text.push_str("files:\n");
        for (name, line) in &listing.files {
            text.push_str(&file_yaml(name, line.size, &line.sha256));
        }
    }
    text.push_str("# All of them together:\n");
    text.push_str(&manifest_yaml(&listing, 0));
    Ok(text)
}

fn pin_file(path: &Path) -> Result<String, Error> {
    let found = hash::measure(path, Weak::default())?;
    if found.size == 0 {
        return Err(nothing(path));
    }
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut text = format!("files:\n{}", file_yaml(&name, found.size, &found.sha256));
    // A zip inside is not always an archive to unpack (PyTorch's .pth is one), so only the usual suffixes count.
    let suffixes = [".tar", ".tgz", ".gz", ".zip"];
    if suffixes.iter().any(|suffix| name.ends_with(suffix)) {
        let format = archive::sniff(path)?;
        let listing = archive::list(path, &[], archive::Limits::for_archive(found.size))?;
        text.push_str(&format!("    unpack:\n      format: {}\n      to: .\n", format));
        text.push_str(&manifest_yaml(&listing, 6));
    }
    Ok(text)
}

impl Store {
    /// The lock's text for an entry's files as they lie in the store: for files that the lock does not pin yet.
    ///
    /// # Errors
    /// A file cannot be read; nothing of the entry is in the store.
    pub fn pin(&self, entry: &spec::lock::Entry) -> Result<String, Error> {
        let parts = Parts::of(entry)?;
        let home = self.home();
        let found = inspect::inspect(home, &parts, inspect::Reading::All)?;
        let mut text = String::from("files:\n");
        for file in &parts.plain {
            match found.good.files.get(&file.path) {
                Some(line) => text.push_str(&file_yaml(&file.path, line.size, &line.sha256)),
                None => text.push_str(&format!("  # not in the store, or not as pinned: {}\n", file.path)),
            }
        }
        for archive in &parts.archives {
            match inspect::contents(home, &parts, *archive)? {
                Some(listing) => {
                    text.push_str(&format!("  - path: {}\n    unpack:\n", scalar(&archive.file.path)));
                    text.push_str(&manifest_yaml(&listing, 6));
                }
                None => text.push_str(&format!("  # not unpacked in the store: {}\n", archive.file.path)),
            }
        }
        Ok(text)
    }
}

fn file_yaml(path: &str, size: u64, sha256: &str) -> String {
    format!("  - path: {}\n    size: {size}\n    sha256: {sha256}\n    hash: recomputed\n", scalar(path))
}

fn manifest_yaml(listing: &Listing, indent: usize) -> String {
    let pad = " ".repeat(indent);
    let pinned = listing.pinned();
    format!(
        "{pad}manifest:\n{pad}  files: {}\n{pad}  bytes: {}\n{pad}  root: {}\n",
        pinned.files, pinned.bytes, pinned.root
    )
}

/// A YAML scalar: bare where that is safe, else as JSON, which YAML includes.
fn scalar(text: &str) -> String {
    let bare = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "._/-".contains(c))
        && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(&text.to_ascii_lowercase().as_str());
    if bare { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}
