//! The index: every paper with its verdicts in one table.
//!
//! Must not rank papers or networks: counts only.

use std::path::{Path, PathBuf};

use maud::{Markup, html};

use crate::input::Footer;
use crate::verdicts::Counts;
use crate::{Result, html as shell, write as file};

/// One paper in the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexEntry {
    /// The paper's title.
    pub title: String,
    /// The year of publication.
    pub year: u16,
    /// Its networks, as people write them.
    pub networks: Vec<String>,
    /// What is known of it here; None for a paper that is not in the suite yet.
    pub state: Option<PaperState>,
}

/// What is known of a paper in the suite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperState {
    /// The paper's id, which is also its page's folder.
    pub id: String,
    /// How many claims got which verdict.
    pub counts: Counts,
    /// When its last run was, as it is to be shown.
    pub last_run: Option<String>,
}

/// Writes `<folder>/index.html`; returns its path.
///
/// # Errors
/// When the file cannot be written.
pub fn write(folder: &Path, entries: &[IndexEntry], footer: &Footer) -> Result<PathBuf> {
    let path = folder.join("index.html");
    file::text(&path, &render(entries, footer))?;
    Ok(path)
}

/// The index's text.
#[must_use]
pub fn render(entries: &[IndexEntry], footer: &Footer) -> String {
    let inside = entries.iter().filter(|entry| entry.state.is_some()).count() as u64;
    let papers = shell::plural(inside, "paper is", "papers are");
    let missing = entries.len() as u64 - inside;
    let body = html! {
        header {
            p.eyebrow { "Replications of papers in computer vision" }
            h1 { "What the papers claim, and what was measured" }
            p.lead {
                (papers) " in the suite"
                @if missing > 0 { ", " (missing) " not yet" }
                ". Each page compares published numbers with measured ones, with intervals, conditions and reasons."
            }
        }
        @if entries.is_empty() { p.nothing { "There is no paper to show yet." } } @else { (table(entries)) }
        section #key aria-labelledby="key-h" {
            h2 #key-h { "What the verdicts mean" }
            dl.sources {
                @for (verdict, meaning) in MEANINGS {
                    dt { (shell::badge(Some(verdict))) }
                    dd { (meaning) }
                }
            }
        }
    };
    shell::document("Replications of papers in computer vision", footer, &body).into_string()
}

const MEANINGS: [(results::row::Verdict, &str); 5] = {
    use results::row::Verdict as V;
    [
        (V::Replicated, "Same data and protocol, and the measured value agrees to the printed digits."),
        (V::WithinNoise, "Same data and protocol; the published number lies in the measured value's 95 % interval."),
        (V::ProtocolGap, "Data, protocol, weights or hardware differ, so that the two cannot be compared as they are."),
        (V::NotReplicated, "Same data and protocol, and the published number lies outside the interval."),
        (V::NotRun, "Nothing was measured; the page says why."),
    ]
};

fn table(entries: &[IndexEntry]) -> Markup {
    html! {
        table.claims.index role="table" {
            caption.sr { "Papers and their verdicts" }
            thead role="rowgroup" {
                tr role="row" {
                    @for heading in ["Paper", "Year", "Networks", "Verdicts", "Last run"] {
                        th scope="col" role="columnheader" { (heading) }
                    }
                }
            }
            tbody role="rowgroup" { @for entry in entries { (line(entry)) } }
        }
    }
}

fn line(entry: &IndexEntry) -> Markup {
    html! {
        tr role="row" {
            th scope="row" role="rowheader" data-label="Paper" {
                @match &entry.state {
                    Some(state) => { a href=(format!("{}/index.html", state.id)) { (entry.title) } }
                    None => { (entry.title) }
                }
            }
            td role="cell" data-label="Year" { (entry.year) }
            td role="cell" data-label="Networks" {
                @if entry.networks.is_empty() { (crate::format::ABSENT) } @else { (entry.networks.join(", ")) }
            }
            td role="cell" data-label="Verdicts" {
                @match &entry.state {
                    Some(state) => { (shell::counts(&state.counts)) }
                    None => { "not in the suite yet" }
                }
            }
            td role="cell" data-label="Last run" {
                @match &entry.state {
                    Some(state) => { (state.last_run.as_deref().unwrap_or("never")) }
                    None => { (crate::format::ABSENT) }
                }
            }
        }
    }
}
