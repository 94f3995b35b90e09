//! Reading images with their true boxes, and guesses.
//!
//! Must not score.

use std::collections::HashSet;
use std::path::Path;

use base::boxes::Bounds;

use super::Image;
use crate::Error;
use crate::tasks::Text;
use crate::tasks::text::{Lines, class, number};

/// More guesses an image than this are kept by nobody.
const MOST: usize = 100;

/// Reads `file,class,boxes`; `path` is only named in errors.
///
/// # Errors
/// Another header, a class or a box that is none, an image without boxes, or a name that comes twice.
pub(super) fn examples(path: &Path, bytes: &[u8]) -> Result<Vec<Image>, Error> {
    let lines = Lines::new(path, bytes)?;
    lines.expect(&["file,class,boxes"])?;
    let mut images = Vec::new();
    let mut seen = HashSet::new();
    lines.each(|fields| {
        let &[file, of, boxes] = fields else { return Err("not three fields".to_owned()) };
        if !seen.insert(file.to_owned()) {
            return Err(format!("`{file}` comes twice"));
        }
        let boxes = boxes.split(';').map(bounds).collect::<Result<Vec<Bounds>, String>>()?;
        let class = class("class", of)?.ok_or("no `class`")?;
        images.push(Image { file: file.to_owned(), class, boxes, guesses: Vec::new() });
        Ok(())
    })?;
    Ok(images)
}

/// Reads the guesses of each image.
///
/// # Errors
/// Another header, a class without its box or a box without its class, or another number of lines than of images.
pub(super) fn guesses(text: &Text<'_>, images: &mut [Image]) -> Result<(), Error> {
    let lines = text.lines()?;
    let kept = lines.header.iter().filter(|name| name.starts_with("class")).count().clamp(1, MOST);
    let names = |what: &str| (1..=kept).map(|place| format!("{what}{place}")).collect::<Vec<_>>().join(",");
    lines.expect(&[&format!("{},{}", names("class"), names("box"))])?;
    text.of_images(lines, images, "guesses", |image, fields| {
        let (classes, boxes) = fields.split_at(kept);
        for (place, (of, at)) in classes.iter().zip(boxes).enumerate() {
            let Some(class) = class("class", of)? else {
                if !at.is_empty() {
                    return Err(format!("guess {} has a box and no class", place + 1));
                }
                continue;
            };
            if image.guesses.len() < place {
                return Err(format!("guess {} stands behind one that is missing", place + 1));
            }
            image.guesses.push((class, bounds(at)?));
        }
        Ok(())
    })
}

/// `left top right bottom`.
fn bounds(field: &str) -> Result<Bounds, String> {
    let edges = field.split(' ').map(number).collect::<Result<Vec<f64>, String>>()?;
    let edges: [f64; 4] =
        edges.try_into().map_err(|_| format!("`{field}` is no box: left, top, right and bottom, blanks between"))?;
    let bounds = Bounds::new(edges);
    if !bounds.is_upright() {
        return Err(format!("the box `{field}` is turned round"));
    }
    Ok(bounds)
}
