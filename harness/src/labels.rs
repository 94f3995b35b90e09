//! The truth of a data set for who has predictions and no images.
//!
//! Must not read labels: the store finds them, the task makes sense of them.

use std::path::Path;

use anyhow::{Context as _, Result};
use replications::classes::{Class, classes};
use results::references::Truth;
use results::{References, import};
use spec::lock::{Entry, Lock};
use store::{Progress, Store};

/// The truth of a data set of the lock, and the root hash of what holds it.
pub(crate) fn of_entry(store: &Store, lock: &Lock, data: &Entry, progress: &Progress) -> Result<(References, String)> {
    if let Some(file) = &data.annotations {
        let fetched = store.ensure_file(data, file)?;
        for warning in &fetched.warnings {
            progress.warn(warning);
        }
        let path = fetched.dir.join(file);
        let bytes = fs_err::read(&path)?;
        return Ok((References { name: data.id.clone(), ..References::file(path, bytes) }, fetched.root));
    }
    let labels = store.labels(lock, data)?;
    for warning in &labels.warnings {
        progress.warn(warning);
    }
    let truth = match labels.truth {
        store::Truth::File(path) => Truth::File { bytes: fs_err::read(&path)?, path },
        store::Truth::Classes(all) => {
            let (files, classes): (Vec<String>, Vec<u32>) = all.into_iter().unzip();
            Truth::Classes { files: Some(files), classes, order: "by class, then by file name".to_owned() }
        }
    };
    let references = References {
        name: data.id.clone(),
        truth,
        class_names: class_names(labels.classes),
        classes: Some(labels.classes),
        count: Some(labels.count),
    };
    Ok((references, labels.root))
}

/// The truth in a file that the user has.
pub(crate) fn of_file(path: &Path) -> Result<References> {
    let (path, bytes) = import::open(path).context("the references cannot be read")?;
    Ok(References { class_names: names(classes()), ..References::file(path, bytes) })
}

/// The names of all classes, for a set that has just these.
fn class_names(count: u32) -> Vec<String> {
    let all = classes();
    if all.len() == count as usize { names(all) } else { Vec::new() }
}

fn names(all: &[Class]) -> Vec<String> {
    all.iter().map(|class| class.wnid.to_owned()).collect()
}
