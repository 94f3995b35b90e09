//! The folder that holds all runs.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use spec::record::Header;

use super::{EVENTS, HEADER, Run, RunWriter, id};
use crate::Error;

/// The folder that holds all runs, one folder each.
#[derive(Debug, Clone)]
pub struct Runs {
    folder: PathBuf,
}

/// Everything that lies in the folder, oldest first.
#[derive(Debug, Default)]
pub struct Listing {
    /// The runs, by time and then by id.
    pub runs: Vec<Run>,
    /// Folders that could not be read, by name.
    pub unreadable: Vec<Unreadable>,
    /// Folders that are no run's, by name.
    pub foreign: Vec<PathBuf>,
}

impl Listing {
    fn open(&mut self, dir: PathBuf) {
        match Run::open(&dir) {
            Ok(run) => self.runs.push(run),
            Err(error) => self.unreadable.push(Unreadable { paper: paper_of(&dir), dir, error }),
        }
    }
}

/// A folder that is there but is not a readable run.
#[derive(Debug)]
pub struct Unreadable {
    /// The folder.
    pub dir: PathBuf,
    /// The paper, where the header tells so much.
    pub paper: Option<String>,
    /// Why, and what to do.
    pub error: Error,
}

/// The paper that the header in that folder names, whatever else is wrong there.
fn paper_of(dir: &Path) -> Option<String> {
    let header: serde_json::Value = serde_json::from_slice(&fs_err::read(dir.join(HEADER)).ok()?).ok()?;
    Some(header.get("paper")?.as_str()?.to_owned())
}

/// What a folder is called; nothing for one without a name of its own.
pub(crate) fn folder_name(dir: &Path) -> String {
    dir.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

impl Unreadable {
    /// The run, by its folder's name.
    #[must_use]
    pub fn run(&self) -> String {
        folder_name(&self.dir)
    }
}

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Every error of reading a run names its folder or a file in it.
        self.error.fmt(f)
    }
}

impl Runs {
    /// The store in that folder, which need not exist yet.
    #[must_use]
    pub fn at(folder: impl Into<PathBuf>) -> Runs {
        Runs { folder: folder.into() }
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folder that a run of that id has or would have.
    #[must_use]
    pub fn dir(&self, run: &str) -> PathBuf {
        self.folder.join(run)
    }

    /// Makes a new run's folder with its header in it. When this returns, the header is on disk.
    ///
    /// # Errors
    /// When the id is taken or cannot be a folder's name, or the disk refuses.
    pub fn create(&self, header: &Header) -> Result<RunWriter, Error> {
        if !id::is_valid(&header.run) {
            return Err(Error::BadRunId(header.run.clone()));
        }
        fs_err::create_dir_all(&self.folder)?;
        let dir = self.dir(&header.run);
        // Not create_dir_all: making the folder is what keeps two processes apart.
        match fs_err::create_dir(&dir) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(Error::Exists(dir)),
            made => made?,
        }
        RunWriter::begin(dir, header)
    }

    /// Opens the record of a run that did not finish, to go on with it: the next event follows its last whole line.
    /// Whether the run can go on (its kind of failure, its checkpoints) is the caller's to know.
    ///
    /// # Errors
    /// When the run has finished, is still going on in another process, cannot be read, or the disk refuses.
    pub fn reopen(&self, run: &str) -> Result<RunWriter, Error> {
        if !id::is_valid(run) {
            return Err(Error::BadRunId(run.to_owned()));
        }
        RunWriter::reopen(self.dir(run))
    }

    /// Opens one run by its id.
    ///
    /// # Errors
    /// As [`Run::open`].
    pub fn open(&self, run: &str) -> Result<Run, Error> {
        if !id::is_valid(run) {
            return Err(Error::BadRunId(run.to_owned()));
        }
        Run::open(&self.dir(run))
    }

    /// Every run, oldest first. A run's own folder holds that run; a folder that does not exist holds none. Hidden folders
    /// are passed over, and so are folders with neither a header nor events: they are somebody else's.
    ///
    /// # Errors
    /// When the folder itself cannot be read. A run that cannot be read is in [`Listing::unreadable`].
    pub fn list(&self) -> Result<Listing, Error> {
        let mut listing = Listing::default();
        if is_a_run(&self.folder) {
            // `.` has no name, and a run's folder is called as the run.
            listing.open(fs_err::canonicalize(&self.folder)?);
            return Ok(listing);
        }
        let entries = match fs_err::read_dir(&self.folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(listing),
            entries => entries?,
        };
        for entry in entries {
            let dir = entry?.path();
            let hidden = dir.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
            if hidden || !dir.is_dir() {
                continue;
            }
            if is_a_run(&dir) { listing.open(dir) } else { listing.foreign.push(dir) }
        }
        listing.foreign.sort();
        listing.runs.sort_by(|a, b| (&a.header.time, &a.header.run).cmp(&(&b.header.time, &b.header.run)));
        listing.unreadable.sort_by(|a, b| a.dir.cmp(&b.dir));
        Ok(listing)
    }

    /// The runs of one paper that could be read, oldest first, and the folders that could not.
    ///
    /// # Errors
    /// As [`Runs::list`].
    pub fn of_paper(&self, paper: &str) -> Result<Listing, Error> {
        let mut listing = self.list()?;
        listing.runs.retain(|run| run.header.paper == paper);
        Ok(listing)
    }
}

/// Whether that folder holds a run's record, or what is left of one.
fn is_a_run(dir: &Path) -> bool {
    has_header(dir) || dir.join(EVENTS).is_file()
}

/// Whether there is a header in that folder.
pub(super) fn has_header(dir: &Path) -> bool {
    dir.join(HEADER).is_file()
}
