//! What is wrong with a weight file, told apart by what helps.
//!
//! Must not know a format: its reader says what is wrong, and of which kind that is.

use std::io;

/// What a reader says is wrong; where, its caller knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Bytes are missing, or are others than were written: another copy of the file may be whole.
    #[error("{0}; fetch them again (`harness data verify` says which bytes differ)")]
    Damaged(String),
    /// The file may well be whole, but is of a kind that is not read here: every copy of it is.
    #[error("{what}; {instead}")]
    Unsupported {
        /// What it is, or has.
        what: String,
        /// What to do, since fetching it again is no help.
        instead: String,
    },
    /// There is no such file.
    #[error("{0}; fetch them (`harness data verify` says what is missing)")]
    Missing(String),
    /// The system does not let it be read.
    #[error("{0}; see that it is a file, and that you may read it")]
    Unreadable(String),
}

impl Problem {
    pub(crate) fn damaged(what: impl Into<String>) -> Problem {
        Problem::Damaged(what.into())
    }

    pub(crate) fn unsupported(what: impl Into<String>, instead: impl Into<String>) -> Problem {
        Problem::Unsupported { what: what.into(), instead: instead.into() }
    }

    /// The same with the place in front.
    pub(crate) fn at(mut self, place: &str) -> Problem {
        let (Problem::Damaged(what)
        | Problem::Unsupported { what, .. }
        | Problem::Missing(what)
        | Problem::Unreadable(what)) = &mut self;
        what.insert_str(0, &format!("{place}: "));
        self
    }
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Problem {
        let what = error.to_string();
        if error.kind() == io::ErrorKind::NotFound { Problem::Missing(what) } else { Problem::Unreadable(what) }
    }
}
