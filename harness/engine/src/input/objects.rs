//! The list of images with boxes on them: a CSV file `path,file,list,width,height,class,left,top,right,bottom,difficult`, a
//! line an object.
//!
//! Must not open the images.

use std::path::{Path, PathBuf};

use base::boxes::Bounds;

use crate::error::Result;

const HEADER: [&str; 11] =
    ["path", "file", "list", "width", "height", "class", "left", "top", "right", "bottom", "difficult"];

/// One image.
#[derive(Debug, Clone, PartialEq)]
pub struct Annotated {
    /// The file to open.
    pub path: PathBuf,
    /// Its name in the data set.
    pub file: String,
    /// The list of the set that it is in: `train`.
    pub list: String,
    /// Its width and height in pixels, as its annotation has them.
    pub size: [u32; 2],
    /// What is on it.
    pub objects: Vec<Object>,
}

impl Annotated {
    /// The objects that a detector learns from: those with an area, and those that are too difficult to count where its authors
    /// took them too.
    #[must_use]
    pub fn learned_from(&self, difficult: bool) -> Vec<Object> {
        let counts = |object: &&Object| object.bounds.area() > 0.0 && (difficult || !object.difficult);
        self.objects.iter().filter(counts).copied().collect()
    }
}

/// One object.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Object {
    /// Its class.
    pub class: u32,
    /// Where it is.
    pub bounds: Bounds,
    /// Whether it is too difficult to count.
    pub difficult: bool,
}

/// Reads a list; lines of one image stand together.
///
/// # Errors
/// A line that cannot be used, by number; an empty list.
pub fn read(path: &Path) -> Result<Vec<Annotated>> {
    super::read_lines(path, parse)
}

fn parse(text: &str) -> std::result::Result<Vec<Annotated>, (u64, String)> {
    let mut lines = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes()).into_records();
    let header = lines.next().and_then(std::result::Result::ok);
    if header.is_none_or(|header| header != HEADER[..]) {
        return Err((1, format!("the first line must be `{}`", HEADER.join(","))));
    }
    let mut images: Vec<Annotated> = Vec::new();
    for record in lines {
        let record = record.map_err(|error| (error.position().map_or(1, csv::Position::line), error.to_string()))?;
        let line = record.position().map_or(1, csv::Position::line);
        let fields: Vec<&str> = record.iter().collect();
        let (known, object) = fields.split_at(5);
        let [width, height] = [known[3], known[4]].map(side);
        let size = width.and_then(|width| Ok([width, height?])).map_err(|problem| (line, problem))?;
        let [path, file, list] = [known[0], known[1], known[2]];
        let image =
            Annotated { path: path.into(), file: file.to_owned(), list: list.to_owned(), size, objects: Vec::new() };
        if images.last().is_none_or(|last| last.path != image.path) {
            images.push(image);
        }
        let Some(last) = images.last_mut() else { continue };
        last.objects.extend(self::object(object).map_err(|problem| (line, problem))?);
    }
    if images.is_empty() { Err((1, "the list names no image".to_owned())) } else { Ok(images) }
}

fn side(field: &str) -> std::result::Result<u32, String> {
    field.parse().ok().filter(|side| *side > 0).ok_or_else(|| format!("`{field}` is no side of an image"))
}

/// The object of a line; None where its image has none.
fn object(fields: &[&str]) -> std::result::Result<Option<Object>, String> {
    if fields.iter().all(|field| field.is_empty()) {
        return Ok(None);
    }
    let &[class, left, top, right, bottom, difficult] = fields else {
        return Err(format!("expected six fields of an object, found {}", fields.len()));
    };
    let class = class.parse().map_err(|_| format!("the class `{class}` is not a number of 0 or more"))?;
    let mut edges = [0.0; 4];
    for (edge, field) in edges.iter_mut().zip([left, top, right, bottom]) {
        let number: Option<f64> = field.parse().ok();
        *edge = number.filter(|number| number.is_finite()).ok_or_else(|| format!("the edge `{field}` is no number"))?;
    }
    let difficult = match difficult {
        "0" => false,
        "1" => true,
        other => return Err(format!("difficult `{other}` is neither 0 nor 1")),
    };
    Ok(Some(Object { class, bounds: Bounds::of_pixels(edges), difficult }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = "path,file,list,width,height,class,left,top,right,bottom,difficult\n";

    #[test]
    fn lines_of_one_image_belong_together_and_an_image_may_have_no_object() {
        let text = format!(
            "{FIRST}/a.jpg,a.jpg,train,9,8,3,1,2,4,5,0\n/a.jpg,a.jpg,train,9,8,0,1,1,1.5,1,1\n/b.jpg,b.jpg,test,5,6,,,,,,\n"
        );
        let images = parse(&text).unwrap();
        assert_eq!((images.len(), images[0].objects.len(), images[1].objects.len()), (2, 2, 0));
        let [one, two] = images[0].objects[..] else { panic!("{images:?}") };
        assert_eq!((one.class, one.bounds.edges(), one.difficult), (3, [0.0, 1.0, 4.0, 5.0], false));
        assert_eq!((two.bounds.edges(), two.difficult), ([0.0, 0.0, 1.5, 1.0], true));
        assert_eq!((images[1].list.as_str(), images[1].size), ("test", [5, 6]));
    }

    #[test]
    fn a_bad_line_is_named() {
        let wrong = |line: &str| parse(&format!("{FIRST}/a.jpg,a.jpg,train,9,8,3,1,2,4,5,0\n{line}\n")).unwrap_err();
        assert_eq!(parse("").unwrap_err().0, 1);
        assert_eq!(parse(FIRST).unwrap_err().1, "the list names no image");
        for (line, wanted) in [
            ("/b,b,train,0,8,3,1,2,4,5,0", "`0` is no side of an image"),
            ("/b,b,train,9,8,-3,1,2,4,5,0", "the class `-3`"),
            ("/b,b,train,9,8,3,nan,2,4,5,0", "the edge `nan`"),
            ("/b,b,train,9,8,3,1,2,4,5,2", "difficult `2`"),
            ("/b,b,train", "found record with 3 fields"),
        ] {
            let (at, problem) = wrong(line);
            assert!(at == 3 && problem.contains(wanted), "{at}: {problem}");
        }
    }
}
