//! What can go wrong with records on disk, in sentences that say where and what to do.
//!
//! Must not be used for a damaged value inside a good record: that is a note or an audit finding.

use std::path::PathBuf;

/// Why records could not be read, written or scored.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder could not be read or written: what the system said, with the path.
    #[error("{0}; see that it is there and may be read and written, and that the disk is not full")]
    Io(String),
    /// A run folder of that name is there already.
    #[error("{}: a run of this name is there already and is never overwritten; start again for a new run id", .0.display())]
    Exists(PathBuf),
    /// A name that cannot be a folder's.
    #[error("`{0}` cannot be a run's id: use letters, digits, `-`, `_`, `.` and `+`, and begin with a letter or digit")]
    BadRunId(String),
    /// A folder that is not a run's.
    #[error("{}: no plan.json here, so this is not a run's folder or its run was killed before it began", .0.display())]
    NotARun(PathBuf),
    /// A record of another version of this project.
    #[error("{}: record format {found}, this build reads format {known} and the one before; use the version of this project that wrote it", .path.display())]
    Format {
        /// The plan's file.
        path: PathBuf,
        /// What it says.
        found: u32,
        /// What this build knows.
        known: u32,
    },
    /// A file that is not what it should be.
    #[error("{}{}: {message}; the file was changed or damaged, so move this run's folder away", .path.display(), at(*.line))]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1; 0 for the whole file.
        line: usize,
        /// What is wrong with it.
        message: String,
    },
    /// Outcomes of a task that this build does not have.
    #[error("{}: outcomes of the task `{task}`, which this build does not know; use a version of this project that does", .path.display())]
    UnknownTask {
        /// The file.
        path: PathBuf,
        /// The task.
        task: String,
    },
    /// The bytes are not those that the record names.
    #[error("{}: SHA-256 is {found}, the record says {recorded}; the file was changed, so move this run's folder away", .path.display())]
    Hash {
        /// The file.
        path: PathBuf,
        /// The hash of the bytes that are there.
        found: String,
        /// The hash in the record.
        recorded: String,
    },
    /// A record that is not the one that its seal was made for.
    #[error("{}: SHA-256 is {found}, the seal in line {line} of the events says {recorded}; the record was changed after it was closed, so move this run's folder away", .path.display())]
    Seal {
        /// The header's or the events' file.
        path: PathBuf,
        /// The hash of the bytes that are there.
        found: String,
        /// The hash in the seal.
        recorded: String,
        /// The seal's line, from 1.
        line: usize,
    },
    /// A finished record without its last line.
    #[error("{}: the run finished, and the seal that is its last line is not there: the record was changed, everything was killed just then, or an older version made it; `harness records seal` looks at it and seals it", .0.display())]
    NoSeal(PathBuf),
    /// Lines are missing or too many.
    #[error("{}: {found} examples, the record says {recorded}; the file was changed, so move this run's folder away", .path.display())]
    Count {
        /// The file.
        path: PathBuf,
        /// Lines that are there.
        found: u64,
        /// Lines in the record.
        recorded: u64,
    },
    /// A file that somebody gave to be scored, or to score by, and that makes no sense.
    #[error("{}{}: {message}", .path.display(), .line.map_or(String::new(), |line| format!(", line {line}")))]
    Given {
        /// The file.
        path: PathBuf,
        /// The line, from 1, where it has lines.
        line: Option<usize>,
        /// What is wrong with it, and what to do.
        message: String,
    },
    /// A run that has done all it was to do.
    #[error("{}: this run has finished, so there is nothing to resume; start a new one", .0.display())]
    Finished(PathBuf),
    /// A run that has not come to its end.
    #[error("{}: this run has not finished, and only what has is sealed; go on with it (`--resume`) or leave it", .0.display())]
    Unfinished(PathBuf),
    /// A record that is closed.
    #[error("{}: this record has its seal already", .0.display())]
    Sealed(PathBuf),
    /// A run that another process is writing.
    #[error("{}: this run is still going on in another process; wait for it or stop it first", .0.display())]
    GoingOn(PathBuf),
    /// A table could not be made or written.
    #[error("the table could not be made: {0}")]
    Table(String),
}

impl Error {
    /// What is wrong with a file that somebody gave.
    pub(crate) fn given(path: &std::path::Path, line: Option<usize>, message: impl Into<String>) -> Error {
        Error::Given { path: path.to_owned(), line, message: message.into() }
    }
}

/// Where in a file.
fn at(line: usize) -> String {
    if line == 0 { String::new() } else { format!(", line {line}") }
}

impl From<std::io::Error> for Error {
    /// Whether fs-err's message has the system's words in it or keeps them as its source is decided by a feature that any
    /// crate of the build may switch on: with either, both are said, once.
    fn from(error: std::io::Error) -> Error {
        let said = error.to_string();
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        Error::Io(match cause {
            Some(cause) if !said.contains(&cause) => format!("{said}: {cause}"),
            _ => said,
        })
    }
}

/// What polars says, which no input is known to cause.
pub(crate) fn refused(error: polars::prelude::PolarsError) -> Error {
    Error::Table(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::Error;

    #[test]
    fn a_file_that_cannot_be_read_is_told_with_the_reason_once() {
        let message = Error::from(fs_err::read("/nowhere/file").unwrap_err()).to_string();
        assert_eq!(message.matches("No such file").count(), 1, "{message}");
        assert!(message.contains("/nowhere/file"), "{message}");
    }
}
