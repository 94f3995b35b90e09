//! One file of instances: images, categories, and a box an annotation.
//!
//! Must not hold what nobody asks for: segmentations are most of such a file, and are passed over as it is read.

use std::collections::{HashMap, HashSet};
use std::io::Read;
use std::path::Path;

use serde::Deserialize;

use crate::annotated::{Annotation, LONGEST, Object};
use crate::error::Error;

/// So far may a box leave its picture, in pixels: COCO's own do where somebody rounded, and are cut off at its edge.
const ROUNDED: f64 = 1.0;

/// What a file of instances says.
#[derive(Debug, Clone, PartialEq)]
pub struct Instances {
    /// The categories' names, by their ids: a class is its place here, from 0.
    pub classes: Vec<String>,
    /// The images in the file's order, those without an object among them. `iscrowd` is taken for difficult.
    pub images: Vec<Annotation>,
}

/// What of the file is needed; all else is passed over unread.
#[derive(Debug, Deserialize)]
struct File {
    images: Vec<Image>,
    annotations: Vec<Instance>,
    categories: Vec<Category>,
}

#[derive(Debug, Deserialize)]
struct Image {
    id: i64,
    file_name: String,
    width: u32,
    height: u32,
}

#[derive(Debug, Deserialize)]
struct Category {
    id: i64,
    name: String,
}

#[derive(Debug, Deserialize)]
struct Instance {
    id: i64,
    image_id: i64,
    category_id: i64,
    /// Left, top, width, height, in pixels from the corner of the first.
    bbox: [f64; 4],
    /// 0 or 1.
    #[serde(default)]
    iscrowd: u8,
}

/// Reads a file of instances; `path` is for messages.
///
/// # Errors
/// What is no JSON, or a field that is missing or of another kind, with the line; an image, category or annotation that makes no
/// sense (a name that leaves the folder, a side of no picture, a box that is turned round or leaves its picture), by its id.
pub fn parse(reader: impl Read, path: &Path) -> Result<Instances, Error> {
    let wrong = |line: Option<u64>, reason: String| Error::Text { path: path.to_owned(), line, reason };
    let file: File = serde_json::from_reader(reader).map_err(|error| {
        let text = error.to_string();
        let place = format!(" at line {} column {}", error.line(), error.column());
        let told = text.strip_suffix(&place).unwrap_or(&text);
        let line = (error.line() > 0).then_some(error.line() as u64);
        wrong(line, format!("is no file of COCO's instances: {told} (column {})", error.column()))
    })?;
    file.instances().map_err(|reason| wrong(None, reason))
}

impl File {
    fn instances(self) -> Result<Instances, String> {
        let (classes, places) = classes(self.categories)?;
        let mut by_id = HashMap::new();
        let mut names = HashSet::new();
        let mut images = Vec::with_capacity(self.images.len());
        for image in self.images {
            if by_id.insert(image.id, images.len()).is_some() {
                return Err(format!("the image {} comes twice; give each an id of its own", image.id));
            }
            let annotation = image.annotation()?;
            if !names.insert(annotation.file.clone()) {
                return Err(format!("image {}: `{}` is another image's file too", image.id, annotation.file));
            }
            images.push(annotation);
        }
        let mut seen = HashSet::new();
        for instance in self.annotations {
            let at = |problem: String| format!("annotation {}: {problem}", instance.id);
            if !seen.insert(instance.id) {
                return Err(at("it comes twice; give each an id of its own".to_owned()));
            }
            let place = by_id.get(&instance.image_id);
            let place = *place.ok_or_else(|| at(format!("there is no image {}", instance.image_id)))?;
            let class = places.get(&instance.category_id);
            let class = *class.ok_or_else(|| at(format!("there is no category {}", instance.category_id)))?;
            let image: &mut Annotation = &mut images[place];
            let object = instance.object(class, [image.width, image.height]);
            image.objects.push(object.map_err(|problem| at(format!("{problem} (image {})", instance.image_id)))?);
        }
        Ok(Instances { classes, images })
    }
}

/// The names in the order of the ids, and each id's place.
fn classes(mut categories: Vec<Category>) -> Result<(Vec<String>, HashMap<i64, u32>), String> {
    categories.sort_by_key(|category| category.id);
    let places: HashMap<i64, u32> = categories.iter().map(|category| category.id).zip(0..).collect();
    if places.len() < categories.len() {
        return Err("two categories have one id".to_owned());
    }
    let mut seen = HashSet::new();
    if let Some(twice) = categories.iter().find(|category| !seen.insert(&category.name)) {
        return Err(format!("two categories are called `{}`", twice.name));
    }
    Ok((categories.into_iter().map(|category| category.name).collect(), places))
}

impl Image {
    fn annotation(&self) -> Result<Annotation, String> {
        let at = |problem: String| format!("image {}: {problem}", self.id);
        let file = crate::fs::safe_relative(&self.file_name)
            .map_err(|why| at(format!("the file_name {:?} cannot be used: {why}", self.file_name)))?;
        for (name, side) in [("width", self.width), ("height", self.height)] {
            if !(1..=LONGEST).contains(&side) {
                return Err(at(format!("{side} is no {name} of a picture")));
            }
        }
        Ok(Annotation { file, width: self.width, height: self.height, objects: Vec::new() })
    }
}

impl Instance {
    fn object(&self, class: u32, [wide, tall]: [u32; 2]) -> Result<Object, String> {
        let [left, top, width, height] = self.bbox;
        // Zero is let be: such boxes are in COCO's own files, and nobody learns from what has no area.
        if !(width >= 0.0 && height >= 0.0) {
            return Err(format!("the box {left}, {top}, {width}, {height} has a negative side"));
        }
        let (right, bottom) = (left + width, top + height);
        let [wide, tall] = [wide, tall].map(f64::from);
        let inside = |from: f64, to: f64, side: f64| from >= -ROUNDED && to <= side + ROUNDED;
        if !(inside(left, right, wide) && inside(top, bottom, tall)) {
            return Err(format!(
                "the box {left}, {top}, {width}, {height} leaves its picture of {wide} × {tall} pixels"
            ));
        }
        let difficult = match self.iscrowd {
            0 => false,
            1 => true,
            other => return Err(format!("iscrowd {other} is neither 0 nor 1")),
        };
        // From edges to the first and the last pixels, counted from 1.
        let bounds =
            [left.clamp(0.0, wide) + 1.0, top.clamp(0.0, tall) + 1.0, right.clamp(0.0, wide), bottom.clamp(0.0, tall)];
        Ok(Object { class, bounds, difficult, truncated: None, occluded: None })
    }
}
