//! What lies below a user's folder of images, and what of it is passed over, by reason.
//!
//! Must not open a file, and must pass nothing over without counting it.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use crate::error::{At, Error};

/// The file of labels.
pub(crate) const LABELS: &str = "labels.csv";
/// Folders within folders, and links to folders among them.
const DEEPEST: usize = 16;

/// The files below a folder.
#[derive(Debug, Default)]
pub(super) struct Walked {
    /// Pictures by their names, and text files, as sorted paths relative to the folder.
    pub(super) files: Vec<String>,
    /// What else lies there, counted by reason.
    pub(super) passed_over: BTreeMap<String, u64>,
}

/// Everything below `dir`. Links are followed, to folders too, but not back into a folder that holds them. Names that begin
/// with a dot (`.ipynb_checkpoints`, the `._x.jpg` of macOS) are nobody's pictures.
///
/// What is `named` by the labels is a picture whatever it is called.
pub(super) fn walk(dir: &Path, named: &HashSet<String>) -> Result<Walked, Error> {
    let mut walked = Walked::default();
    let whole = fs_err::canonicalize(dir).at(dir)?;
    walked.folder((dir, ""), &BTreeSet::from([whole]), named)?;
    walked.files.sort();
    Ok(walked)
}

impl Walked {
    fn pass_over(&mut self, reason: impl Into<String>) {
        *self.passed_over.entry(reason.into()).or_default() += 1;
    }

    /// `above`: the folders that hold this one, and it, without links.
    fn folder(
        &mut self,
        (dir, prefix): (&Path, &str),
        above: &BTreeSet<PathBuf>,
        named: &HashSet<String>,
    ) -> Result<(), Error> {
        for item in fs_err::read_dir(dir).at(dir)? {
            let item = item.at(dir)?;
            let name = item.file_name().into_string().map_err(|name| Error::Text {
                path: dir.join(name),
                line: None,
                reason: "the file's name is not UTF-8: rename it".to_owned(),
            })?;
            let at = item.path();
            let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}/{name}") };
            if name.starts_with('.') && !named.contains(&path) {
                self.hidden(&at);
                continue;
            }
            let facts = match fs_err::metadata(&at) {
                Ok(facts) => facts,
                Err(error) => {
                    let nowhere = error.kind() == std::io::ErrorKind::NotFound;
                    self.pass_over(if nowhere { "links that lead nowhere" } else { "files that may not be read" });
                    continue;
                }
            };
            if facts.is_dir() {
                let whole = fs_err::canonicalize(&at).at(&at)?;
                if above.contains(&whole) {
                    self.pass_over("links back into a folder that holds them");
                    continue;
                }
                if above.len() > DEEPEST {
                    self.pass_over("folders too deep within others");
                    continue;
                }
                let mut within = above.clone();
                within.insert(whole);
                self.folder((&at, &path), &within, named)?;
            } else if !facts.is_file() {
                self.pass_over("neither files nor folders");
            } else if is_picture(&name) || named.contains(&path) || prefix.is_empty() && name == LABELS {
                self.files.push(path);
            } else {
                self.pass_over(kind(&name));
            }
        }
        Ok(())
    }

    /// A hidden file, or each file of a hidden folder.
    fn hidden(&mut self, at: &Path) {
        let files = if at.is_dir() { crate::fs::files_below(at).map_or(1, |files| files.len().max(1)) } else { 1 };
        *self.passed_over.entry("hidden files".to_owned()).or_default() += files as u64;
    }
}

/// Files of a kind that is not read.
pub(crate) fn kind(name: &str) -> String {
    match name.rsplit_once('.') {
        Some((before, ending)) if !before.is_empty() && ending.len() <= 8 && !ending.contains(' ') => {
            format!(".{} files", ending.to_ascii_lowercase())
        }
        _ => "files without an ending".to_owned(),
    }
}

/// Whether a name looks like a picture's that the decoder reads.
pub(crate) fn is_picture(name: &str) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| matches!(ending.as_str(), "jpg" | "jpeg" | "jpe" | "jfif" | "png" | "apng"))
}
