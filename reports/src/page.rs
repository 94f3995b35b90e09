//! A paper's page: one self-contained HTML file, and its figures as files beside it.
//!
//! Must not load anything when it is read, and must not say more than its input does.

mod canary;
mod cell;
mod conditions;
mod drawn;
mod fields;
mod figures;
mod headline;
mod networks;
mod not_run;
mod numbers;
mod paper;
mod results;
mod rows;
mod speed;
mod structure;
mod tables;
mod tests_under;
mod trained;

use std::path::{Path, PathBuf};

use maud::{Markup, html};

use self::rows::Rows;
use crate::input::PageInput;
use crate::plots::{self, Figures};
use crate::{Error, Result, tasks};
use crate::{html as shell, write as file};

/// Writes `<folder>/<paper>/index.html` and `<folder>/<paper>/plots/*.svg`; returns the page's path.
///
/// # Errors
/// When a file cannot be written, a figure cannot be drawn, or the paper's id cannot name a folder.
pub fn write(folder: &Path, input: &PageInput<'_>) -> Result<PathBuf> {
    let id = &input.paper.id;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if id.is_empty() || !id.chars().all(plain) {
        return Err(Error::PaperId { id: id.clone() });
    }
    let home = folder.join(id);
    let figures = plots::all(input)?;
    let folder = home.join("plots");
    let mut kept = Vec::new();
    for figure in figures.iter() {
        if let Some(svg) = figure.file() {
            let path = folder.join(format!("{}.svg", figure.name));
            file::text(&path, &svg)?;
            kept.push(path);
        }
    }
    remove_others(&folder, &kept);
    let path = home.join("index.html");
    file::text(&path, &render_with(input, &figures))?;
    Ok(path)
}

/// A figure of an earlier page must not stay beside a page that has none.
fn remove_others(folder: &Path, kept: &[PathBuf]) {
    for entry in fs_err::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.extension().is_some_and(|ending| ending == "svg") && !kept.contains(&path) {
            // One that cannot be removed is named by no page.
            let _ = fs_err::remove_file(&path);
        }
    }
}

/// The page's text.
///
/// # Errors
/// [`Error::Figure`] when a figure cannot be drawn.
pub fn render(input: &PageInput<'_>) -> Result<String> {
    Ok(render_with(input, &plots::all(input)?))
}

fn render_with(input: &PageInput<'_>, figures: &Figures) -> String {
    let paper = input.paper;
    let rows = Rows::of(input.rows);
    let mut parts: Vec<(&str, &str, Option<Markup>)> = vec![
        ("tables", "The paper's tables", tables::section(input, &rows)),
        ("pictures", "Pictures", drawn::section(input)),
        ("plots", "Figures", figures::results(input, figures)),
    ];
    parts.extend(tasks::sections().map(|section| (section.id, section.heading, (section.body)(input))));
    parts.extend([
        ("speed", "Speed and memory", speed::section(input, &rows, &figures.machine)),
        ("structure", "Structure", structure::section(input, &rows)),
        ("results", "Every number", results::section(input, &rows)),
        ("not-run", "Not run, and why", Some(not_run::section(input, &rows))),
        ("trained", "What was trained", trained::section(input)),
        ("canary", "Canary: a check, never a claim", canary::section(input)),
        ("conditions", "Conditions", Some(conditions::section(input))),
        ("protocols", "Protocols", Some(paper::protocols(input))),
        ("recipe", "How the paper trained", Some(paper::recipe(paper))),
        ("deviations", "What differs from the paper", Some(paper::deviations(paper))),
        ("reproduce", "How to make this page again", Some(paper::reproduce(input))),
        ("sources", "Sources", Some(paper::sources(paper))),
    ]);
    let parts: Vec<(&str, &str, Markup)> =
        parts.into_iter().filter_map(|(id, heading, markup)| Some((id, heading, markup?))).collect();
    let body = html! {
        @if let Some(notice) = input.notice { p.notice role="note" { strong { (notice) } } }
        (headline::head(paper))
        (headline::section(input, &rows))
        nav aria-label="On this page" {
            ul { @for (id, heading, _) in &parts { li { a href=(format!("#{id}")) { (heading) } } } }
        }
        @for (id, heading, markup) in &parts { (shell::section(id, heading, markup)) }
    };
    shell::document(&format!("{} · replication", paper.title), input.footer, &body).into_string()
}
