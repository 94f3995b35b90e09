//! Records of the format before this one, written again in today's: outcomes packed, the true classes of a set kept once,
//! probabilities with the digits that matter, no answers on training sets that nobody claims anything about.
//!
//! A record is written whole beside the old one and then takes its place, so that a stopped migration leaves one or the
//! other. Must not change what a score comes to.

mod outcomes;

use std::collections::BTreeMap;
use std::path::Path;

use base::files::write_atomic;
use spec::event::{Event, Outcomes};
use spec::metric::Metric;
use spec::record::{FORMAT, Header};

use crate::rescore::{self, FileScores};
use crate::store::{self, EVENTS, HEADER, LOG, Run, Runs, SCORES};
use crate::{Error, Problem};

/// A record that is being written, beside the old one.
const NEW: &str = ".migrating-";
/// An old record whose place the new one takes.
const ASIDE: &str = ".migrated-";

/// What became of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migrated {
    /// The run's id.
    pub run: String,
    /// Bytes of all its files before.
    pub before: u64,
    /// Bytes of all its files now.
    pub after: u64,
    /// Files of answers on training sets that were left out.
    pub left_out: Vec<String>,
    /// Other files that were in its folder, of which the record says nothing: they are gone.
    pub not_carried: Vec<String>,
}

/// What became of a folder of records.
#[derive(Debug, Default)]
pub struct Migration {
    /// Records that were written again.
    pub migrated: Vec<Migrated>,
    /// Records that could not be read or written again: each is as it was.
    pub problems: Vec<Problem>,
}

/// Migrates every finished record of an older format in a folder; `is_claimed` says whether a claim is about the errors
/// that a network makes on its training set. A record that cannot be read or written again costs itself alone.
///
/// # Errors
/// The folder cannot be read, or what a killed migration left cannot be put right.
pub fn migrate(folder: &Path, is_claimed: &dyn Fn(&str, &str) -> bool) -> Result<Migration, Error> {
    recover(folder)?;
    let listing = Runs::at(folder).list()?;
    let mut all =
        Migration { problems: listing.unreadable.iter().map(Problem::from).collect(), ..Migration::default() };
    for run in listing.runs.iter().filter(|run| run.header.format < FORMAT && run.is_finished()) {
        match one(folder, run, is_claimed) {
            Ok(done) => all.migrated.push(done),
            Err(error) => {
                all.problems.push(Problem::of(run, error.to_string()));
                let new = folder.join(format!("{NEW}{}", run.id()));
                // Where the old one is in its place, what was begun beside it is of no use.
                if run.dir.is_dir() && new.is_dir() {
                    fs_err::remove_dir_all(new)?;
                }
            }
        }
    }
    Ok(all)
}

/// Before a record takes the old one's place it is whole; before that the old one is where it was. Finishes what a killed
/// migration left of either.
fn recover(folder: &Path) -> Result<(), Error> {
    let mut left = Vec::new();
    for entry in fs_err::read_dir(folder)? {
        left.push(entry?.path());
    }
    // Those that were moved aside come first: the new record is still beside them.
    for prefix in [ASIDE, NEW] {
        for path in &left {
            let Some(run) = path.file_name().and_then(|name| name.to_str()?.strip_prefix(prefix)) else { continue };
            let (dir, new) = (folder.join(run), folder.join(format!("{NEW}{run}")));
            if prefix == ASIDE && !dir.exists() {
                let whole = if new.is_dir() { &new } else { path };
                fs_err::rename(whole, &dir)?;
            }
            if path.exists() {
                fs_err::remove_dir_all(path)?;
            }
        }
    }
    Ok(())
}

