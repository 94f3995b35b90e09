//! Flickr8k's files (Hodosh et al. 2013): a line `picture.jpg#0`, a tab and a sentence, and lists that name a picture a line.
//!
//! Must not take an image that no list names: the file of sentences has some without a picture.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::{Described, name, read_text, wrong};
use crate::error::Error;

/// The images of each list, in the list's order, their sentences in the file's.
///
/// # Errors
/// A line that makes no sense, a picture that is named twice in a list or has no sentence, a list that names none.
pub fn read(sentences: &Path, lists: &[PathBuf]) -> Result<Vec<Vec<Described>>, Error> {
    let text = read_text(sentences)?;
    let mut known: HashMap<&str, Vec<&str>> = HashMap::new();
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        let at = |reason: String| wrong(sentences, Some(number), reason);
        let (place, sentence) =
            line.split_once('\t').ok_or_else(|| at("no tab between a picture's name and its sentence".to_owned()))?;
        let (file, index) = place.rsplit_once('#').ok_or_else(|| at(format!("`{place}` has no `#` and number")))?;
        if index.is_empty() || !index.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(at(format!("`{index}` behind `#` is no number")));
        }
        name(file).map_err(at)?;
        known.entry(file).or_default().push(sentence.trim());
    }
    lists.iter().map(|list| listed(list, &known, sentences)).collect()
}

fn listed(list: &Path, known: &HashMap<&str, Vec<&str>>, sentences: &Path) -> Result<Vec<Described>, Error> {
    let text = read_text(list)?;
    let mut images: Vec<Described> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for (number, line) in (1..).zip(text.lines()) {
        let file = line.trim();
        if file.is_empty() {
            continue;
        }
        let at = |reason: String| wrong(list, Some(number), reason);
        if !seen.insert(file) {
            return Err(at(format!("`{file}` is named a second time")));
        }
        let said = known.get(file).ok_or_else(|| {
            at(format!(
                "nobody described `{file}`: it is not in {}; take it out of the list, or describe it",
                sentences.display()
            ))
        })?;
        images.push(Described {
            file: file.to_owned(),
            below: String::new(),
            sentences: said.iter().map(|sentence| (*sentence).to_owned()).collect(),
        });
    }
    if images.is_empty() { Err(wrong(list, None, "names no picture".to_owned())) } else { Ok(images) }
}
