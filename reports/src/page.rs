//! A paper's page: one self-contained HTML file, and its figures as files beside it.
//!
//! Must not load anything when it is read, and must not say more than its input does.

mod canary;
mod claims;
mod conditions;
mod drawn;
mod fields;
mod networks;
mod paper;
mod readings;
mod summary;
mod tests_under;
mod trained;
mod worst;

use std::path::{Path, PathBuf};

use maud::{Markup, PreEscaped, html};

use crate::input::PageInput;
use crate::plots::{self, Drawing, Plot};
use crate::{Error, Result};
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
    for figure in &figures {
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

fn render_with(input: &PageInput<'_>, figures: &[Plot]) -> String {
    let paper = input.paper;
    // A paper that is trained here has no section about what only predictions with published weights have.
    let if_predicted =
        |has: bool, section: fn(&PageInput<'_>) -> Markup| (has || !input.trains()).then(|| section(input));
    let has_canary = input.runs.iter().any(|run| !run.canary.is_empty());
    let has_worst = input.worst.iter().any(|set| !set.items.is_empty());
    let parts: [(&str, &str, Option<Markup>); 15] = [
        ("claims", "Claim against measurement", Some(claims::measured(input))),
        ("readings", "Both readings", readings::section(input)),
        ("not-run", "Not run, and why", Some(claims::not_run(input))),
        ("trained", "What was trained", trained::section(input)),
        ("plots", "Figures", (!figures.is_empty()).then(|| plots_section(figures))),
        ("pictures", "Pictures", drawn::section(input)),
        ("canary", "Canary: a check, never a claim", if_predicted(has_canary, canary::section)),
        ("worst", "What the network got most wrong", if_predicted(has_worst, worst::section)),
        ("conditions", "Conditions", Some(conditions::section(input))),
        ("protocols", "Protocols", Some(paper::protocols(input))),
        ("recipe", "How the paper trained", Some(paper::recipe(paper))),
        ("deviations", "What differs from the paper", Some(paper::deviations(paper))),
        ("networks", "The networks", Some(networks::section(input))),
        ("reproduce", "How to make this page again", Some(paper::reproduce(input))),
        ("sources", "Sources", Some(paper::sources(paper))),
    ];
    let parts: Vec<(&str, &str, Markup)> =
        parts.into_iter().filter_map(|(id, heading, markup)| Some((id, heading, markup?))).collect();
    let body = html! {
        @if let Some(notice) = input.notice { p.notice role="note" { strong { (notice) } } }
        (summary::head(paper))
        (summary::verdicts(input))
        nav aria-label="On this page" {
            ul { @for (id, heading, _) in &parts { li { a href=(format!("#{id}")) { (heading) } } } }
        }
        @for (id, heading, markup) in &parts { (shell::section(id, heading, markup)) }
    };
    shell::document(&format!("{} · replication", paper.title), input.footer, &body).into_string()
}

fn plots_section(figures: &[Plot]) -> Markup {
    html! {
        div.figures {
            @for figure in figures {
                figure id=(format!("plot-{}", figure.name)) {
                    @match &figure.drawing {
                        Drawing::Svg(svg) => {
                            (PreEscaped(svg))
                            figcaption {
                                (figure.caption) " "
                                a href=(format!("plots/{}.svg", figure.name)) { "This figure as a file" } "."
                            }
                        }
                        Drawing::Nothing(why) => {
                            h3 { (figure.title) }
                            p.nothing { (why) }
                        }
                    }
                }
            }
        }
    }
}
