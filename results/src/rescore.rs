//! Scores again, from stored outcomes alone.
//!
//! Must not need libtorch, and must not change a record.

use std::path::Path;

use base::files::write_atomic;
use serde::{Deserialize, Serialize};
use spec::event::Outcomes;

use crate::store::{Run, Runs, SCORES, Unreadable, model_id};
use crate::tasks::{self, Score};
use crate::{Error, Problem};

/// The scores of one file of outcomes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FileScores {
    /// The network's id.
    pub network: String,
    /// The task.
    pub task: String,
    /// The data's id.
    pub data: String,
    /// The condition's or protocol's id.
    pub protocol: String,
    /// The weights or the import, where the model has such an id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// What was asked of the outcomes, in the order of the record.
    pub scores: Vec<Score>,
}

impl FileScores {
    /// The scores of a file as they are now.
    ///
    /// # Errors
    /// The outcomes are not the recorded ones, or make no sense.
    pub fn of(run: &Run, file: &Outcomes) -> Result<FileScores, Error> {
        let table = tasks::from_run(run, file)?;
        let scores = file.metrics.iter().filter_map(|metric| table.score(*metric)).collect();
        Ok(FileScores {
            network: file.network.clone(),
            task: file.task.clone(),
            data: file.data.clone(),
            protocol: file.protocol.clone(),
            model: model_id(&file.model).map(str::to_owned),
            scores,
        })
    }

    /// Whether these are scores of that file.
    #[must_use]
    pub fn is_of(&self, file: &Outcomes) -> bool {
        let asked = self.scores.first().map(|score| score.metric);
        (&self.network, &self.task, &self.data, &self.protocol)
            == (&file.network, &file.task, &file.data, &file.protocol)
            && self.model.as_deref() == model_id(&file.model)
            && (asked.is_none() || asked == file.metrics.first().copied())
    }
}

/// One file of outcomes, scored again.
#[derive(Debug)]
pub struct Rescored {
    /// The run's id.
    pub run: String,
    /// What the record says of the file.
    pub file: Outcomes,
    /// The scores as computed now; an error when the outcomes are not the recorded ones.
    pub now: Result<FileScores, Error>,
    /// The scores as first computed, where those were kept.
    pub stored: Option<FileScores>,
}

impl Rescored {
    /// Whether the outcomes could not be scored or a score is another one than first computed. Means are compared to the
    /// bit: the same sums in the same order give the same digits everywhere.
    #[must_use]
    pub fn differs(&self) -> bool {
        match (&self.now, &self.stored) {
            (Ok(now), Some(stored)) => now != stored,
            (Ok(_), None) => false,
            (Err(_), _) => true,
        }
    }
}

/// Every file of outcomes under a folder of runs, and the folders that could not be read.
#[derive(Debug, Default)]
pub struct Rescores {
    /// By time of the run.
    pub files: Vec<Rescored>,
    /// Folders that could not be read.
    pub unreadable: Vec<Unreadable>,
    /// Records that were looked at, read or not.
    pub records: usize,
}

/// Scores every run's stored outcomes again. Runs that did not finish are scored too where their files are complete.
/// Writes nothing.
///
/// # Errors
/// When the folder itself cannot be read.
pub fn rescore(folder: &Path) -> Result<Rescores, Error> {
    let mut listing = Runs::at(folder).list()?;
    let records = listing.runs.len() + listing.unreadable.len();
    let mut files = Vec::new();
    for run in &listing.runs {
        let stored = stored(run).unwrap_or_else(|error| {
            let paper = Some(run.header.paper.clone());
            listing.unreadable.push(Unreadable { dir: run.dir.clone(), paper, error });
            None
        });
        for file in &run.outcomes {
            files.push(Rescored {
                run: run.id().to_owned(),
                now: FileScores::of(run, file),
                stored: stored.iter().flatten().find(|kept| kept.is_of(file)).cloned(),
                file: file.clone(),
            });
        }
    }
    Ok(Rescores { files, unreadable: listing.unreadable, records })
}

/// Scores a run and keeps the scores beside its files, unless they are kept already. A file that cannot be scored costs its
/// own scores.
///
/// # Errors
/// When the folder cannot be written.
pub fn keep(run: &Run) -> Result<Vec<Problem>, Error> {
    let (mut scores, mut problems) = (Vec::new(), Vec::new());
    for file in &run.outcomes {
        match FileScores::of(run, file) {
            Ok(found) => scores.push(found),
            Err(error) => problems.push(Problem::of(run, error.to_string())),
        }
    }
    let path = run.dir.join(SCORES);
    if !scores.is_empty() && !path.exists() {
        write_atomic(&path, &text(&scores)?)?;
    }
    Ok(problems)
}

/// A list with a line a file.
pub(crate) fn text(scores: &[FileScores]) -> Result<Vec<u8>, Error> {
    let lines =
        scores.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>().map_err(std::io::Error::from)?;
    Ok(format!("[\n{}\n]\n", lines.join(",\n")).into_bytes())
}

/// The scores that are kept beside a run's files; None where there are none. Those of format 1 are of files that say the same in other words: they are
/// passed over. Those that were sealed must be there as they were.
pub(crate) fn stored(run: &Run) -> Result<Option<Vec<FileScores>>, Error> {
    let path = run.dir.join(SCORES);
    let sealed = run.seal.iter().flat_map(|seal| &seal.files).find(|file| file.file == SCORES);
    if run.header.format < spec::record::FORMAT || sealed.is_none() && !path.exists() {
        return Ok(None);
    }
    let bytes = match sealed {
        Some(sealed) => crate::announced::read(&run.dir, SCORES, &sealed.sha256)?.1,
        None => fs_err::read(&path)?,
    };
    serde_json::from_slice(&bytes).map(Some).map_err(|error| Error::Line {
        line: error.line(),
        message: error.to_string(),
        path,
    })
}
