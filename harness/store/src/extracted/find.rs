//! Finding the images of a set by their names: a folder a class, or all in one folder.
//!
//! Must not open a file, and must pass nothing over without counting it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use base::words::{count, thousands};
use spec::lock::LabelledImages;

use crate::error::{At, Error};
use crate::images::{ilsvrc, walk};

/// What macOS and others leave beside files.
pub(crate) const HIDDEN: &str = "hidden files";
/// As many names are told.
const TOLD: usize = 3;

/// Images of a set in a folder.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// What the user named.
    pub(crate) named: PathBuf,
    /// That folder or one below it, in which they lie.
    pub(crate) folder: PathBuf,
    /// Path relative to the folder, by the image's number.
    pub(crate) images: BTreeMap<u64, String>,
    /// Whether they lie in a folder a class.
    pub(crate) by_class: bool,
    /// What else lies there, counted by reason.
    pub(crate) passed_over: BTreeMap<String, u64>,
    /// The wnids that folders with images are named by.
    pub(crate) wnids: BTreeSet<String>,
    /// Images in no such folder.
    loose: u64,
    /// Two paths of one number.
    twice: Vec<[String; 2]>,
}

/// The wnid of the folder that holds an image.
pub(super) fn wnid(path: &str) -> Option<&str> {
    Some(path.split_once('/')?.0)
}

/// Looks at the names in a folder. Files of the `known` names are the entry's own.
pub(super) fn look(named: &Path, folder: &Path, known: &[&str]) -> Result<Found, Error> {
    let mut found = Found { named: named.to_path_buf(), folder: folder.to_path_buf(), ..Found::default() };
    found.folder(folder, None, known)?;
    found.by_class = found.loose == 0;
    Ok(found)
}

impl Found {
    /// `within`: the folder of a class.
    fn folder(&mut self, dir: &Path, within: Option<&str>, known: &[&str]) -> Result<(), Error> {
        for item in fs_err::read_dir(dir).at(dir)? {
            let item = item.at(dir)?;
            let Ok(name) = item.file_name().into_string() else {
                self.pass_over("files whose names are not UTF-8");
                continue;
            };
            let mut kind = item.file_type().at(item.path())?;
            if name.starts_with('.') {
                self.pass_over(HIDDEN);
                continue;
            }
            if kind.is_symlink() {
                let Ok(facts) = fs_err::metadata(item.path()) else {
                    self.pass_over("links that lead nowhere");
                    continue;
                };
                kind = facts.file_type();
            }
            match (kind.is_dir(), within) {
                (true, None) if ilsvrc::is_wnid(&name) => self.folder(&item.path(), Some(&name), known)?,
                // Training images, annotations, the development kit: other things may lie beside the set.
                (true, None) => {}
                (true, Some(_)) => self.pass_over("folders within the folders of classes"),
                (false, _) => self.file(name, within, known),
            }
        }
        Ok(())
    }

    fn file(&mut self, name: String, within: Option<&str>, known: &[&str]) {
        let Some(number) = ilsvrc::number_in(&name) else {
            if !known.contains(&name.as_str()) {
                self.pass_over(&format!("{} of other names", walk::kind(&name)));
            }
            return;
        };
        match within {
            Some(wnid) => {
                if !self.wnids.contains(wnid) {
                    self.wnids.insert(wnid.to_owned());
                }
            }
            None => self.loose += 1,
        }
        let path = within.map_or_else(|| name.clone(), |wnid| format!("{wnid}/{name}"));
        if let Some(other) = self.images.insert(number, path.clone()) {
            self.twice.push([other, path]);
        }
    }

    fn pass_over(&mut self, reason: &str) {
        *self.passed_over.entry(reason.to_owned()).or_default() += 1;
    }

    /// That the set is whole, each image is there once, and there are as many classes as the lock says.
    pub(super) fn check(&self, entry: &str, wanted: &LabelledImages) -> Result<(), Error> {
        let mut problems = Vec::new();
        let missing: Vec<u64> = (1..=wanted.count).filter(|number| !self.images.contains_key(number)).collect();
        if !missing.is_empty() {
            let names = told(&missing, |number| ilsvrc::name_of(*number));
            let are = if missing.len() == 1 { "is" } else { "are" };
            problems.push(format!("{} {are} missing: {names}", thousands(missing.len() as u64)));
        }
        let beyond: Vec<&String> = self
            .images
            .iter()
            .filter(|(number, _)| !(1..=wanted.count).contains(number))
            .map(|(_, path)| path)
            .collect();
        if !beyond.is_empty() {
            let are = if beyond.len() == 1 { "is none" } else { "are none" };
            let names = told(&beyond, |path| (*path).clone());
            problems.push(format!("{} {are} of the set: {names}", thousands(beyond.len() as u64)));
        }
        if !self.twice.is_empty() {
            let are = if self.twice.len() == 1 { "is" } else { "are" };
            let names = told(&self.twice, |paths| paths.join(" and "));
            problems.push(format!("{} {are} there twice: {names}", thousands(self.twice.len() as u64)));
        }
        if self.loose > 0 && !self.wnids.is_empty() {
            problems.push(format!("{} of them lie in no folder of a class", thousands(self.loose)));
        } else if self.by_class && self.wnids.len() != wanted.classes as usize {
            problems.push(format!("the set has {} classes", thousands(wanted.classes.into())));
        }
        if problems.is_empty() {
            return Ok(());
        }
        let folders = match self.wnids.len() {
            0 => "in one folder".to_owned(),
            many => format!("in {}", count(many, "folder of a class", "folders of classes")),
        };
        let others = match self.passed_over.is_empty() {
            true => String::new(),
            false => format!("; beside them: {}", base::words::by_reason(&self.passed_over)),
        };
        let reason = format!(
            "the {} images of {entry} were looked for, {} to {}, in a folder a class or all in one; found {} {folders}{others}. {}. Put that right (extract the archive again); a part of the set is run by --images DIR",
            thousands(wanted.count),
            ilsvrc::name_of(1),
            ilsvrc::name_of(wanted.count),
            thousands(self.images.len() as u64),
            problems.join("; "),
        );
        Err(Error::Text { path: self.folder.clone(), line: None, reason })
    }
}

/// The first of them, and how many more there are.
fn told<T>(all: &[T], name: impl Fn(&T) -> String) -> String {
    let mut names: Vec<String> = all.iter().take(TOLD).map(name).collect();
    if all.len() > TOLD {
        names.push(format!("and {} more", thousands((all.len() - TOLD) as u64)));
    }
    names.join(", ")
}
