//! The list of a data set's images, with their classes, the boxes on them or what people said of them, as the runner reads it.
//!
//! Must not look at the images.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use store::annotated::Annotated;
use store::{Captioned, Labelled};

/// Writes `path,file,class` for the runner, named by the data's root and by where the files lie.
pub(super) fn write(images: &[Labelled], root: &str, lists: &Path) -> Result<PathBuf> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["path", "file", "class"])?;
    for image in images {
        let path = text_of(&image.path)?;
        writer.write_record([path, &image.file, &image.class.to_string()])?;
    }
    kept(writer, root, lists)
}

/// Writes `path,file,list,width,height,class,left,top,right,bottom,difficult` for the runner, a line an object; bounds are the
/// first and last pixels, counted from 1. An image without objects has a line that ends after its size.
pub(super) fn write_annotated(images: &[(String, Annotated)], root: &str, lists: &Path) -> Result<PathBuf> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record([
        "path",
        "file",
        "list",
        "width",
        "height",
        "class",
        "left",
        "top",
        "right",
        "bottom",
        "difficult",
    ])?;
    for (list, image) in images {
        let path = text_of(&image.path)?;
        let annotation = &image.annotation;
        let size = [annotation.width, annotation.height].map(|side| side.to_string());
        let known = [path, &annotation.file, list, &size[0], &size[1]];
        for object in &annotation.objects {
            let bounds = object.bounds.map(|edge| edge.to_string());
            let difficult = u8::from(object.difficult).to_string();
            let of_object = [object.class.to_string()].into_iter().chain(bounds).chain([difficult]);
            writer.write_record(known.iter().map(|field| (*field).to_owned()).chain(of_object))?;
        }
        if annotation.objects.is_empty() {
            writer.write_record(known.iter().copied().chain([""; 6]))?;
        }
    }
    kept(writer, root, lists)
}

/// Writes `path,file,list,sentence` for the runner, a line a sentence, those of an image together.
pub(super) fn write_captioned(images: &[(String, Captioned)], root: &str, lists: &Path) -> Result<PathBuf> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["path", "file", "list", "sentence"])?;
    for (list, image) in images {
        let path = text_of(&image.path)?;
        for sentence in &image.sentences {
            writer.write_record([path, &image.file, list, sentence])?;
        }
    }
    kept(writer, root, lists)
}

/// A path as a list may hold it.
fn text_of(path: &Path) -> Result<&str> {
    path.to_str().with_context(|| format!("{} is not UTF-8; rename it", path.display()))
}

/// The list's file, named by the data's root and by where the files lie.
fn kept(writer: csv::Writer<Vec<u8>>, root: &str, lists: &Path) -> Result<PathBuf> {
    let text = writer.into_inner().map_err(|error| anyhow::anyhow!("a list of images cannot be written: {error}"))?;
    fs_err::create_dir_all(lists)?;
    let path = lists.join(format!("{}.csv", &root[..root.len().min(16)]));
    base::files::write_atomic(&path, &text)?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_hold_a_line_feed_a_comma_and_quotes() {
        let folder = tempfile::tempdir().unwrap();
        let image = |file: &str| Labelled { path: Path::new("/images").join(file), file: file.to_owned(), class: 7 };
        let images = [image("n/a\nb.jpg"), image("n/c,d.jpg"), image("n/\"e\".jpg"), image("n/é.jpg")];
        let list = write(&images, "0123456789abcdef00", folder.path()).unwrap();
        let mut reader = csv::Reader::from_path(list).unwrap();
        let rows: Vec<Vec<String>> =
            reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
        let wanted = images.map(|image| vec![image.path.display().to_string(), image.file, "7".to_owned()]);
        assert_eq!(rows, wanted);
    }

    #[test]
    fn boxes_stand_an_object_a_line() {
        let folder = tempfile::tempdir().unwrap();
        let object = |class, difficult| store::annotated::Object {
            class,
            bounds: [1.0, 2.5, 30.0, 4.0],
            difficult,
            truncated: None,
            occluded: None,
        };
        let image = |id: &str, objects| {
            let annotation = store::annotated::Annotation { file: format!("{id}.jpg"), width: 50, height: 40, objects };
            Annotated { id: id.to_owned(), path: Path::new("/a,b").join(format!("{id}.jpg")), annotation }
        };
        let images = [
            ("train".to_owned(), image("1", vec![object(3, false), object(0, true)])),
            ("test".to_owned(), image("2", Vec::new())),
        ];
        let list = write_annotated(&images, "0123456789abcdef00", folder.path()).unwrap();
        insta::assert_snapshot!(fs_err::read_to_string(list).unwrap(), @r#"
        path,file,list,width,height,class,left,top,right,bottom,difficult
        "/a,b/1.jpg",1.jpg,train,50,40,3,1,2.5,30,4,0
        "/a,b/1.jpg",1.jpg,train,50,40,0,1,2.5,30,4,1
        "/a,b/2.jpg",2.jpg,test,50,40,,,,,,
        "#);
    }
}
