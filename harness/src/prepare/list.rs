//! The list of a data set's images, as the runner reads it.
//!
//! Must not look at the images.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use store::Labelled;

/// Writes `path,file,class` for the runner, named by the data's root and by where the files lie.
pub(super) fn write(images: &[Labelled], root: &str, lists: &Path) -> Result<PathBuf> {
    let mut text = "path,file,class\n".to_owned();
    for image in images {
        let path = image.path.to_str().with_context(|| format!("{} is not UTF-8; rename it", image.path.display()))?;
        writeln!(text, "{},{},{}", quoted(path), quoted(&image.file), image.class)?;
    }
    fs_err::create_dir_all(lists)?;
    let path = lists.join(format!("{}.csv", &root[..root.len().min(16)]));
    store::fs::write_atomic(&path, text.as_bytes())?;
    Ok(path)
}

fn quoted(field: &str) -> String {
    if field.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}
