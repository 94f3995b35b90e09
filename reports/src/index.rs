//! The index: every paper with its verdicts in one table.
//!
//! Must not rank papers or networks: counts only. A paper that was not run here is never shown as if it were absent, nor
//! the repository's own record as if it came from here.

use std::path::{Path, PathBuf};

use maud::{Markup, html};
use results::row::{Row, Verdict};

use crate::input::Footer;
use crate::verdicts::{self, Counts};
use crate::{Result, html as shell, write as file};

/// Everything the index shows.
#[derive(Debug, Clone, Copy)]
pub struct IndexInput<'a> {
    /// The papers in the suite.
    pub papers: &'a [IndexPaper<'a>],
    /// Papers that the suite is for and that are not in it.
    pub absent: &'a [AbsentPaper<'a>],
    /// The page's last line.
    pub footer: &'a Footer,
}

/// A paper in the suite.
#[derive(Debug, Clone)]
pub struct IndexPaper<'a> {
    /// Its id, which is also its page's folder.
    pub id: &'a str,
    /// Its title.
    pub title: &'a str,
    /// The year of publication.
    pub year: u16,
    /// Its networks, as people write them.
    pub networks: Vec<&'a str>,
    /// What is known of it.
    pub rows: Known<'a>,
    /// Whether its page lies beside the index, as `<id>/index.html`.
    pub page: bool,
}

/// What is known of a paper in the suite.
#[derive(Debug, Clone, Copy)]
pub enum Known<'a> {
    /// Rows of runs made here.
    Own(&'a [Row]),
    /// It was not run here: rows of the repository's own record.
    Record(&'a [Row]),
    /// It was not run here, and the repository has no record of it.
    Nothing,
}

/// A paper that is not in the suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AbsentPaper<'a> {
    /// Its title.
    pub title: &'a str,
    /// The year of publication.
    pub year: u16,
}

/// Writes `<folder>/index.html`; returns its path.
///
/// # Errors
/// When the file cannot be written.
pub fn write(folder: &Path, input: &IndexInput<'_>) -> Result<PathBuf> {
    let path = folder.join("index.html");
    file::text(&path, &render(input))?;
    Ok(path)
}

/// The index's text.
#[must_use]
pub fn render(input: &IndexInput<'_>) -> String {
    let body = html! {
        header {
            p.eyebrow { "Replications of papers in computer vision" }
            h1 { "What the papers claim, and what was measured" }
            p.lead {
                (lead(input))
                " Each page compares published numbers with measured ones, with intervals, conditions and reasons."
            }
        }
        @if input.papers.is_empty() { p.nothing { "There is no paper to show yet." } } @else { (table(input)) }
        @if !input.absent.is_empty() { (absent(input)) }
        section #key aria-labelledby="key-h" {
            h2 #key-h { "What the verdicts mean" }
            dl.sources {
                @for verdict in verdicts::RESULTS.into_iter().chain([Verdict::Agrees, Verdict::Differs]) {
                    dt { (shell::badge(Some(verdict))) }
                    dd { (verdicts::meaning(verdict)) }
                }
            }
        }
    };
    shell::document("Replications of papers in computer vision", input.footer, &body).into_string()
}