fn one(folder: &Path, run: &Run, is_claimed: &dyn Fn(&str, &str) -> bool) -> Result<Migrated, Error> {
    let new = folder.join(format!("{NEW}{}", run.id()));
    fs_err::create_dir(&new)?;
    let mut migrated = Migrated {
        run: run.id().to_owned(),
        before: size(&run.dir)?,
        after: 0,
        left_out: Vec::new(),
        not_carried: Vec::new(),
    };
    let wanted = |file: &Outcomes| {
        file.metrics.first() != Some(&Metric::TRAINING_ERROR) || is_claimed(&run.header.paper, &file.network)
    };
    let mut files = BTreeMap::new();
    for file in &run.outcomes {
        if wanted(file) {
            files.insert(file.file.clone(), outcomes::rewrite(run, file, &new)?);
        } else {
            migrated.left_out.push(file.file.clone());
        }
    }
    let header = Header { format: FORMAT, ..run.header.clone() };
    let mut text = serde_json::to_vec_pretty(&header).map_err(std::io::Error::from)?;
    text.push(b'\n');
    write_atomic(&new.join(HEADER), &text)?;
    write_atomic(&new.join(EVENTS), &events(run, &files)?)?;
    copy_the_rest(run, &new)?;
    migrated.not_carried = not_carried(run, &new)?;
    let again = Run::open_unsealed(&new)?;
    let scores = again.outcomes.iter().map(|file| FileScores::of(&again, file)).collect::<Result<Vec<_>, _>>()?;
    if !scores.is_empty() {
        write_atomic(&new.join(SCORES), &rescore::text(&scores)?)?;
    }
    store::seal(&again)?;
    let aside = folder.join(format!("{ASIDE}{}", run.id()));
    fs_err::rename(&run.dir, &aside)?;
    fs_err::rename(&new, &run.dir)?;
    fs_err::remove_dir_all(&aside)?;
    migrated.after = size(&run.dir)?;
    Ok(migrated)
}

/// The story, its outcomes as they are now. What it says of files that were announced again is said once.
fn events(run: &Run, files: &BTreeMap<String, Outcomes>) -> Result<Vec<u8>, Error> {
    let mut text = Vec::new();
    let mut told = Vec::new();
    for line in fs_err::read(run.dir.join(EVENTS))?.split_inclusive(|byte| *byte == b'\n') {
        let value: serde_json::Value = match serde_json::from_slice(line) {
            Ok(value) => value,
            // A torn last line, as a crash leaves it.
            Err(_) => continue,
        };
        // The new record gets its own.
        if value["event"] == "sealed" {
            continue;
        }
        if matches!(value["event"].as_str(), Some("outcomes" | "predictions")) {
            let name = value["file"].as_str().unwrap_or_default().to_owned();
            if let Some(file) = files.get(&name).filter(|_| !told.contains(&name)) {
                let event = Event::Outcomes(Box::new(file.clone()));
                serde_json::to_writer(&mut text, &event).map_err(std::io::Error::from)?;
                text.push(b'\n');
                told.push(name);
            }
            continue;
        }
        text.extend_from_slice(line.trim_ascii_end());
        text.push(b'\n');
    }
    Ok(text)
}

/// Curves, pictures and the log, as they are.
fn copy_the_rest(run: &Run, new: &Path) -> Result<(), Error> {
    let announced = run.curves.iter().map(|curve| &curve.file).chain(run.pictures.iter().map(|picture| &picture.file));
    for name in announced.map(String::as_str).chain([LOG]) {
        let from = run.dir.join(name);
        if from.is_file() {
            fs_err::copy(&from, new.join(name))?;
        }
    }
    Ok(())
}

/// What is in the old record's folder and neither in the new one's nor told by its outcomes.
fn not_carried(run: &Run, new: &Path) -> Result<Vec<String>, Error> {
    let told = |name: &str| {
        let is_of = |file: &Outcomes| file.file == name || file.examples.as_ref().is_some_and(|one| one.file == name);
        name == SCORES || run.outcomes.iter().any(is_of)
    };
    let mut names = Vec::new();
    for entry in fs_err::read_dir(&run.dir)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if !new.join(&name).exists() && !told(&name) {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

fn size(folder: &Path) -> Result<u64, Error> {
    let mut bytes = 0;
    for entry in fs_err::read_dir(folder)? {
        bytes += entry?.metadata()?.len();
    }
    Ok(bytes)
}
