//! Reading ranks beside the sentences that they are of.
//!
//! Must not score.

use std::path::Path;

use super::Image;
use crate::Error;
use crate::tasks::{Text, caption};

/// Reads `file,sentence`.
///
/// # Errors
/// As the task `caption`.
pub(super) fn examples(path: &Path, bytes: &[u8]) -> Result<Vec<Image>, Error> {
    let of = |image: caption::Image| Image {
        file: image.file,
        sentences: image.references,
        annotation: 0,
        search: Vec::new(),
    };
    Ok(caption::examples(path, bytes)?.into_iter().map(of).collect())
}

/// Reads `annotation,search`, a line an image.
///
/// # Errors
/// Another header, a rank that cannot be, or another number of ranks than of sentences, or of lines than of images.
pub(super) fn ranks(text: &Text<'_>, images: &mut [Image]) -> Result<(), Error> {
    let lines = text.lines()?;
    lines.expect(&["annotation,search"])?;
    let count = images.len();
    let sentences: usize = images.iter().map(|image| image.sentences.len()).sum();
    text.of_images(lines, images, "ranks", |image, fields| {
        let &[annotation, search] = fields else { return Err("not two fields".to_owned()) };
        // The best of n own sentences has at least the others of its own behind it.
        image.annotation = rank(annotation, sentences + 1 - image.sentences.len().min(sentences))?;
        image.search = search.split(' ').map(|field| rank(field, count)).collect::<Result<_, _>>()?;
        if image.search.len() != image.sentences.len() {
            let (ranks, own) = (image.search.len(), image.sentences.len());
            return Err(format!("{ranks} ranks for the {own} sentences of `{}`", image.file));
        }
        Ok(())
    })
}

/// A rank from 1 to the last that there is.
fn rank(field: &str, last: usize) -> Result<u32, String> {
    let rank: Option<u32> = field.parse().ok();
    rank.filter(|rank| (1..=last).contains(&(*rank as usize)))
        .ok_or_else(|| format!("`{field}` is no rank from 1 to {last}"))
}
