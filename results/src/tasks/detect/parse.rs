//! Reading images with their objects, and detections, as records have them.
//!
//! Must not score.

use std::collections::HashSet;
use std::path::Path;

use base::boxes::Bounds;

use super::{Detection, Image, Object};
use crate::Error;
use crate::tasks::Text;
use crate::tasks::text::{Lines, class, number};

/// Reads `file,objects`; `path` is only named in errors.
///
/// # Errors
/// Another header, an object that is none, or a name that comes twice.
pub(super) fn examples(path: &Path, bytes: &[u8]) -> Result<Vec<Image>, Error> {
    let lines = Lines::new(path, bytes)?;
    lines.expect(&["file,objects"])?;
    let mut images = Vec::new();
    let mut seen = HashSet::new();
    lines.each(|fields| {
        let &[file, objects] = fields else { return Err("not two fields".to_owned()) };
        if !seen.insert(file.to_owned()) {
            return Err(format!("`{file}` comes twice"));
        }
        let objects = parts(objects).map(object).collect::<Result<_, String>>()?;
        images.push(Image { file: file.to_owned(), objects, detections: Vec::new() });
        Ok(())
    })?;
    Ok(images)
}

/// Reads the detections of each image, column `detections`.
///
/// # Errors
/// Another header, a detection that is none, or another number of lines than of images.
pub(super) fn detections(text: &Text<'_>, images: &mut [Image]) -> Result<(), Error> {
    let lines = text.lines()?;
    lines.expect(&["detections"])?;
    text.of_images(lines, images, "detections", |image, fields| {
        image.detections =
            parts(fields.first().copied().unwrap_or_default()).map(detection).collect::<Result<_, String>>()?;
        Ok(())
    })
}

fn parts(field: &str) -> impl Iterator<Item = &str> {
    field.split(';').filter(|part| !part.is_empty())
}

/// `class left top right bottom`, and then `difficult`, `crowd` or an area.
fn object(part: &str) -> Result<Object, String> {
    let mut words = part.split(' ');
    let class = class("class", words.next().unwrap_or_default())?.ok_or("an object without its class")?;
    let bounds = bounds(&mut words, part)?;
    let mut object = Object { class, bounds, difficult: false, crowd: false, area: bounds.area() };
    for word in words {
        match word {
            "difficult" => object.difficult = true,
            "crowd" => object.crowd = true,
            area => object.area = number(area)?,
        }
    }
    Ok(object)
}

/// `class score left top right bottom`.
fn detection(part: &str) -> Result<Detection, String> {
    let mut words = part.split(' ');
    let class = class("class", words.next().unwrap_or_default())?.ok_or("a detection without its class")?;
    let score = number(words.next().unwrap_or_default())?;
    let bounds = bounds(&mut words, part)?;
    match words.next() {
        Some(more) => Err(format!("`{more}` stands behind the box of `{part}`")),
        None => Ok(Detection { class, score, bounds }),
    }
}

fn bounds<'a>(words: &mut impl Iterator<Item = &'a str>, part: &str) -> Result<Bounds, String> {
    let mut edges = [0.0; 4];
    for edge in &mut edges {
        *edge = number(words.next().ok_or_else(|| format!("`{part}` is no box: left, top, right, bottom"))?)?;
    }
    let bounds = Bounds::new(edges);
    if !bounds.is_upright() {
        return Err(format!("the box of `{part}` is turned round"));
    }
    Ok(bounds)
}
