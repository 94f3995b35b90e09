//! Objects in somebody's file of annotations: COCO's `instances` JSON, or one JSON object of VOC's by image.
//!
//! Must not know detections.

use std::collections::{BTreeMap, HashMap};

use base::boxes::Bounds;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{Image, Object};
use crate::Error;
use crate::references::{References, Truth};

/// The truth.
#[derive(Debug, Clone)]
pub(super) struct Known {
    /// The images in the file's order, without detections.
    pub(super) images: Vec<Image>,
    /// Each image's place by what detections call it.
    pub(super) places: HashMap<String, usize>,
    /// The classes' names.
    pub(super) classes: Vec<String>,
    /// The class of each of COCO's categories.
    pub(super) categories: HashMap<i64, u32>,
}

/// What of VOC's annotations is needed.
#[derive(Debug, Deserialize)]
struct VocObject {
    name: String,
    /// 0 or 1.
    #[serde(default)]
    difficult: u8,
    /// The first and the last pixels, counted from 1.
    bbox: [f64; 4],
}

/// Whose annotations a file holds.
#[derive(Debug, Deserialize)]
struct Kind {
    annotations: Option<IgnoredAny>,
    images: Option<IgnoredAny>,
}

/// What of COCO's is needed.
#[derive(Debug, Deserialize)]
struct Instances {
    images: Vec<CocoImage>,
    annotations: Vec<CocoObject>,
    categories: Vec<Category>,
}

#[derive(Debug, Deserialize)]
struct CocoImage {
    id: i64,
    #[serde(default)]
    file_name: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Category {
    id: i64,
    name: String,
}

#[derive(Debug, Deserialize)]
struct CocoObject {
    image_id: i64,
    category_id: i64,
    /// Left, top, width, height.
    bbox: [f64; 4],
    area: f64,
    #[serde(default)]
    iscrowd: u8,
}

/// The truth of the references; None where they are no file of annotations.
///
/// # Errors
/// A file of annotations that makes no sense, with the object that does not.
pub(super) fn known(references: &References) -> Result<Option<Known>, Error> {
    let Truth::File { path, bytes } = &references.truth else { return Ok(None) };
    let Some(text) = std::str::from_utf8(bytes).ok().filter(|text| text.trim_start().starts_with('{')) else {
        return Ok(None);
    };
    let wrong = |message: String| Error::given(path, None, message);
    let unread = |error: serde_json::Error| wrong(format!("these annotations cannot be read: {error}"));
    let kind: Kind = serde_json::from_str(text).map_err(unread)?;
    if kind.images.is_some() || kind.annotations.is_some() {
        let instances: Instances = serde_json::from_str(text).map_err(unread)?;
        return coco(instances).map(Some).map_err(wrong);
    }
    let by_image: BTreeMap<String, Vec<VocObject>> = serde_json::from_str(text).map_err(unread)?;
    voc(by_image).map(Some).map_err(wrong)
}

fn voc(by_image: BTreeMap<String, Vec<VocObject>>) -> Result<Known, String> {
    let mut classes: Vec<String> = by_image.values().flatten().map(|object| object.name.clone()).collect();
    classes.sort();
    classes.dedup();
    let (mut images, mut places) = (Vec::new(), HashMap::new());
    for (name, objects) in by_image {
        let objects = objects.into_iter().enumerate().map(|(index, object)| {
            let bounds = upright(Bounds::of_pixels(object.bbox));
            let bounds = bounds.map_err(|problem| format!("object {index} of image `{name}`: {problem}"))?;
            let class = classes.binary_search(&object.name).unwrap_or(0) as u32;
            Ok(Object { class, bounds, difficult: object.difficult != 0, crowd: false, area: bounds.area() })
        });
        places.insert(name.clone(), images.len());
        images.push(Image {
            file: name.clone(),
            objects: objects.collect::<Result<_, String>>()?,
            detections: Vec::new(),
        });
    }
    Ok(Known { images, places, classes, categories: HashMap::new() })
}

fn coco(instances: Instances) -> Result<Known, String> {
    let mut sorted: Vec<&Category> = instances.categories.iter().collect();
    sorted.sort_by_key(|category| category.id);
    let categories: HashMap<i64, u32> = sorted.iter().map(|category| category.id).zip(0..).collect();
    if categories.len() < sorted.len() {
        return Err("two categories have one id".to_owned());
    }
    let mut read = instances.images;
    // The program goes through images by id.
    read.sort_by_key(|image| image.id);
    let (mut images, mut places) = (Vec::new(), HashMap::new());
    for image in read {
        if places.insert(image.id.to_string(), images.len()).is_some() {
            return Err(format!("the image {} comes twice", image.id));
        }
        let file = image.file_name.unwrap_or_else(|| image.id.to_string());
        images.push(Image { file, ..Image::default() });
    }
    for (index, object) in instances.annotations.into_iter().enumerate() {
        let at = |problem: String| format!("annotations[{index}]: {problem}");
        let place = places.get(&object.image_id.to_string());
        let place = *place.ok_or_else(|| at(format!("there is no image {}", object.image_id)))?;
        let class = categories.get(&object.category_id);
        let class = *class.ok_or_else(|| at(format!("there is no category {}", object.category_id)))?;
        let bounds = upright(from_size(object.bbox)).map_err(at)?;
        let crowd = object.iscrowd != 0;
        images[place].objects.push(Object { class, bounds, difficult: false, crowd, area: object.area });
    }
    let classes = sorted.into_iter().map(|category| category.name.clone()).collect();
    Ok(Known { images, places, classes, categories })
}

/// From left, top, width, height.
pub(super) fn from_size([left, top, width, height]: [f64; 4]) -> Bounds {
    Bounds { left, top, right: left + width, bottom: top + height }
}

/// Refuses a box whose edges are no numbers or turned round.
///
/// # Errors
/// They are.
pub(super) fn upright(bounds: Bounds) -> Result<Bounds, String> {
    if !bounds.edges().iter().all(|edge| edge.is_finite()) {
        return Err("an edge of its box is no finite number".to_owned());
    }
    if !bounds.is_upright() {
        let [left, top, right, bottom] = bounds.edges();
        return Err(format!("its box is turned round: left {left}, top {top}, right {right}, bottom {bottom}"));
    }
    Ok(bounds)
}
