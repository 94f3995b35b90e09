//! Paths that the user named for entries: each must hold something of its entry, before anything is fetched instead.
//!
//! Must not read files: names only. Their bytes are compared with the lock when they are taken.

use std::path::Path;

use spec::lock::{Entry, Lock};

use crate::error::Error;
use crate::extracted;
use crate::obtain::Obtain;
use crate::parts::Parts;
use crate::status::Status;
use crate::store::Store;

/// As many names are told.
const TOLD: usize = 5;

impl Store {
    /// Looks at every path that was named by hand. Names that are in no lock are the caller's to tell.
    ///
    /// # Errors
    /// A path that is not there, a folder with nothing of its entry in it, or with images of which some or the classes are
    /// missing: what was looked for, and what was found.
    pub fn check_given(&self, lock: &Lock) -> Result<(), Error> {
        for (name, path) in &self.options.by_hand {
            let (id, file) = name.split_once('/').map_or((name.as_str(), None), |(id, file)| (id, Some(file)));
            let Some(entry) = lock.entry(id) else { continue };
            if !path.exists() {
                return Err(Error::UserPath {
                    entry: entry.id.clone(),
                    file: file.unwrap_or("*").to_owned(),
                    path: path.clone(),
                    hint: "there is no such file or folder".to_owned(),
                });
            }
            if path.is_dir()
                && let Some(lacks) = self.lacks(entry, path, file.is_none())?
            {
                return Err(Error::NothingThere {
                    entry: entry.id.clone(),
                    path: path.clone(),
                    lacks,
                    wanted: wanted(entry)?,
                    found: found(path),
                });
            }
        }
        Ok(())
    }

    /// What a folder lacks, if it is of no use. `whole`: whether it was named for all of the entry.
    fn lacks(&self, entry: &Entry, path: &Path, whole: bool) -> Result<Option<&'static str>, Error> {
        let last = |file: &str| file.rsplit('/').next().unwrap_or(file).to_owned();
        let file_there = |file: &str| path.join(file).is_file() || path.join(last(file)).is_file();
        let parts = Parts::of(entry)?;
        if let Some(found) = self.extracted(&parts)? {
            return self.status_of_extracted(&parts, &found).map(|_| None);
        }
        let obtain = Obtain::new(&self.options, &self.fetcher, &parts);
        let holds_something = entry.files.iter().any(|file| file_there(&file.path))
            || parts.archives.iter().any(|archive| obtain.has_unpacked_place(archive));
        if !holds_something {
            return Ok(Some("nothing of it"));
        }
        // The development kit alone, for images that are nowhere else either.
        let images = extracted::archive_of_images(&parts).filter(|images| whole && !file_there(&images.file.path));
        let nowhere = images.is_some() && matches!(self.status(entry)?, Status::ByHand { .. });
        Ok(nowhere.then_some("none of its images"))
    }
}

/// The entry's files, the folders that hold what comes out of its archives, and images as people extract them.
fn wanted(entry: &Entry) -> Result<Vec<String>, Error> {
    let name = |file: &spec::lock::File| match &file.unpack {
        // Without pinned contents nobody could tell whether they are all there.
        Some(unpack) if unpack.manifest.is_none() => {
            format!("{} (packed as it was published)", file.path)
        }
        Some(unpack) if unpack.to != "." => format!("{} (or what comes out of it, in {}/)", file.path, unpack.to),
        Some(_) => format!("{} (or what comes out of it)", file.path),
        None => file.path.clone(),
    };
    let extracted = extracted::wanted(&Parts::of(entry)?);
    Ok(told(entry.files.iter().map(name).chain(extracted).collect()))
}

fn found(path: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs_err::read_dir(path)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    if names.is_empty() { vec!["an empty folder".to_owned()] } else { told(names) }
}

fn told(mut names: Vec<String>) -> Vec<String> {
    let more = names.len().saturating_sub(TOLD);
    names.truncate(TOLD);
    if more > 0 {
        names.push(format!("and {more} more"));
    }
    names
}
