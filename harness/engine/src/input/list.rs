//! The list of labelled images: a CSV file `path,file,class`.
//!
//! Must not open the images.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// The first line.
const HEADER: [&str; 3] = ["path", "file", "class"];

/// One labelled image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The file to open.
    pub path: PathBuf,
    /// Its name in the data set.
    pub file: String,
    /// The true class.
    pub class: u32,
}

/// The pictures that lie in a folder, by name; their class is 0, since nothing says it.
///
/// # Errors
/// A folder that cannot be read.
pub fn pictures_in(folder: &Path) -> Result<Vec<Item>> {
    let unreadable = |error: std::io::Error| Error::Input(error.to_string());
    let mut items = Vec::new();
    for entry in fs_err::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let suffix = path.extension().map(|suffix| suffix.to_ascii_lowercase()).unwrap_or_default();
        if ["png", "jpg", "jpeg"].iter().any(|known| suffix == *known) {
            let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            items.push(Item { path, file, class: 0 });
        }
    }
    items.sort_by(|a, b| a.file.cmp(&b.file));
    Ok(items)
}

/// Reads a list.
///
/// # Errors
/// A line that cannot be used, by number; an empty list.
pub fn read(path: &Path) -> Result<Vec<Item>> {
    super::read_lines(path, parse)
}

fn parse(text: &str) -> std::result::Result<Vec<Item>, (u64, String)> {
    let mut lines =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes()).into_records();
    let header = lines.next().and_then(std::result::Result::ok);
    if header.is_none_or(|header| header != HEADER[..]) {
        return Err((1, format!("the first line must be `{}`", HEADER.join(","))));
    }
    let mut items = Vec::new();
    for record in lines {
        let record = record.map_err(|error| (error.position().map_or(1, csv::Position::line), error.to_string()))?;
        let number = record.position().map_or(1, csv::Position::line);
        let [path, file, class] = record.iter().collect::<Vec<_>>()[..] else {
            return Err((number, format!("expected three fields `{}`", HEADER.join(","))));
        };
        let class = class.parse().map_err(|_| (number, format!("the class `{class}` is not a number of 0 or more")))?;
        items.push(Item { path: path.into(), file: file.to_owned(), class });
    }
    if items.is_empty() { Err((1, "the list names no image".to_owned())) } else { Ok(items) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_fields_hold_commas_and_quotes() {
        let items = parse("path,file,class\n\"/a,b/\"\"c\"\".jpg\",\"x,y.jpg\",7\n/d.png,d.png,0\n").unwrap();
        assert_eq!(items[0], Item { path: "/a,b/\"c\".jpg".into(), file: "x,y.jpg".to_owned(), class: 7 });
        assert_eq!(items[1].class, 0);
    }

    #[test]
    fn a_bad_line_is_named() {
        assert_eq!(parse("").unwrap_err().0, 1);
        assert_eq!(parse("path,file,class\n").unwrap_err().1, "the list names no image");
        assert_eq!(parse("path,file,class\na,b,1\na,b\n").unwrap_err().0, 3);
        assert!(parse("path,file,class\na,b,-1\n").unwrap_err().1.contains("`-1`"));
    }
}
