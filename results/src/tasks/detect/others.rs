//! Detections as others' programs read them: PASCAL VOC's files, one for each class, and COCO's JSON.
//!
//! Must not round beyond the last bit, which counting pixels from 1 may change.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::json;

use super::Detected;

/// `comp4_det_test_<class>.txt` of each class that has a name, lines `image score left top right bottom`, pixels counted from 1 and
/// the last ones inside; and, where every image's name is a number, `detections.json` as COCO's program reads it, whose categories
/// are counted from 1.
///
/// # Errors
/// A detection of a class that has no name, or names that cannot stand in such a file.
pub(super) fn written(detected: &Detected, names: &[String]) -> Result<Vec<(String, String)>, String> {
    let mut by_class: BTreeMap<u32, String> = (0..).zip(names).map(|(class, _)| (class, String::new())).collect();
    let mut all = Vec::new();
    let numbers: Option<Vec<i64>> = detected.images.iter().map(|image| stem(&image.file).parse().ok()).collect();
    for (place, image) in detected.images.iter().enumerate() {
        let name = stem(&image.file);
        if name.is_empty() || name.contains(char::is_whitespace) {
            return Err(format!("`{}` cannot stand in such a file: its name has a space", image.file));
        }
        for one in &image.detections {
            let [left, top, right, bottom] = one.bounds.edges();
            let text = by_class.get_mut(&one.class).ok_or_else(|| format!("class {} has no name", one.class))?;
            let _ = writeln!(text, "{name} {} {} {} {right} {bottom}", one.score, left + 1.0, top + 1.0);
            if let Some(numbers) = &numbers {
                all.push(json!({
                    "image_id": numbers[place], "category_id": one.class + 1, "score": one.score,
                    "bbox": [left, top, right - left, bottom - top],
                }));
            }
        }
    }
    let mut files = Vec::new();
    for (name, text) in names.iter().zip(by_class.into_values()) {
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            return Err(format!("the class `{name}` cannot be a part of a file's name"));
        }
        files.push((format!("comp4_det_test_{name}.txt"), text));
    }
    if numbers.is_some() {
        files.push(("detections.json".to_owned(), format!("{}\n", serde_json::Value::Array(all))));
    }
    Ok(files)
}

/// A file's name without its ending: what VOC and COCO call an image.
fn stem(file: &str) -> &str {
    file.rsplit_once('.').map_or(file, |(stem, _)| stem)
}
