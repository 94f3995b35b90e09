//! Reading stored predictions, and refusing those that are not the ones the runner wrote.
//!
//! Must not score: [`crate::score`] does.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::path::Path;

use sha2::{Digest, Sha256};
use spec::record::Prediction;

use crate::store::PredictionsFile;
use crate::{Error, announced};

/// Reads one file of predictions in the run's folder `dir`, in the order of the data, after checking its SHA-256 and
/// its count.
///
/// # Errors
/// When the file is missing, its hash or its count is not the recorded one, or a line makes no sense.
pub fn read(dir: &Path, file: &PredictionsFile) -> Result<Vec<Prediction>, Error> {
    let (path, bytes) = announced::read(dir, &file.file, &file.sha256)?;
    let predictions = parse(&path, &bytes)?;
    if predictions.len() as u64 != file.count {
        return Err(Error::Count { path, found: predictions.len() as u64, recorded: file.count });
    }
    Ok(predictions)
}

/// Reads predictions, a JSON object a line. `path` is only named in errors.
///
/// # Errors
/// When a line is not a [`Prediction`], its answers are not 1 to 5 different classes with a score each, or an image
/// comes twice.
pub fn parse(path: &Path, bytes: &[u8]) -> Result<Vec<Prediction>, Error> {
    let mut predictions: Vec<Prediction> = Vec::with_capacity(bytes.len() / 128);
    for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        if line.is_empty() {
            continue;
        }
        let wrong = |message: String| Error::Line { path: path.to_owned(), line: index + 1, message };
        let prediction: Prediction = serde_json::from_slice(line).map_err(|error| wrong(error.to_string()))?;
        check(&prediction).map_err(wrong)?;
        predictions.push(prediction);
    }
    let mut seen = HashSet::with_capacity(predictions.len());
    for (index, prediction) in predictions.iter().enumerate() {
        if !seen.insert(prediction.file.as_str()) {
            let message = format!("`{}` comes twice", prediction.file);
            return Err(Error::Line { path: path.to_owned(), line: index + 1, message });
        }
    }
    Ok(predictions)
}

/// SHA-256 in lower-case hex.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn check(prediction: &Prediction) -> Result<(), String> {
    let Prediction { file, top, scores, .. } = prediction;
    if top.is_empty() || top.len() > 5 || top.len() != scores.len() {
        return Err(format!("`{file}` has {} classes and {} scores, not 1 to 5 of each", top.len(), scores.len()));
    }
    if top.iter().enumerate().any(|(i, class)| top[..i].contains(class)) {
        return Err(format!("`{file}` names a class twice among its best five"));
    }
    if scores.iter().any(|score| !score.is_finite()) {
        return Err(format!("`{file}` has a score that is not a number"));
    }
    Ok(())
}
