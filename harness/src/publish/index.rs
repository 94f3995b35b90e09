//! The index over all papers: those that were run here, those that the repository has a record of, and the rest.
//!
//! Must not show the repository's record as if it were made here.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::Result;
use replications::wanted::WANTED;
use reports::index::{AbsentPaper, IndexInput, IndexPaper, Known};
use reports::input::Footer;
use results::row::Row;
use results::store::Run;

use crate::facts;
use crate::hardware;
use crate::project::{PaperFolder, Project};

/// Writes the index from the tables that lie beside the pages, and from the repository's records.
pub(super) fn write(project: &Project, site: &Path, footer: &Footer) -> Result<PathBuf> {
    let tables = |paper: &PaperFolder| site.join(&paper.spec.id).join("tables/rows.jsonl");
    let kept = ids(&project.root.join("results/reference"));
    let own: Vec<Vec<Row>> = project.papers.iter().map(|paper| run_here(stored_rows(&tables(paper)), &kept)).collect();
    let missing = own.iter().any(|rows| rows.is_empty());
    let reference = if missing { super::stored(&project.root.join("results/reference")).runs } else { Vec::new() };
    let mut records = Vec::new();
    for (paper, own) in project.papers.iter().zip(&own) {
        records.push(if own.is_empty() { recorded(project, paper, &reference)? } else { Vec::new() });
    }
    let papers: Vec<_> = project
        .papers
        .iter()
        .zip(own.iter().zip(&records))
        .map(|(paper, (own, record))| IndexPaper {
            id: &paper.spec.id,
            title: &paper.spec.title,
            year: paper.spec.year,
            networks: paper.spec.networks.iter().map(|network| network.title.as_str()).collect(),
            rows: match (own.is_empty(), record.is_empty()) {
                (false, _) => Known::Own(own),
                (true, false) => Known::Record(record),
                (true, true) => Known::Nothing,
            },
            page: site.join(&paper.spec.id).join("index.html").is_file(),
        })
        .collect();
    let is_absent = |(id, ..): &&(&str, &str, u16)| project.papers.iter().all(|paper| paper.spec.id != *id);
    let absent: Vec<_> =
        WANTED.iter().filter(is_absent).map(|(_, title, year)| AbsentPaper { title, year: *year }).collect();
    Ok(reports::index::write(site, &IndexInput { papers: &papers, absent: &absent, footer })?)
}

/// The rows that the repository's records give; none where it has no record of the paper.
fn recorded(project: &Project, paper: &PaperFolder, reference: &[Run]) -> Result<Vec<Row>> {
    let runs: Vec<Run> = reference.iter().filter(|run| run.header.paper == paper.spec.id).cloned().collect();
    if runs.is_empty() {
        return Ok(Vec::new());
    }
    let facts = facts::of(paper)?;
    let known = hardware::load(project)?;
    let profiles: BTreeMap<_, _> = known.all().iter().map(|profile| (profile.id.clone(), profile.clone())).collect();
    Ok(results::compare(&paper.spec, &facts.for_claims, &runs, &profiles, &|_| None).rows)
}

/// The rows, where any of them is of a run that is not the repository's own.
fn run_here(rows: Vec<Row>, kept: &BTreeSet<String>) -> Vec<Row> {
    let here = rows.iter().any(|row| row.run.as_ref().is_some_and(|run| !kept.contains(run)));
    if here { rows } else { Vec::new() }
}

/// The runs of a results folder, by their folders' names.
fn ids(folder: &Path) -> BTreeSet<String> {
    let entries = fs_err::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

/// The rows that an earlier page was made of; none when there are none to read.
fn stored_rows(path: &Path) -> Vec<Row> {
    let text = fs_err::read_to_string(path).unwrap_or_default();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}
