//! Karpathy's `dataset_*.json` (Karpathy and Fei-Fei 2015): images with sentences and splits, of Flickr8k, Flickr30K and COCO.
//!
//! Must not take the words as they are cut there: sentences are read as they were written.

use std::path::Path;

use serde::Deserialize;

use super::{Described, name, read_json, wrong};
use crate::error::Error;

#[derive(Debug, Deserialize)]
struct Dataset {
    images: Vec<Image>,
}

#[derive(Debug, Deserialize)]
struct Image {
    filename: String,
    /// COCO's pictures lie in two folders.
    #[serde(default)]
    filepath: String,
    split: String,
    sentences: Vec<Sentence>,
}

#[derive(Debug, Deserialize)]
struct Sentence {
    raw: String,
}

/// The images of each of those splits, in the file's order; `train+restval` are two of them together. Images of others are passed over.
///
/// # Errors
/// A file that makes no sense, an image without sentences, a split that no image is of: each with its place.
pub fn read(path: &Path, splits: &[&str]) -> Result<Vec<Vec<Described>>, Error> {
    let dataset: Dataset = read_json(path, "Karpathy's")?;
    let mut lists: Vec<Vec<Described>> = splits.iter().map(|_| Vec::new()).collect();
    for (index, image) in dataset.images.into_iter().enumerate() {
        let at = |reason: String| wrong(path, None, format!("images[{index}]: {reason}"));
        let of = splits.iter().position(|split| split.split('+').any(|one| one == image.split));
        let Some(list) = of.and_then(|place| lists.get_mut(place)) else { continue };
        name(&image.filename).map_err(at)?;
        if !image.filepath.is_empty() {
            name(&image.filepath).map_err(at)?;
        }
        if image.sentences.is_empty() {
            return Err(at(format!("nobody described `{}`; take it out, or describe it", image.filename)));
        }
        let sentences = image.sentences.into_iter().map(|sentence| sentence.raw.trim().to_owned()).collect();
        list.push(Described { file: image.filename, below: image.filepath, sentences });
    }
    match splits.iter().zip(&lists).find(|(_, images)| images.is_empty()) {
        Some((split, _)) => Err(wrong(path, None, format!("no image is of the split `{split}`"))),
        None => Ok(lists),
    }
}
