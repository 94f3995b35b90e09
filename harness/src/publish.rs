//! From runs to what people read: rows, tables on disk, plots and pages, and the index over all papers.
//!
//! Must not run anything, and must not print.

mod index;
mod newest;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Result;
use base::files::file_name;
use reports::input::{Footer, PageInput, RunView, Worst, WorstSet};
use results::Problem;
use results::row::Row;
use results::store::{Run, Runs, Status, subject_of};
use results::tasks::Wrong;
use spec::event::Outcomes;
use spec::lock::Entry;
use spec::paper::Paper;

use crate::facts;
use crate::plan::Evaluation;
use crate::prepare::Prepared;
use crate::project::{PaperFolder, Project};
use crate::screen::tell;

pub(crate) use newest::newest;

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

impl Pictures {
    /// Where the images of these runs' data are.
    pub(crate) fn remember(&mut self, runs: &[Run], plan: &Evaluation, prepared: &Prepared) {
        let data = plan.data.iter().filter_map(|choice| prepared.data(choice));
        let paths: BTreeMap<_, _> =
            data.flat_map(|data| &data.images).map(|image| (image.file.clone(), image.path.clone())).collect();
        for run in runs.iter().filter(|_| !paths.is_empty()) {
            self.images.insert(run.id().to_owned(), paths.clone());
        }
    }
}

/// The runs of a folder.
#[derive(Debug, Default)]
pub(crate) struct Stored {
    pub(crate) runs: Vec<Run>,
    /// What is wrong with each folder that could not be read, which was told, and the paper that its header names, where it
    /// tells so much.
    pub(crate) lost: Vec<(Option<String>, Problem)>,
}

impl Stored {
    /// The records of that paper that could not be read: by the header, or by what their folders are called after.
    pub(crate) fn lost_of(&self, paper: &Paper) -> Vec<Problem> {
        let is_of = |(named, problem): &&(Option<String>, Problem)| {
            let subject = subject_of(&problem.run).unwrap_or_default();
            named.as_deref() == Some(paper.id.as_str())
                || paper.networks.iter().any(|network| network.id == subject)
                || paper.experiments.iter().any(|experiment| experiment.id == subject)
                || paper.imported.iter().any(|imported| imported.id == subject)
        };
        self.lost.iter().filter(is_of).map(|(_, problem)| problem.clone()).collect()
    }
}

/// Every run of a folder; what cannot be read is told and passed over.
pub(crate) fn stored(folder: &Path) -> Stored {
    if !folder.is_dir() {
        return Stored::default();
    }
    match Runs::at(folder).list() {
        Ok(listing) => {
            for unreadable in &listing.unreadable {
                tell!("warning: {unreadable}");
            }
            let lost = listing.unreadable.iter().map(|one| (one.paper.clone(), Problem::from(one))).collect();
            Stored { runs: listing.runs, lost }
        }
        Err(error) => {
            tell!("warning: {error}");
            // The folder itself: of no run, and of no paper.
            let problem = Problem { run: String::new(), message: error.to_string() };
            Stored { lost: vec![(None, problem)], ..Stored::default() }
        }
    }
}

/// The paper's runs, and of others those of networks that the spec wants compared with its own.
pub(crate) fn with_others(paper: &Paper, runs: &[Run], others: &[Run]) -> Vec<Run> {
    let wanted: Vec<(&str, &str)> =
        paper.networks.iter().filter_map(|network| network.versus.as_deref()?.split_once('/')).collect();
    let is_wanted = |run: &&Run| {
        wanted.iter().any(|(paper, network)| run.header.paper == *paper && run.is_about(network)) && run.is_finished()
    };
    runs.iter().chain(others.iter().filter(is_wanted)).cloned().collect()
}

/// What one paper's page is made of.
pub(crate) struct Material<'a> {
    pub(crate) paper: &'a PaperFolder,
    pub(crate) facts: &'a facts::Facts,
    pub(crate) runs: &'a [Run],
    pub(crate) rows: &'a [Row],
    /// Parts of records that could not be used.
    pub(crate) problems: &'a [Problem],
    pub(crate) pictures: &'a Pictures,
    /// The command that makes the page again.
    pub(crate) command: &'a str,
}

