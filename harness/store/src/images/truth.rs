//! The labels of a data set without its images, for who only scores.
//!
//! Must fetch no image for them, and must give them in one order wherever they come from.

use std::path::PathBuf;

use spec::lock::{Entry, LabelledImages, Layout, Lock};

use super::labelled;
use crate::error::Error;
use crate::status::Status;
use crate::store::Store;

/// Where the labels of a data set are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Truth {
    /// In a file: CSV with `file,wnid,class`, or JSON with `image_filenames`.
    File(PathBuf),
    /// As the whole set in the store has them, by class and then by file name: the order of a folder a class, in which the
    /// labels without images stand too.
    Classes(Vec<(String, u32)>),
}

/// The labels of a data set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels {
    /// Where they are.
    pub truth: Truth,
    /// What pins them: the root hash of the entry or file that they come from.
    pub root: String,
    /// Examples that must be there.
    pub count: u64,
    /// Classes.
    pub classes: u32,
    /// What went wrong on the way.
    pub warnings: Vec<String>,
}

impl Store {
    /// The labels of `data`: of the whole set where that is in the store, else of the entry of the lock that holds them
    /// without the images, else of the set's own `labels.csv`, which alone is fetched.
    ///
    /// # Errors
    /// The set has no labelled images, has them packed, or what holds the labels cannot be had; see [`Store::ensure`].
    pub fn labels(&self, lock: &Lock, data: &Entry) -> Result<Labels, Error> {
        let none = |why: &str| Error::NoLabels { entry: data.id.clone(), reason: why.to_owned() };
        let images = data.images.as_ref().ok_or_else(|| none("it is no set of labelled images"))?;
        let made = |truth, fetched: crate::Fetched| Labels {
            truth,
            root: fetched.root,
            count: images.count,
            classes: images.classes,
            warnings: fetched.warnings,
        };
        match images.layout {
            Layout::Packed => Err(none("it holds them packed together with the images")),
            Layout::LabelsCsv => {
                let file =
                    data.files.iter().find(|file| file.path == "labels.csv" || file.path.ends_with("/labels.csv"));
                let fetched = match file {
                    Some(file) if file.unpack.is_none() => self.ensure_file(data, &file.path)?,
                    _ => self.ensure(data)?,
                };
                let csv =
                    fetched.files.iter().find(|file| file.path == "labels.csv" || file.path.ends_with("/labels.csv"));
                let path = csv.map(|csv| fetched.dir.join(&csv.path)).ok_or_else(|| none("it has no labels.csv"))?;
                Ok(made(Truth::File(path), fetched))
            }
            Layout::CifarBinary => {
                let fetched = self.ensure(data)?;
                Ok(made(Truth::Classes(in_order(&fetched, images)?), fetched))
            }
            Layout::IlsvrcVal => {
                let here = matches!(self.status(data)?, Status::Present { .. });
                match lock.labels_of(&data.id) {
                    Some((entry, file)) if !here => {
                        let fetched = self.ensure_file(entry, file)?;
                        Ok(made(Truth::File(fetched.dir.join(file)), fetched))
                    }
                    _ => {
                        let fetched = self.ensure(data)?;
                        Ok(made(Truth::Classes(by_class(&fetched, images)?), fetched))
                    }
                }
            }
        }
    }
}

fn in_order(fetched: &crate::Fetched, images: &LabelledImages) -> Result<Vec<(String, u32)>, Error> {
    Ok(labelled(fetched, images)?.into_iter().map(|image| (image.file, image.class)).collect())
}

fn by_class(fetched: &crate::Fetched, images: &LabelledImages) -> Result<Vec<(String, u32)>, Error> {
    let mut all = in_order(fetched, images)?;
    all.sort_by(|(a, one), (b, other)| one.cmp(other).then_with(|| a.cmp(b)));
    Ok(all)
}