/// `6 papers are in the suite: 1 was run here, 4 are shown from the repository's own record, 1 has no record yet.`
fn lead(input: &IndexInput<'_>) -> String {
    let count = |of: fn(&Known<'_>) -> bool| input.papers.iter().filter(|paper| of(&paper.rows)).count() as u64;
    let own = count(|rows| matches!(rows, Known::Own(_)));
    let record = count(|rows| matches!(rows, Known::Record(_)));
    let nothing = count(|rows| matches!(rows, Known::Nothing));
    let all = input.papers.len() as u64;
    let mut parts = Vec::new();
    for (n, one, many) in [
        (own, "was run here", "were run here"),
        (record, "is shown from the repository's own record", "are shown from the repository's own record"),
        (nothing, "was not run yet", "were not run yet"),
    ] {
        match n {
            0 => {}
            1 => parts.push(format!("1 {one}")),
            n if n == all => parts.push(format!("all {many}")),
            n => parts.push(format!("{n} {many}")),
        }
    }
    let papers = shell::plural(all, "paper is", "papers are");
    if parts.is_empty() {
        return format!("{papers} in the suite.");
    }
    format!("{papers} in the suite: {}.", parts.join(", "))
}

fn table(input: &IndexInput<'_>) -> Markup {
    // What was run here comes first, then what is known of the others.
    let rank = |paper: &&IndexPaper<'_>| match paper.rows {
        Known::Own(_) => 0,
        Known::Record(_) => 1,
        Known::Nothing => 2,
    };
    let mut papers: Vec<&IndexPaper<'_>> = input.papers.iter().collect();
    papers.sort_by_key(|paper| (rank(paper), paper.year));
    html! {
        table.claims.index role="table" {
            caption.sr { "Papers in the suite and their verdicts" }
            thead role="rowgroup" {
                tr role="row" {
                    @for heading in ["Paper", "Year", "Networks", "Verdicts", "Last run"] {
                        th scope="col" role="columnheader" { (heading) }
                    }
                }
            }
            tbody role="rowgroup" { @for paper in papers { (line(paper)) } }
        }
    }
}

fn line(paper: &IndexPaper<'_>) -> Markup {
    html! {
        tr role="row" {
            th scope="row" role="rowheader" data-label="Paper" {
                @if paper.page { a href=(format!("{}/index.html", paper.id)) { (paper.title) } } @else { (paper.title) }
            }
            td role="cell" data-label="Year" { (paper.year) }
            td role="cell" data-label="Networks" { (networks(&paper.networks)) }
            td role="cell" data-label="Verdicts" {
                @match paper.rows {
                    Known::Own(rows) => { (verdicts_of(rows)) }
                    Known::Record(rows) => {
                        p.small { "Not run here. The repository's own record:" }
                        (verdicts_of(rows))
                    }
                    Known::Nothing => { p.small { "Not run here; the repository has no record of it yet." } }
                }
            }
            td role="cell" data-label="Last run" {
                @match paper.rows {
                    Known::Own(rows) => { (last_run(rows)) }
                    Known::Record(rows) => { "not here; recorded " (last_run(rows)) }
                    Known::Nothing => { "never" }
                }
            }
        }
    }
}

/// The first few, so that a paper of forty networks is a line like the others.
fn networks(names: &[&str]) -> String {
    const FEW: usize = 6;
    match names {
        [] => crate::format::ABSENT.to_owned(),
        names if names.len() <= FEW + 1 => names.join(", "),
        names => format!("{} and {} more", names[..FEW].join(", "), names.len() - FEW),
    }
}

fn verdicts_of(rows: &[Row]) -> Markup {
    let counts = Counts::of(rows);
    html! {
        (shell::counts(&counts))
        @if let Some(words) = counts.structure() { p.small { (words) } }
    }
}

/// The day of the latest run among the rows: a run's id begins with `20261123T…`.
fn last_run(rows: &[Row]) -> String {
    let Some(run) = rows.iter().filter_map(|row| row.run.as_deref()).max() else { return "never".to_owned() };
    match (run.get(0..4), run.get(4..6), run.get(6..8)) {
        (Some(year), Some(month), Some(day)) => format!("{year}-{month}-{day}"),
        _ => run.to_owned(),
    }
}

fn absent(input: &IndexInput<'_>) -> Markup {
    let mut papers = input.absent.to_vec();
    papers.sort_by_key(|paper| paper.year);
    html! {
        section #absent aria-labelledby="absent-h" {
            h2 #absent-h { "Not in the suite yet" }
            ul.absent { @for paper in papers { li { (paper.title) " (" (paper.year) ")" } } }
        }
    }
}
