//! Somebody else's stored predictions become a record of the same kind as any other: outcomes by example, so that whatever
//! an outcome can have (a paired test, a list of the most wrong, a rescore) they have too.
//!
//! Must not call them run here: the record names who predicted, and the file.

use anyhow::{Context as _, Result};
use base::files::file_name;
use base::hash::sha256;
use results::store::{Run, Runs};
use results::{announced, import};
use spec::event::{Announced, Event, Model, Outcomes};
use spec::imported::Imported;

use crate::execute::{self, Shared};
use crate::prepare::Given;
use crate::project::PaperFolder;
use crate::work::Work;

/// Makes the record.
pub(crate) fn carry_out(
    shared: &Shared<'_>,
    paper: &PaperFolder,
    imported: &Imported,
    work: &Work,
    given: &Given,
) -> Result<Run> {
    let begun = std::time::Instant::now();
    let bytes = fs_err::read(&given.file)?;
    let read = import::read(&given.file, &bytes, &given.references)?;
    let scores = read.scores();
    let written = read.table.write();
    let written =
        written.with_context(|| format!("predictions of the task `{}` cannot be kept in a record", read.task.id()))?;

    let id = results::store::new_run_id(&imported.id);
    let mut record = Runs::at(&shared.runs)
        .create(&execute::header(shared, Some(paper), work, &id))
        .context("the run's record cannot be written")?;
    let keep = |name: &str, text: &str| -> Result<Announced> {
        Ok(announced::pack(record.dir(), format!("{name}.csv.gz"), text)?)
    };
    let examples =
        written.examples.map(|text| keep(&format!("examples-{}", file_name(&imported.data)), &text)).transpose()?;
    let Announced { file, sha256: hash } = keep(&format!("outcomes-{}", file_name(&imported.id)), &written.outcomes)?;
    record.append(&Event::Outcomes(Box::new(Outcomes {
        task: read.task.id().to_owned(),
        network: imported.network.clone(),
        model: Model::Imported {
            id: imported.id.clone(),
            by: imported.by.clone(),
            from: Announced { file: imported.file.clone(), sha256: sha256(&bytes) },
            weights: imported.weights.clone(),
        },
        data: imported.data.clone(),
        protocol: imported.protocol.clone(),
        metrics: scores.iter().map(|score| score.metric).collect(),
        file,
        count: read.table.len() as u64,
        sha256: hash,
        examples,
        root: given.identity.root.clone(),
        part_of: given.identity.part_of.clone(),
        already_resized: given.identity.already_resized.clone(),
    })))?;
    record.append(&Event::Finished { at: begun.elapsed().as_secs_f64() })?;
    let run = execute::close(shared, record)?;
    shared.progress.line(&format!(
        "{}: {} predictions by {}",
        imported.network,
        base::words::thousands(read.table.len() as u64),
        imported.by
    ));
    Ok(run)
}
