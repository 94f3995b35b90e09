//! Scores again, from stored predictions and outcomes alone.
//!
//! Must not need libtorch, and must not change a record.

use std::path::Path;

use serde::{Deserialize, Serialize};
use spec::metric::Metric;

use crate::files::write_atomically;
use crate::outcomes::{self, OutcomesScore};
use crate::score::{Score, score};
use crate::store::{Run, Runs, Unreadable};
use crate::{Error, predictions};

/// The file beside a run's predictions and outcomes that keeps the scores as first computed, to compare later ones with.
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

/// The score of one file of outcomes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutcomesFileScore {
    /// The network's id.
    pub network: String,
    /// What the file is about.
    pub metric: Metric,
    /// The data's id.
    pub data: String,
    /// The condition's or protocol's id.
    pub protocol: String,
    /// Counts and means.
    pub score: OutcomesScore,
}

/// The scores of one run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scores {
    /// Of its predictions, in the order of the record.
    pub predictions: Vec<FileScore>,
    /// Of its outcomes, in the order of the record.
    pub outcomes: Vec<OutcomesFileScore>,
}

/// An entry of [`SCORES`].
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Entry {
    Outcomes(OutcomesFileScore),
    Predictions(FileScore),
}

impl Scores {
    fn is_empty(&self) -> bool {
        self.predictions.is_empty() && self.outcomes.is_empty()
    }

    pub(crate) fn of_outcomes(&self, file: &spec::event::Outcomes) -> Option<&OutcomesFileScore> {
        self.outcomes.iter().find(|kept| {
            (&kept.network, kept.metric, &kept.data, &kept.protocol)
                == (&file.network, file.metric, &file.data, &file.protocol)
        })
    }
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
        differs(&self.now, self.stored.as_ref())
    }
}

/// Whether there is no score now, or another one than was kept. Means are compared to the bit: the same sums in the same
/// order give the same digits everywhere.
fn differs<T: PartialEq>(now: &Result<T, Error>, stored: Option<&T>) -> bool {
    match (now, stored) {
        (Ok(now), Some(stored)) => now != stored,
        (Ok(_), None) => false,
        (Err(_), _) => true,
    }
}

/// One file of outcomes, scored again.
#[derive(Debug)]
pub struct RescoredOutcomes {
    /// The run's id.
    pub run: String,
    /// The network's id.
    pub network: String,
    /// What the file is about.
    pub metric: Metric,
    /// The data's id.
    pub data: String,
    /// The condition's or protocol's id.
    pub protocol: String,
    /// The score as computed now; an error when the outcomes are not the recorded ones.
    pub now: Result<OutcomesScore, Error>,
    /// The score as first computed, where that was kept.
    pub stored: Option<OutcomesScore>,
}

impl RescoredOutcomes {
    /// Whether the outcomes could not be scored or the score is another one than first computed.
    #[must_use]
    pub fn differs(&self) -> bool {
        differs(&self.now, self.stored.as_ref())
    }
}

/// Every file of predictions and of outcomes under a folder of runs, and the folders that could not be read.
#[derive(Debug)]
pub struct Rescores {
    /// Predictions, by time of the run.
    pub files: Vec<Rescored>,
    /// Outcomes, by time of the run.
    pub outcomes: Vec<RescoredOutcomes>,
    /// Folders that could not be read.
    pub unreadable: Vec<Unreadable>,
}

/// Scores every run's stored predictions and outcomes again. Runs that did not finish are scored too where their files
/// are complete. Writes nothing.
///
/// # Errors
/// When the folder itself cannot be read.
pub fn rescore(folder: &Path) -> Result<Rescores, Error> {
    let mut listing = Runs::at(folder).list()?;
    let (mut files, mut outcomes) = (Vec::new(), Vec::new());
    for run in &listing.runs {
        let stored = stored(run).unwrap_or_else(|error| {
            listing.unreadable.push(Unreadable { dir: run.dir.clone(), error });
            Scores::default()
        });
        for file in &run.outcomes {
            outcomes.push(RescoredOutcomes {
                run: run.id().to_owned(),
                network: file.network.clone(),
                metric: file.metric,
                data: file.data.clone(),
                protocol: file.protocol.clone(),
                now: outcomes::read(&run.dir, file).map(|table| outcomes::score(&table, file.metric)),
                stored: stored.of_outcomes(file).map(|kept| kept.score),
            });
        }
        for file in &run.predictions {
            let same = |kept: &&FileScore| kept.data == file.data && kept.protocol == file.protocol;
            files.push(Rescored {
                run: run.id().to_owned(),
                network: run.plan.network.clone(),
                data: file.data.clone(),
                protocol: file.protocol.clone(),
                now: predictions::read(&run.dir, file).map(|predictions| score(&predictions)),
                stored: stored.predictions.iter().find(same).map(|kept| kept.score),
            });
        }
    }
    Ok(Rescores { files, outcomes, unreadable: listing.unreadable })
}

/// Scores a run and keeps the scores beside its files, unless they are kept already.
///
/// # Errors
/// When predictions or outcomes are not the recorded ones or the folder cannot be written.
pub fn keep(run: &Run) -> Result<Scores, Error> {
    let mut scores = Scores::default();
    for file in &run.predictions {
        let score = score(&predictions::read(&run.dir, file)?);
        scores.predictions.push(FileScore { data: file.data.clone(), protocol: file.protocol.clone(), score });
    }
    for file in &run.outcomes {
        scores.outcomes.push(OutcomesFileScore {
            network: file.network.clone(),
            metric: file.metric,
            data: file.data.clone(),
            protocol: file.protocol.clone(),
            score: outcomes::score(&outcomes::read(&run.dir, file)?, file.metric),
        });
    }
    let path = run.dir.join(SCORES);
    if !scores.is_empty() && !path.exists() {
        // One list, as records from before there were outcomes have it.
        let predictions = scores.predictions.iter().cloned().map(Entry::Predictions);
        let entries: Vec<Entry> = predictions.chain(scores.outcomes.iter().cloned().map(Entry::Outcomes)).collect();
        let mut text = serde_json::to_vec_pretty(&entries).map_err(std::io::Error::from)?;
        text.push(b'\n');
        write_atomically(&path, &text)?;
    }
    Ok(scores)
}

pub(crate) fn stored(run: &Run) -> Result<Scores, Error> {
    let path = run.dir.join(SCORES);
    let mut scores = Scores::default();
    if !path.exists() {
        return Ok(scores);
    }
    let entries: Vec<Entry> = serde_json::from_slice(&fs_err::read(&path)?).map_err(|error| Error::Line {
        line: error.line(),
        message: error.to_string(),
        path,
    })?;
    for entry in entries {
        match entry {
            Entry::Outcomes(entry) => scores.outcomes.push(entry),
            Entry::Predictions(entry) => scores.predictions.push(entry),
        }
    }
    Ok(scores)
}