/// Writes tables, plots and the page of one paper, and the index; gives the page's path.
pub(crate) fn publish(project: &Project, site: &Path, material: &Material<'_>) -> Result<PathBuf> {
    let Material { paper, facts, runs, rows, problems, pictures, command } = *material;
    let tables = site.join(&paper.spec.id).join("tables");
    fs_err::create_dir_all(&tables)?;
    results::tables::write(rows, &tables)?;
    let mut worst = Vec::new();
    for run in runs {
        for file in run.outcomes.iter().filter(|_| run.header.training.is_none()) {
            // What cannot be read was told with the rows that it cost.
            let Ok(table) = results::tasks::from_run(run, file) else { continue };
            let imported = matches!(file.model, spec::event::Model::Imported { .. });
            if !imported {
                let precision = run.header.settings.precision;
                let model = file.model.weights().unwrap_or("model");
                let name = format!("{}-{model}-{}-{}-{precision}", file.network, file.data, file.protocol);
                let name = file_name(&name);
                results::tables::write_frame(table.frame()?, &tables, &format!("outcomes-{name}"))?;
            }
            worst.push(worst_set(project, run, file, &table.most_wrong(WORST), pictures));
        }
    }
    let statuses: Vec<_> = runs.iter().map(|run| status(&run.status)).collect();
    let views: Vec<_> = runs.iter().zip(&statuses).map(|(run, status)| RunView::of(run, status)).collect();
    let classes: Vec<_> = replications::classes::classes().iter().map(|class| class.name.to_owned()).collect();
    let tested = runs.iter().flat_map(|run| run.outcomes.iter().map(move |file| (run, &file.data)));
    let class_names = tested.filter_map(|(run, id)| Some((id.clone(), class_names(project, run, id)?))).collect();
    let footer = footer(project);
    let page = reports::page::write(
        site,
        &PageInput {
            paper: &paper.spec,
            rows,
            runs: &views,
            problems,
            networks: &facts.for_pages,
            classes: &classes,
            class_names: &class_names,
            pictures: &pictures.canary,
            worst: &worst,
            show_private: pictures.private,
            command,
            notice: None,
            footer: &footer,
        },
    )?;
    index::write(project, site, &footer)?;
    Ok(page)
}

/// What the classes of a run's data are called, in their order, as far as the lock has it.
pub(crate) fn class_names(project: &Project, run: &Run, data: &str) -> Option<Vec<String>> {
    let Some(entry) = project.lock.entry(data) else { return classes_of_own(project, run, data) };
    let listed = entry.images.as_ref().map(|images| images.class_names.clone()).filter(|names| !names.is_empty());
    listed.or_else(|| classes_of_boxes(entry))
}

fn classes_of_boxes(entry: &Entry) -> Option<Vec<String>> {
    Some(entry.annotated.as_ref()?.classes().into_iter().map(str::to_owned).collect())
}

/// Of the user's own pictures with boxes: those of the experiment's sets, in whose place they were taken.
fn classes_of_own(project: &Project, run: &Run, data: &str) -> Option<Vec<String>> {
    let id = &run.header.training.as_ref().filter(|_| run.data(data).is_some())?.experiment;
    let paper = project.papers.iter().find(|paper| paper.spec.id == run.header.paper)?;
    let experiment = paper.spec.experiments.iter().find(|experiment| experiment.id == *id)?;
    experiment.data.iter().find_map(|id| classes_of_boxes(project.lock.entry(id)?))
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

fn worst_set(project: &Project, run: &Run, file: &Outcomes, wrong: &[Wrong], pictures: &Pictures) -> WorstSet {
    let paths = pictures.images.get(run.id());
    let images = project.lock.entry(&file.data).and_then(|entry| entry.images.as_ref());
    // Without scores nobody knows which are the worst.
    let items = wrong.iter().filter_map(|wrong| {
        let name = wrong.file.clone().unwrap_or_else(|| format!("example {}", wrong.index + 1));
        Some(Worst {
            path: paths.and_then(|paths| paths.get(&name)).cloned(),
            file: name,
            class: wrong.class,
            given: wrong.given,
            score: wrong.score?,
        })
    });
    WorstSet {
        run: run.id().to_owned(),
        network: file.network.clone(),
        data: file.data.clone(),
        classes: images.map(|images| images.class_names.clone()).unwrap_or_default(),
        redistributable: pictures.private || run.data(&file.data).is_some_and(|data| data.redistributable),
        items: items.collect(),
    }
}
