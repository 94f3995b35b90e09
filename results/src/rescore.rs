//! Scores again, from stored predictions alone.
//!
//! Must not need libtorch, and must not change a record.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::files::write_atomically;
use crate::score::{Score, score};
use crate::store::{Run, Runs, Unreadable};
use crate::{Error, predictions};

/// The file beside a run's predictions that keeps the scores as first computed, to compare later ones with.
pub const SCORES: &str = "scores.json";

/// The score of one file of predictions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileScore {
    /// The data set's id.
    pub data: String,
    /// The protocol's id.
    pub protocol: String,
    /// The counts.
    pub score: Score,
}

/// One file of predictions, scored again.
#[derive(Debug)]
pub struct Rescored {
    /// The run's id.
    pub run: String,
    /// The network's id.
    pub network: Option<String>,
    /// The data set's id.
    pub data: String,
    /// The protocol's id.
    pub protocol: String,
    /// The score as computed now; an error when the predictions are not the recorded ones.
    pub now: Result<Score, Error>,
    /// The score as first computed, where that was kept.
    pub stored: Option<Score>,
}

impl Rescored {
    /// Whether the predictions could not be scored or the score is another one than first computed.
    #[must_use]
    pub fn differs(&self) -> bool {
        match (&self.now, &self.stored) {
            (Ok(now), Some(stored)) => now != stored,
            (Ok(_), None) => false,
            (Err(_), _) => true,
        }
    }
}

/// Every file of predictions under a folder of runs, and the folders that could not be read.
#[derive(Debug)]
pub struct Rescores {
    /// By time of the run.
    pub files: Vec<Rescored>,
    /// Folders that could not be read.
    pub unreadable: Vec<Unreadable>,
}

/// Scores every run's stored predictions again. Runs that did not finish are scored too where their predictions are
/// complete. Writes nothing.
///
/// # Errors
/// When the folder itself cannot be read.
pub fn rescore(folder: &Path) -> Result<Rescores, Error> {
    let mut listing = Runs::at(folder).list()?;
    let mut files = Vec::new();
    for run in &listing.runs {
        let stored = stored(run).unwrap_or_else(|error| {
            listing.unreadable.push(Unreadable { dir: run.dir.clone(), error });
            Vec::new()
        });
        for file in &run.predictions {
            let same = |kept: &&FileScore| kept.data == file.data && kept.protocol == file.protocol;
            files.push(Rescored {
                run: run.id().to_owned(),
                network: run.plan.network.clone(),
                data: file.data.clone(),
                protocol: file.protocol.clone(),
                now: predictions::read(&run.dir, file).map(|predictions| score(&predictions)),
                stored: stored.iter().find(same).map(|kept| kept.score),
            });
        }
    }
    Ok(Rescores { files, unreadable: listing.unreadable })
}

/// Scores a run and keeps the scores beside its predictions, unless they are kept already.
///
/// # Errors
/// When predictions are not the recorded ones or the folder cannot be written.
pub fn keep(run: &Run) -> Result<Vec<FileScore>, Error> {
    let mut scores = Vec::new();
    for file in &run.predictions {
        let score = score(&predictions::read(&run.dir, file)?);
        scores.push(FileScore { data: file.data.clone(), protocol: file.protocol.clone(), score });
    }
    let path = run.dir.join(SCORES);
    if !scores.is_empty() && !path.exists() {
        let mut text = serde_json::to_vec_pretty(&scores).map_err(std::io::Error::from)?;
        text.push(b'\n');
        write_atomically(&path, &text)?;
    }
    Ok(scores)
}

pub(crate) fn stored(run: &Run) -> Result<Vec<FileScore>, Error> {
    let path = run.dir.join(SCORES);
    if !path.exists() {
        return Ok(Vec::new());
    }
    serde_json::from_slice(&fs_err::read(&path)?).map_err(|error| Error::Line {
        line: error.line(),
        message: error.to_string(),
        path,
    })
}
