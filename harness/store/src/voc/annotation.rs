//! One annotation file: an image's size and what is on it.
//!
//! Must not fetch what the XML names: entities beyond the five of XML are refused by the parser.

use std::path::Path;

use roxmltree::{Document, Node, ParsingOptions};

use super::CLASSES;
use crate::annotated::{Annotation, LONGEST, Object};
use crate::error::Error;

/// The largest file that is taken for an annotation.
const LARGEST: usize = 4 << 20;
/// Reads the text of an annotation file; `path` is for messages.
///
/// # Errors
/// What is no XML, a field that is missing or makes no sense, a class that is none of the twenty, a box that is turned round or
/// leaves the picture: with the line.
pub fn parse(text: &str, path: &Path) -> Result<Annotation, Error> {
    let wrong = |line: Option<u64>, reason: String| Error::Text { path: path.to_owned(), line, reason };
    if text.len() > LARGEST {
        return Err(wrong(
            None,
            format!("{} bytes are no annotation of one picture; fetch the file again", text.len()),
        ));
    }
    // Annotations declare no entities: a text that does could grow without end.
    let options = ParsingOptions { allow_dtd: false, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).map_err(|error| {
        wrong(Some(u64::from(error.pos().row)), format!("is no XML that can be read: {error}; fetch the file again"))
    })?;
    let root = Element { node: document.root_element(), document: &document };
    root.annotation().map_err(|(line, reason)| wrong(Some(line), reason))
}

type Found<T> = Result<T, (u64, String)>;

/// An element and the text it stands in.
#[derive(Clone, Copy)]
struct Element<'a> {
    node: Node<'a, 'a>,
    document: &'a Document<'a>,
}

impl<'a> Element<'a> {
    fn wrong<T>(self, reason: String) -> Found<T> {
        Err((u64::from(self.document.text_pos_at(self.node.range().start).row), reason))
    }

    fn children(self, name: &'a str) -> impl Iterator<Item = Element<'a>> {
        let children = self.node.children().filter(move |child| child.has_tag_name(name));
        children.map(move |node| Element { node, document: self.document })
    }

    /// The one child of that name, if there is one.
    fn maybe(self, name: &'a str) -> Found<Option<Element<'a>>> {
        let mut all = self.children(name);
        let first = all.next();
        match all.next() {
            Some(second) => second.wrong(format!("a second `{name}`; keep one")),
            None => Ok(first),
        }
    }

    fn child(self, name: &'a str) -> Found<Element<'a>> {
        match self.maybe(name)? {
            Some(child) => Ok(child),
            None => self.wrong(format!("`{}` has no `{name}`", self.node.tag_name().name())),
        }
    }

    fn text(self) -> &'a str {
        self.node.text().unwrap_or_default().trim()
    }

    fn annotation(self) -> Found<Annotation> {
        if !self.node.has_tag_name("annotation") {
            let name = self.node.tag_name().name();
            return self.wrong(format!("`{name}` is no annotation of PASCAL VOC"));
        }
        let file = self.child("filename")?;
        if file.text().is_empty() || file.text().contains(['/', '\\', '\0']) {
            return file.wrong(format!("`{}` is no name of a picture", file.text()));
        }
        let size = self.child("size")?;
        let side = |name: &'a str| -> Found<u32> {
            let element = size.child(name)?;
            match element.text().parse() {
                Ok(side) if (1..=LONGEST).contains(&side) => Ok(side),
                _ => element.wrong(format!("`{}` is no {name} of a picture", element.text())),
            }
        };
        let [width, height] = [side("width")?, side("height")?];
        let objects = self.children("object").map(|object| object.object([width, height])).collect::<Found<_>>()?;
        Ok(Annotation { file: file.text().to_owned(), width, height, objects })
    }

    fn object(self, size: [u32; 2]) -> Found<Object> {
        let name = self.child("name")?;
        let Some(class) = (0..).zip(CLASSES).find(|(_, class)| *class == name.text()) else {
            return name.wrong(format!("`{}` is none of the twenty classes: {}", name.text(), CLASSES.join(", ")));
        };
        let bounds = self.child("bndbox")?;
        let mut numbers = [0.0; 4];
        for (number, (name, side)) in
            numbers.iter_mut().zip([("xmin", size[0]), ("ymin", size[1]), ("xmax", size[0]), ("ymax", size[1])])
        {
            let element = bounds.child(name)?;
            // Some boxes of the kit begin at 0; none goes further out.
            match element.text().parse::<f64>() {
                Ok(place) if (0.0..=f64::from(side) + 1.0).contains(&place) => *number = place,
                _ => return element.wrong(format!("{name} `{}` is no place in a side of {side}", element.text())),
            }
        }
        let [left, top, right, bottom] = numbers;
        if right < left || bottom < top {
            return bounds.wrong(format!("the box {left}, {top}, {right}, {bottom} is turned round"));
        }
        Ok(Object {
            class: class.0,
            bounds: numbers,
            difficult: self.flag("difficult")?.unwrap_or(false),
            truncated: self.flag("truncated")?,
            occluded: self.flag("occluded")?,
        })
    }

    fn flag(self, name: &'a str) -> Found<Option<bool>> {
        let Some(element) = self.maybe(name)? else { return Ok(None) };
        match element.text() {
            "0" => Ok(Some(false)),
            "1" => Ok(Some(true)),
            other => element.wrong(format!("{name} `{other}` is neither 0 nor 1")),
        }
    }
}
