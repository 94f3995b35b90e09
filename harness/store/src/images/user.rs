//! A user's own labelled images: a folder with `labels.csv`, or with a folder a wnid.
//!
//! Must list everything that is wrong at once, and before anything is predicted.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use super::Labelled;
use super::labels::{self, Wnids};
use super::walk::{LABELS, Walked, is_picture, walk};
use crate::error::{At, Error};
use crate::manifest::Listing;

/// A user's labelled images.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserImages {
    /// The folder's name.
    pub name: String,
    /// SHA-256 over the manifest of the pictures and the labels.
    pub root: String,
    /// The pictures, sorted by file.
    pub items: Vec<Labelled>,
    /// What else lies in the folder and was passed over, counted by reason: `hidden files`, `.webp files`.
    pub passed_over: BTreeMap<String, u64>,
}

/// Reads a user's folder of labelled images.
///
/// `dir` holds either `labels.csv` (`file,wnid,class`, paths relative to `dir`; wnid or class may be empty, both must
/// agree) or a folder for each wnid (or a link to one) with its pictures in it, below folders of their own too. Pictures are what ends in
/// `.jpg`, `.jpeg`, `.jpe`, `.jfif`, `.png` or `.apng` and is not hidden. `wnids` are those of all classes, sorted: the place
/// is the class.
///
/// # Errors
/// [`Error::Labels`] with every unknown wnid (and the nearest known one), class out of range, missing file, picture
/// without a row and double row, each with its line; or no pictures at all.
pub fn user_images<S: AsRef<str>>(dir: &Path, wnids: &[S]) -> Result<UserImages, Error> {
    if !fs_err::metadata(dir).at(dir)?.is_dir() {
        return Err(Error::Text {
            path: dir.to_path_buf(),
            line: None,
            reason: "a folder of labelled images is wanted".to_owned(),
        });
    }
    let known = Wnids::new(wnids);
    let mut problems = Vec::new();
    let csv = dir.join(LABELS);
    let with_csv = csv.is_file();
    let rows = if with_csv { labels::read(&csv)? } else { Vec::new() };
    let mentioned: HashSet<String> = rows.iter().filter_map(|row| crate::fs::safe_relative(&row.file).ok()).collect();
    let Walked { files, passed_over } = walk(dir, &mentioned)?;
    let pictures: Vec<&String> = files.iter().filter(|file| is_picture(file)).collect();
    let classes = if with_csv {
        let exists = |file: &str| dir.join(file).is_file();
        let found = labels::classes(&rows, "labels.csv", &known, wnids.len() as u32, exists, &mut problems);
        let unlabelled = pictures.iter().filter(|file| !mentioned.contains(file.as_str()));
        problems.extend(unlabelled.map(|file| format!("{file}: labels.csv has no row for it")));
        found
    } else {
        by_folder(&pictures, &known, &mut problems)
    };
    if classes.is_empty() && problems.is_empty() {
        problems.push(match with_csv {
            true => "labels.csv has no rows".to_owned(),
            false => {
                let others = base::words::by_reason(&passed_over);
                let told = if others.is_empty() { String::new() } else { format!("; passed over: {}", others) };
                format!("no images: neither a labels.csv nor a folder a wnid with JPEG or PNG files in it{told}")
            }
        });
    }
    if !problems.is_empty() {
        return Err(Error::Labels { dir: dir.to_path_buf(), problems });
    }
    let mut hashed: Vec<String> = classes.keys().cloned().collect();
    if with_csv {
        hashed.push(LABELS.to_owned());
    }
    let root = Listing::of_files(dir, &hashed)?.root();
    let whole = fs_err::canonicalize(dir).at(dir)?;
    let name = whole.file_name().map_or_else(|| "images".to_owned(), |name| name.to_string_lossy().into_owned());
    let items = classes.into_iter().map(|(file, class)| Labelled { path: dir.join(&file), file, class }).collect();
    Ok(UserImages { name, root, items, passed_over })
}

impl UserImages {
    /// Takes the images at these places out, counted for that reason; what pins the rest is computed again.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn leave_out(&mut self, dir: &Path, places: &[usize], reason: &str) -> Result<(), Error> {
        let mut place = 0;
        self.items.retain(|_| {
            place += 1;
            !places.contains(&(place - 1))
        });
        *self.passed_over.entry(reason.to_owned()).or_default() += places.len() as u64;
        let mut hashed: Vec<String> = self.items.iter().map(|item| item.file.clone()).collect();
        if dir.join(LABELS).is_file() {
            hashed.push(LABELS.to_owned());
        }
        self.root = Listing::of_files(dir, &hashed)?.root();
        Ok(())
    }
}

/// Pictures below a folder that is named as their wnid.
fn by_folder(pictures: &[&String], known: &Wnids<'_>, problems: &mut Vec<String>) -> BTreeMap<String, u32> {
    let mut found = BTreeMap::new();
    let mut told = Vec::new();
    for file in pictures {
        let Some((wnid, _)) = file.split_once('/') else {
            problems.push(format!("{file}: it lies in no folder named as a wnid, and there is no labels.csv"));
            continue;
        };
        match known.class(wnid) {
            Ok(class) => {
                found.insert((*file).clone(), class);
            }
            Err(text) if !told.contains(&wnid) => {
                told.push(wnid);
                problems.push(format!("{wnid}/: {text}"));
            }
            Err(_) => {}
        }
    }
    found
}
