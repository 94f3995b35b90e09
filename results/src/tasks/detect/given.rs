//! Somebody else's detections: VOC's files, one for each class (`comp4_det_test_dog.txt`), or COCO's JSON.
//!
//! Must not guess: an image, a class or a number that makes no sense is refused with its place.

use std::collections::HashMap;
use std::path::Path;

use base::boxes::Bounds;
use serde::Deserialize;

use super::annotations::{self, Known, from_size, upright};
use super::{Detected, Detection, Image};
use crate::Error;
use crate::references::References;
use crate::tasks::Given;
use crate::tasks::text::number;

/// What [`read`] reads.
pub(super) const KINDS: &[&str] = &[
    "PASCAL VOC's `comp4_det_<set>_<class>.txt`, all classes together (`image score left top right bottom`)",
    "COCO's JSON of detections (`image_id`, `category_id`, `bbox`, `score`)",
];

/// A detection as COCO writes it.
#[derive(Debug, Deserialize)]
struct CocoDetection {
    image_id: i64,
    category_id: i64,
    /// Left, top, width, height.
    bbox: [f64; 4],
    score: f64,
}

/// The submission that a file of VOC's belongs to, and its class: `…/comp4_det_test`, `dog`.
fn of_class(path: &Path) -> Option<(String, &str)> {
    let name = path.file_name()?.to_str()?.strip_suffix(".txt")?;
    let (submission, class) = name.rsplit_once('_')?;
    let is_kit = submission.starts_with("comp") && submission.contains("_det_") && !class.is_empty();
    is_kit.then(|| (path.with_file_name(submission).display().to_string(), class))
}

/// The submission that a file is a part of.
pub(super) fn submission(path: &Path) -> Option<String> {
    of_class(path).map(|(submission, _)| submission)
}

/// The detections beside the references; None for files of another kind.
///
/// # Errors
/// Detections without annotations to hold them against, and whatever makes no sense in either.
pub(super) fn read(files: &[Given<'_>], references: &References) -> Result<Option<Detected>, Error> {
    let Some(first) = files.first() else { return Ok(None) };
    let by_class: Option<Vec<(&Given<'_>, &str)>> =
        files.iter().map(|file| of_class(file.path).map(|(_, class)| (file, class))).collect();
    let is_json = files.len() == 1 && first.bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[');
    if by_class.is_none() && !is_json {
        return Ok(None);
    }
    let Some(known) = annotations::known(references)? else {
        // A JSON list may be another task's.
        if by_class.is_none() {
            return Ok(None);
        }
        let message =
            format!("{} says no boxes to hold detections against; name a file of annotations", references.name);
        return Err(Error::given(first.path, None, message));
    };
    let Known { mut images, places, classes, categories } = known;
    match by_class {
        Some(files) => {
            let mut seen = HashMap::new();
            for (file, name) in files {
                let wrong = |message: String| Error::given(file.path, None, message);
                let class = classes.iter().position(|class| class == name).and_then(|class| u32::try_from(class).ok());
                let class = class.ok_or_else(|| {
                    wrong(format!("`{name}` is no class of {}: {}", references.name, classes.join(", ")))
                })?;
                if seen.insert(class, ()).is_some() {
                    return Err(wrong(format!("a second file of the class `{name}`")));
                }
                voc(file, class, &places, &mut images)?;
            }
        }
        None => coco(first, (&places, &categories), &mut images)?,
    }
    Ok(Some(Detected::new(images, classes)))
}

/// One class's file: `image score left top right bottom`, pixels counted from 1, the last ones inside.
fn voc(file: &Given<'_>, class: u32, places: &HashMap<String, usize>, images: &mut [Image]) -> Result<(), Error> {
    let text = std::str::from_utf8(file.bytes).map_err(|_| Error::given(file.path, None, "not UTF-8 text"))?;
    let mut last: Option<(&str, usize)> = None;
    for (line, text) in (1..).zip(text.lines()) {
        if text.trim().is_empty() {
            continue;
        }
        let mut read = || -> Result<(usize, Detection), String> {
            let mut fields = [""; 6];
            let mut count = 0;
            for field in text.split_ascii_whitespace() {
                if let Some(place) = fields.get_mut(count) {
                    *place = field;
                }
                count += 1;
            }
            if count != fields.len() {
                return Err(format!("{count} fields, not the six of `image score left top right bottom`"));
            }
            let [image, score, left, top, right, bottom] = fields;
            // Lines of one image mostly stand together.
            let place = match last.filter(|(name, _)| *name == image) {
                Some((_, place)) => place,
                None => *places.get(image).ok_or_else(|| format!("there is no image `{image}`"))?,
            };
            let score = number(score)?;
            let edges = [number(left)?, number(top)?, number(right)?, number(bottom)?];
            last = Some((image, place));
            Ok((place, Detection { class, score, bounds: upright(Bounds::of_pixels(edges))? }))
        };
        let (place, detection) = read().map_err(|message| Error::given(file.path, Some(line), message))?;
        images[place].detections.push(detection);
    }
    Ok(())
}

fn coco(
    file: &Given<'_>,
    (places, categories): (&HashMap<String, usize>, &HashMap<i64, u32>),
    images: &mut [Image],
) -> Result<(), Error> {
    let wrong = |message: String| Error::given(file.path, None, message);
    let all: Vec<CocoDetection> = serde_json::from_slice(file.bytes)
        .map_err(|error| wrong(format!("these detections cannot be read: {error}")))?;
    for (index, one) in all.into_iter().enumerate() {
        let at = |problem: String| wrong(format!("detection {index}: {problem}"));
        let place = places.get(&one.image_id.to_string());
        let place = *place.ok_or_else(|| at(format!("there is no image {}", one.image_id)))?;
        let class =
            *categories.get(&one.category_id).ok_or_else(|| at(format!("there is no category {}", one.category_id)))?;
        if !one.score.is_finite() {
            return Err(at("its score is no finite number".to_owned()));
        }
        let bounds = upright(from_size(one.bbox)).map_err(at)?;
        images[place].detections.push(Detection { class, score: one.score, bounds });
    }
    Ok(())
}
