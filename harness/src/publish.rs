//! From runs to what people read: rows, tables on disk, plots and pages, and the index over all papers.
//!
//! Must not run anything, and must not print.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Result;
use reports::index::{IndexEntry, PaperState};
use reports::input::{Footer, PageInput, RunView, Worst, WorstSet};
use results::row::Row;
use results::store::{Run, Status};
use spec::claim::Claim;
use spec::profile::HardwareProfile;

use crate::facts;
use crate::project::{PaperFolder, Project};

/// The papers that the suite is for; those that the registry has are shown from their specs instead.
const WANTED: [(&str, &str, u16); 9] = [
    ("alexnet", "ImageNet Classification with Deep Convolutional Neural Networks (AlexNet)", 2012),
    ("zfnet", "Visualizing and Understanding Convolutional Networks (ZF Net)", 2013),
    ("rcnn", "Rich feature hierarchies for accurate object detection and semantic segmentation (R-CNN)", 2013),
    ("fast-rcnn", "Fast R-CNN", 2015),
    ("faster-rcnn", "Faster R-CNN: Towards Real-Time Object Detection with Region Proposal Networks", 2015),
    ("gan", "Generative Adversarial Nets", 2014),
    ("adversarial", "Explaining and Harnessing Adversarial Examples", 2015),
    ("descriptions", "Deep Visual-Semantic Alignments for Generating Image Descriptions", 2014),
    ("stn", "Spatial Transformer Networks", 2015),
];
/// As many wrong answers are shown a run.
const WORST: usize = 12;

/// Where pictures are, by name or by data set and file.
#[derive(Debug, Default)]
pub(crate) struct Pictures {
    pub(crate) canary: BTreeMap<String, PathBuf>,
    /// Show pictures of data that may not be passed on, too.
    pub(crate) private: bool,
    /// Run id to the image files of its data.
    pub(crate) images: BTreeMap<String, BTreeMap<String, PathBuf>>,
}

/// The comparison of one paper's runs with its claims.
pub(crate) fn rows(
    paper: &PaperFolder,
    facts: &facts::Facts,
    runs: &[Run],
    profiles: &BTreeMap<String, HardwareProfile>,
    not_run: &dyn Fn(&Claim) -> Option<String>,
) -> Result<Vec<Row>> {
    Ok(results::compare(&paper.spec, &facts.for_claims, runs, profiles, not_run)?)
}

/// What one paper's page is made of.
pub(crate) struct Material<'a> {
    pub(crate) paper: &'a PaperFolder,
    pub(crate) facts: &'a facts::Facts,
    pub(crate) runs: &'a [Run],
    pub(crate) rows: &'a [Row],
    pub(crate) pictures: &'a Pictures,
    /// The command that makes the page again.
    pub(crate) command: &'a str,
}

/// Writes tables, plots and the page of one paper, and the index; gives the page's path.
pub(crate) fn publish(project: &Project, site: &Path, material: &Material<'_>) -> Result<PathBuf> {
    let Material { paper, facts, runs, rows, pictures, command } = *material;
    let tables = site.join(&paper.spec.id).join("tables");
    fs_err::create_dir_all(&tables)?;
    results::tables::write(rows, &tables)?;
    let mut worst = Vec::new();
    for run in runs {
        for file in &run.predictions {
            let predictions = results::predictions::read(&run.dir, file)?;
            let network = run.plan.network.clone().unwrap_or_default();
            let folder = tables.join(format!("predictions-{network}-{}", file.data.replace([':', '/'], "-")));
            fs_err::create_dir_all(&folder)?;
            results::tables::write_predictions(&predictions, &folder)?;
            worst.push(worst_set(run, &network, &file.data, &predictions, pictures));
        }
    }
    let statuses: Vec<_> = runs.iter().map(|run| status(&run.status)).collect();
    let views: Vec<_> = runs
        .iter()
        .zip(&statuses)
        .map(|(run, status)| RunView {
            plan: &run.plan,
            environment: run.environment.as_ref(),
            measurements: &run.measurements,
            canary: &run.canary,
            outcomes: &run.outcomes,
            curves: &run.curves,
            pictures: &run.pictures,
            resumed: run.resumed.len() as u64,
            dir: &run.dir,
            status,
        })
        .collect();
    let classes: Vec<_> = replications::classes::classes().iter().map(|class| class.name.to_owned()).collect();
    let footer = footer(project);
    let page = reports::page::write(
        site,
        &PageInput {
            paper: &paper.spec,
            rows,
            runs: &views,
            networks: &facts.for_pages,
            classes: &classes,
            pictures: &pictures.canary,
            worst: &worst,
            show_private: pictures.private,
            command,
            notice: None,
            footer: &footer,
        },
    )?;
    index(project, site, &footer)?;
    Ok(page)
}

