//! Writing one run's record.

use std::fs::TryLockError;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use fs_err::{File, OpenOptions};
use spec::event::Event;
use spec::record::Header;

use super::{EVENTS, HEADER, Run, runs::has_header};
use crate::Error;
use base::files::{folder_of, sync_folder, write_atomic};

/// The open record of a run that is going on. Holds a lock on its events until dropped, so that a reader can tell a
/// run that is going on from one that was killed.
#[derive(Debug)]
pub struct RunWriter {
    dir: PathBuf,
    events: File,
    /// How long the file is with whole lines only.
    whole: u64,
}

impl RunWriter {
    /// Writes the header into the new, empty folder `dir`.
    pub(super) fn begin(dir: PathBuf, header: &Header) -> Result<RunWriter, Error> {
        let events = OpenOptions::new().append(true).create_new(true).open(dir.join(EVENTS))?;
        // A file system without locks costs only the "still going on" of the audit.
        let _ = events.file().try_lock();
        let mut text = serde_json::to_vec_pretty(header).map_err(std::io::Error::from)?;
        text.push(b'\n');
        write_atomic(&dir.join(HEADER), &text)?;
        sync_folder(folder_of(&dir));
        Ok(RunWriter { dir, events, whole: 0 })
    }

    /// Opens the events of an unfinished record to go on with them. A torn last line is cut off.
    pub(super) fn reopen(dir: PathBuf) -> Result<RunWriter, Error> {
        RunWriter::open(dir, |dir, run| if run.is_finished() { Err(Error::Finished(dir.to_owned())) } else { Ok(()) })
    }

    /// Opens the events of a record that has no seal, to close it. A torn last line is cut off.
    fn unsealed(dir: PathBuf) -> Result<RunWriter, Error> {
        RunWriter::open(dir, |dir, run| match (run.is_finished(), &run.seal) {
            (false, _) => Err(Error::Unfinished(dir.to_owned())),
            (true, Some(_)) => Err(Error::Sealed(dir.to_owned())),
            (true, None) => Ok(()),
        })
    }

    /// Opens the events of a record that `may` be written to.
    fn open(dir: PathBuf, may: impl Fn(&Path, &Run) -> Result<(), Error>) -> Result<RunWriter, Error> {
        if !has_header(&dir) {
            return Err(Error::NotARun(dir));
        }
        let mut events = OpenOptions::new().append(true).create(true).open(dir.join(EVENTS))?;
        // Locked before it is read, so that of two processes only one finds the run unfinished and goes on with it.
        if let Err(TryLockError::WouldBlock) = events.file().try_lock() {
            return Err(Error::GoingOn(dir));
        }
        let (run, mut whole) = Run::read(&dir)?;
        may(&dir, &run)?;
        events.set_len(whole)?;
        if whole > 0 && !ends_a_line(&dir, whole)? {
            events.write_all(b"\n")?;
            whole += 1;
        }
        events.sync_all()?;
        Ok(RunWriter { dir, events, whole })
    }

    /// The run's folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Appends one event as one line, and returns when it is on disk. [`Event::Progress`] is for people who watch and
    /// is not kept.
    ///
    /// # Errors
    /// When the disk is full or refuses. What was written before stays whole: half a line is taken back.
    pub fn append(&mut self, event: &Event) -> Result<(), Error> {
        if matches!(event, Event::Progress { .. }) {
            return Ok(());
        }
        let mut line = serde_json::to_vec(event).map_err(std::io::Error::from)?;
        line.push(b'\n');
        if let Err(error) = self.events.write_all(&line).and_then(|()| self.events.sync_data()) {
            // If even this fails, the reader passes over the torn line.
            let _ = self.events.set_len(self.whole);
            return Err(error.into());
        }
        self.whole += line.len() as u64;
        Ok(())
    }

    /// Closes the record of a run that has finished and whose scores are kept: the last line is its seal. Gives the root
    /// hash.
    ///
    /// # Errors
    /// When a file cannot be read, or as [`RunWriter::append`].
    pub fn seal(&mut self) -> Result<String, Error> {
        let seal = super::seal::of(&self.dir, &fs_err::read(self.dir.join(EVENTS))?)?;
        let root = seal.root.clone();
        self.append(&Event::Sealed(seal))?;
        Ok(root)
    }
}

/// Closes the record of a run that finished without a seal, and gives its root hash. Whether it is worth one is the
/// caller's to know.
///
/// # Errors
/// When the run has not finished, has its seal, is still going on in another process, cannot be read, or the disk refuses.
pub fn seal(run: &Run) -> Result<String, Error> {
    RunWriter::unsealed(run.dir.clone())?.seal()
}

/// Whether the last of so many bytes of the events is a line feed.
fn ends_a_line(dir: &Path, whole: u64) -> Result<bool, Error> {
    let mut events = File::open(dir.join(EVENTS))?;
    events.seek(SeekFrom::Start(whole - 1))?;
    let mut last = [0];
    events.read_exact(&mut last)?;
    Ok(last == *b"\n")
}
