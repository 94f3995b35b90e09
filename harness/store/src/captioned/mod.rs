//! Images that people described in sentences, with the lists that they are in.
//!
//! Must not open a picture or cut a sentence into words: sentences are handed out as they were written.

pub mod coco;
pub mod flickr;
pub mod karpathy;

use std::collections::HashSet;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use base::text::unmarked;
use serde::de::DeserializeOwned;
use spec::lock::{CaptionedImages, Sentences};

use crate::error::Error;
use crate::fetched::Fetched;

/// An image of a set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Captioned {
    /// The picture's file name.
    pub file: String,
    /// Where it lies.
    pub path: PathBuf,
    /// What people said of it, at least one sentence; one may have no word.
    pub sentences: Vec<String>,
}

/// Every image of an entry with the list that it is in, list by list, each in its own order.
///
/// # Errors
/// A file that is missing or makes no sense, with the place; an image without sentences, without its picture or in two lists; another
/// number of images than the lock says.
pub fn captioned(fetched: &Fetched, images: &CaptionedImages) -> Result<Vec<(String, Captioned)>, Error> {
    let folder = fetched.dir.join(&images.folder);
    let sentences = images.sentences.as_ref().map(|file| fetched.dir.join(file));
    let whole = || {
        let missing = || wrong(&fetched.dir, None, "its entry in the lock names no file of sentences".to_owned());
        sentences.as_deref().ok_or_else(missing)
    };
    let lists = match images.layout {
        Sentences::Flickr => {
            let lists = images.lists.iter().map(|list| fetched.dir.join(&list.from)).collect::<Vec<_>>();
            flickr::read(whole()?, &lists)?
        }
        Sentences::Karpathy => {
            karpathy::read(whole()?, &images.lists.iter().map(|list| list.from.as_str()).collect::<Vec<_>>())?
        }
        Sentences::Coco => {
            images.lists.iter().map(|list| coco::read(&fetched.dir.join(&list.from))).collect::<Result<Vec<_>, _>>()?
        }
    };
    let mut all = Vec::new();
    let mut seen = HashSet::new();
    for (list, found) in images.lists.iter().zip(lists) {
        for Described { file, below, sentences } in found {
            let path = folder.join(&below).join(&file);
            if !path.is_file() {
                let reason = format!("`{file}` of the list `{}` is not there; fetch the data again", list.name);
                return Err(wrong(&path, None, reason));
            }
            if !seen.insert(file.clone()) {
                let reason = format!(
                    "`{file}` of the list `{}` comes twice, or is in another list too; take it out of one of them",
                    list.name
                );
                return Err(wrong(&folder, None, reason));
            }
            all.push((list.name.clone(), Captioned { file, path, sentences }));
        }
    }
    if all.len() as u64 != images.count {
        let reason = format!(
            "{} images in its lists, but the lock says {}; put the lists back as they were published",
            all.len(),
            images.count
        );
        return Err(wrong(&folder, None, reason));
    }
    Ok(all)
}

/// An image as a list has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    /// The picture's file name.
    pub file: String,
    /// The folder below that of all pictures; often none.
    pub below: String,
    /// What people said, at least one sentence.
    pub sentences: Vec<String>,
}

/// Refuses a name that would lead out of the folder.
fn name(file: &str) -> Result<(), String> {
    let is_plain = !file.is_empty() && !file.contains(['/', '\\', '\0']) && file != "." && file != "..";
    if is_plain { Ok(()) } else { Err(format!("`{}` is no name of a picture", file.escape_debug())) }
}

/// The text of a file, without the mark of the order of bytes that some programs put before it.
fn read_text(path: &Path) -> Result<String, Error> {
    let bytes = fs_err::read(path).map_err(|error| wrong(path, None, format!("cannot be read: {}", error.kind())))?;
    String::from_utf8(unmarked(&bytes).to_vec()).map_err(|error| {
        let before = error.as_bytes().iter().take(error.utf8_error().valid_up_to());
        let line = 1 + before.filter(|byte| **byte == b'\n').count() as u64;
        wrong(path, Some(line), "is not UTF-8 text; save it as UTF-8".to_owned())
    })
}

/// A JSON file, `what` it should be, read without its text as a whole in memory.
fn read_json<T: DeserializeOwned>(path: &Path, what: &str) -> Result<T, Error> {
    let file =
        fs_err::File::open(path).map_err(|error| wrong(path, None, format!("cannot be read: {}", error.kind())))?;
    let mut reader = BufReader::with_capacity(1 << 20, file);
    let mark = reader.fill_buf().map_or(0, |begin| begin.len() - unmarked(begin).len());
    reader.consume(mark);
    serde_json::from_reader(reader)
        .map_err(|error| wrong(path, Some(error.line() as u64), format!("is no file of {what}: {error}")))
}

fn wrong(path: &Path, line: Option<u64>, reason: String) -> Error {
    Error::Text { path: path.to_owned(), line, reason }
}