/// Writes the index from the tables that lie beside the pages.
fn index(project: &Project, site: &Path, footer: &Footer) -> Result<PathBuf> {
    let mut entries = Vec::new();
    for paper in &project.papers {
        let rows = stored_rows(&site.join(&paper.spec.id).join("tables/rows.jsonl"));
        let last_run = rows.iter().filter_map(|row| row.run.clone()).max().map(|run| day(&run));
        entries.push(IndexEntry {
            title: paper.spec.title.clone(),
            year: paper.spec.year,
            networks: paper.spec.networks.iter().map(|network| network.title.clone()).collect(),
            state: (!rows.is_empty()).then(|| PaperState {
                id: paper.spec.id.clone(),
                counts: reports::verdicts::Counts::of(&rows),
                last_run,
            }),
        });
    }
    let missing = WANTED.iter().filter(|(id, ..)| project.papers.iter().all(|paper| &paper.spec.id != id));
    entries.extend(missing.map(|(_, title, year)| IndexEntry {
        title: (*title).to_owned(),
        year: *year,
        networks: Vec::new(),
        state: None,
    }));
    // What there is to read comes first.
    entries.sort_by_key(|entry| (entry.state.is_none(), entry.year));
    Ok(reports::index::write(site, &entries, footer)?)
}

/// The rows that an earlier page was made of; none when there are none to read.
fn stored_rows(path: &Path) -> Vec<Row> {
    let text = fs_err::read_to_string(path).unwrap_or_default();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// `2026-11-23` of a run's id, which begins with `20261123T…`.
fn day(run: &str) -> String {
    match (run.get(0..4), run.get(4..6), run.get(6..8)) {
        (Some(year), Some(month), Some(day)) => format!("{year}-{month}-{day}"),
        _ => run.to_owned(),
    }
}

fn footer(project: &Project) -> Footer {
    Footer {
        project: format!("replications {}, commit {}", env!("CARGO_PKG_VERSION"), project.commit()),
        date: jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M UTC").to_string(),
    }
}

fn status(status: &Status) -> String {
    match status {
        Status::Finished => "finished".to_owned(),
        Status::Failed { kind, message } => format!("failed ({kind}): {message}"),
        Status::Incomplete => "incomplete: it was stopped, or is still running".to_owned(),
    }
}

fn worst_set(
    run: &Run,
    network: &str,
    data: &str,
    predictions: &[spec::record::Prediction],
    pictures: &Pictures,
) -> WorstSet {
    let paths = pictures.images.get(&run.plan.run);
    let items = results::score::worst(predictions, WORST).into_iter().map(|wrong| Worst {
        path: paths.and_then(|paths| paths.get(&wrong.file)).cloned(),
        file: wrong.file,
        class: wrong.class,
        given: wrong.predicted,
        score: f64::from(wrong.score),
    });
    WorstSet {
        run: run.plan.run.clone(),
        network: network.to_owned(),
        data: data.to_owned(),
        redistributable: pictures.private || run.plan.data.as_ref().is_some_and(|data| data.redistributable),
        items: items.collect(),
    }
}
