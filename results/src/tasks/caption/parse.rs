//! Reading what people said of images, and what a system says.
//!
//! Must not score.

use std::collections::HashSet;
use std::path::Path;

use super::Image;
use crate::Error;
use crate::tasks::Text;
use crate::tasks::text::Lines;

/// Reads `file,sentence`; `path` is only named in errors.
///
/// # Errors
/// Another header, a line without an image, or an image whose lines do not stand together.
pub(in super::super) fn examples(path: &Path, bytes: &[u8]) -> Result<Vec<Image>, Error> {
    let lines = Lines::new(path, bytes)?;
    lines.expect(&["file,sentence"])?;
    let mut images: Vec<Image> = Vec::new();
    let mut seen = HashSet::new();
    lines.each(|fields| {
        let &[file, sentence] = fields else { return Err("not two fields".to_owned()) };
        if file.is_empty() {
            return Err("no `file`".to_owned());
        }
        match images.last_mut().filter(|image| image.file == file) {
            Some(image) => image.references.push(sentence.to_owned()),
            None => {
                if !seen.insert(file.to_owned()) {
                    return Err(format!("the sentences of `{file}` do not stand together"));
                }
                let references = vec![sentence.to_owned()];
                images.push(Image { file: file.to_owned(), references, ..Image::default() });
            }
        }
        Ok(())
    })?;
    Ok(images)
}

/// Reads `seen,sentence`, a line an image.
///
/// # Errors
/// Another header, a word in `seen` that is none of its own, or another number of lines than of images.
pub(super) fn sentences(text: &Text<'_>, images: &mut [Image]) -> Result<(), Error> {
    let lines = text.lines()?;
    lines.expect(&["seen,sentence"])?;
    text.of_images(lines, images, "sentences", |image, fields| {
        let &[seen, sentence] = fields else { return Err("not two fields".to_owned()) };
        image.seen = match seen {
            "" => None,
            "true" => Some(true),
            "false" => Some(false),
            _ => return Err(format!("`{seen}` in `seen` is neither `true` nor `false`")),
        };
        sentence.clone_into(&mut image.sentence);
        Ok(())
    })
}
