//! Somebody else's sentences: COCO's JSON of captions.
//!
//! Must not guess: an image that is not known, is described twice or not at all is refused with its place.

use std::collections::HashMap;

use serde::Deserialize;

use super::known::{Known, known, not_utf8};
use super::{Captioned, Image};
use crate::Error;
use crate::references::{References, Truth};
use crate::tasks::Given;

/// How many images are named that are missing.
const NAMED: usize = 5;

/// What tells such a file from others whose text cannot be read.
const CAPTION: &[u8] = b"\"caption\"";

/// A sentence as COCO writes it.
#[derive(Debug, Deserialize)]
struct One {
    image_id: i64,
    caption: String,
}

/// Whether a list holds sentences.
#[derive(Debug, Deserialize)]
struct Kind {
    caption: Option<serde::de::IgnoredAny>,
}

/// The sentences beside the references; None for files of another kind. Images that the references list without a sentence of
/// people's are not described and not counted.
///
/// # Errors
/// Sentences without references to hold them against, and whatever makes no sense in either.
pub(super) fn read(files: &[Given<'_>], references: &References) -> Result<Option<Captioned>, Error> {
    let [file] = files else { return Ok(None) };
    let bytes = base::text::unmarked(file.bytes);
    let wrong = |message: String| Error::given(file.path, None, message);
    if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'[') {
        return none_of(references, || wrong(format!("it does not begin with `[`; {FORM}")));
    }
    // What cannot be read at all may be another task's, but for text in another encoding.
    if let Some(told) = not_utf8(bytes) {
        return if may_be_captions(bytes) { Err(wrong(told)) } else { Ok(None) };
    }
    match serde_json::from_slice::<Vec<Kind>>(bytes) {
        Ok(kinds) if kinds.iter().any(|kind| kind.caption.is_some()) => {}
        Ok(kinds) if kinds.is_empty() => return none_of(references, || wrong(format!("it has no captions; {FORM}"))),
        Ok(_) => return none_of(references, || wrong(format!("nothing in it has a `caption`; {FORM}"))),
        Err(error) => return none_of(references, || wrong(format!("these captions cannot be read: {error}; {FORM}"))),
    }
    // What cuts the captions is made while the files are read.
    std::thread::spawn(ptb::prepare);
    let all: Vec<One> =
        serde_json::from_slice(bytes).map_err(|error| wrong(format!("these captions cannot be read: {error}")))?;
    let Some(Known { images, places }) = known(references)? else {
        let message = "it has no sentences to hold captions against; name a file of COCO's captions".to_owned();
        return Err(Error::given(std::path::Path::new(&references.name), None, message));
    };
    beside(all, images, &places).map(Some).map_err(wrong)
}

/// What the file should be.
const FORM: &str = "captions are a list `[{\"image_id\": 1, \"caption\": \"…\"}]`, as COCO has them";

/// A file that is none of captions: another task's, or one that is wrong where people's sentences are what it is held against.
fn none_of(references: &References, wrong: impl Fn() -> Error) -> Result<Option<Captioned>, Error> {
    let Truth::File { bytes, .. } = &references.truth else { return Ok(None) };
    // Boxes are told from sentences without reading all of them as JSON.
    if may_be_captions(bytes) && known(references)?.is_some() { Err(wrong()) } else { Ok(None) }
}

fn may_be_captions(bytes: &[u8]) -> bool {
    bytes.windows(CAPTION.len()).any(|some| some == CAPTION)
}

fn beside(all: Vec<One>, mut images: Vec<Image>, places: &HashMap<i64, usize>) -> Result<Captioned, String> {
    let mut described: HashMap<i64, usize> = HashMap::new();
    for (index, one) in all.into_iter().enumerate() {
        let at = |problem: String| format!("caption {index}: {problem}");
        let place = places.get(&one.image_id).copied();
        let image = place.and_then(|place| images.get_mut(place));
        let image = image.ok_or_else(|| at(format!("there is no image {} in the references", one.image_id)))?;
        if image.references.is_empty() {
            return Err(at(format!("nobody described the image {} (`{}`)", one.image_id, image.file)));
        }
        if let Some(first) = described.insert(one.image_id, index) {
            return Err(at(format!("the image {} has a caption already, number {first}", one.image_id)));
        }
        image.sentence = one.caption;
    }
    let mut missing: Vec<i64> = places
        .iter()
        .filter(|(id, place)| !described.contains_key(id) && !images[**place].references.is_empty())
        .map(|(id, _)| *id)
        .collect();
    missing.sort_unstable();
    if !missing.is_empty() {
        let named: Vec<String> = missing.iter().take(NAMED).map(i64::to_string).collect();
        let more = missing.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        return Err(format!(
            "{} of {} images have no caption: {}{more}; describe them, or take them out of the references",
            missing.len(),
            described.len() + missing.len(),
            named.join(", "),
        ));
    }
    images.retain(|image| !image.references.is_empty());
    // Such a file is asked for every measure.
    Ok(Captioned::new(images).with_tables())
}
