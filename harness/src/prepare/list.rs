//! The list of a data set's images, as the runner reads it.
//!
//! Must not look at the images.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use store::Labelled;

/// Writes `path,file,class` for the runner, named by the data's root and by where the files lie.
pub(super) fn write(images: &[Labelled], root: &str, lists: &Path) -> Result<PathBuf> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["path", "file", "class"])?;
    for image in images {
        let path = image.path.to_str().with_context(|| format!("{} is not UTF-8; rename it", image.path.display()))?;
        writer.write_record([path, &image.file, &image.class.to_string()])?;
    }
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
}
