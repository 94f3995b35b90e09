//! A paper's page: one self-contained HTML file, and its figures as files beside it.
//!
//! Must not load anything when it is read, and must not say more than its input does.

mod canary;
mod claims;
mod conditions;
mod fields;
mod networks;
mod paper;
mod summary;
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
    for figure in &figures {
        let path = home.join("plots").join(format!("{}.svg", figure.name));
        match figure.file() {
            Some(svg) => file::text(&path, &svg)?,
            // A figure of an earlier page must not stay beside a page that has none.
            None => drop(fs_err::remove_file(&path)),
        }
    }
    let path = home.join("index.html");
    file::text(&path, &render_with(input, &figures))?;
    Ok(path)
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
    let parts: [(&str, &str, Markup); 12] = [
        ("claims", "Claim against measurement", claims::measured(input)),
        ("not-run", "Not run, and why", claims::not_run(input)),
        ("plots", "Figures", plots_section(figures)),
        ("canary", "Canary: a check, never a claim", canary::section(input)),
        ("worst", "What the network got most wrong", worst::section(input)),
        ("conditions", "Conditions", conditions::section(input)),
        ("protocols", "Protocols", paper::protocols(paper)),
        ("recipe", "How the paper trained", paper::recipe(paper)),
        ("deviations", "What differs from the paper", paper::deviations(paper)),
        ("networks", "The networks", networks::section(input)),
        ("reproduce", "How to make this page again", paper::reproduce(input)),
        ("sources", "Sources", paper::sources(paper)),
    ];
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
