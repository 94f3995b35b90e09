//! What every page shares: the document around it, badges, links, and names that are safe in an address.
//!
//! Must not know one page from another. Everything that goes into a page is escaped by maud.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use results::row::{Row, Verdict};
use spec::claim::{Claim, Mark};
use spec::paper::Paper;

use crate::input::Footer;
use crate::verdicts::{self, Counts};

const STYLE: &str = include_str!("../assets/page.css");
const PLOT_STYLE: &str = include_str!("../assets/plot.css");
const DARK: &str = include_str!("../assets/dark.css");
const SCRIPT: &str = include_str!("../assets/page.js");

/// A whole document around `body`. The script only adds comfort: without it everything is readable.
pub(crate) fn document(title: &str, footer: &Footer, body: &Markup) -> Markup {
    let style = STYLE.replace("/*dark*/", DARK.trim()) + PLOT_STYLE;
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="generator" content=(footer.project);
                title { (title) }
                // An empty icon keeps a browser from asking a server for one.
                link rel="icon" href="data:,";
                style { (PreEscaped(style)) }
            }
            body {
                a.skip href="#main" { "Skip to the content" }
                button #theme type="button" hidden { "Dark or light" }
                main #main { (body) }
                footer {
                    p { "Made " (footer.date) " by " (footer.project) ". Nothing on this page is loaded from elsewhere." }
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
}

/// A section with its heading and an anchor.
pub(crate) fn section(id: &str, heading: &str, body: &Markup) -> Markup {
    html! {
        section id=(id) aria-labelledby=(format!("{id}-h")) {
            h2 id=(format!("{id}-h")) { (heading) }
            (body)
        }
    }
}

/// A link when the address is one that a browser opens as a page, else the text alone.
pub(crate) fn link(address: &str, text: &str) -> Markup {
    let lower = address.trim().to_ascii_lowercase();
    if lower.starts_with("https://") || lower.starts_with("http://") {
        html! { a href=(address.trim()) rel="noreferrer" { (text) } }
    } else {
        html! { (text) }
    }
}

/// A verdict as symbol, word and colour.
pub(crate) fn badge(verdict: Option<Verdict>) -> Markup {
    match verdict {
        Some(verdict) => html! {
            span.badge.(verdicts::class(verdict)) {
                span aria-hidden="true" { (verdicts::symbol(verdict)) } " " (verdicts::word(verdict))
            }
        },
        None => html! { span.badge.v-none { "no published number" } },
    }
}

/// How far a published number was checked.
pub(crate) fn mark(mark: Mark) -> Markup {
    let (class, word, title) = match mark {
        Mark::Checked => ("m-checked", "✔ checked", "read in the source named"),
        Mark::Computed => ("m-computed", "computed", "computed from other numbers or from a reference implementation"),
        Mark::Memory => ("m-memory", "? unverified", "quoted from memory, not checked against the source"),
    };
    html! { span.mark.(class) title=(title) { (word) } }
}

/// The claim that a row is about.
pub(crate) fn claim<'a>(paper: &'a Paper, row: &Row) -> Option<&'a Claim> {
    let id = row.claim.as_deref()?;
    paper.claims.iter().find(|claim| claim.id == id && claim.unit == row.unit)
}

/// Verdicts on results with their counts: a bar, and the same in words. What did not occur is left out.
pub(crate) fn counts(counts: &Counts) -> Markup {
    html! {
        @if counts.compared() > 0 {
            div.bar aria-hidden="true" {
                @for verdict in verdicts::RESULTS {
                    @let n = counts.get(verdict);
                    @if n > 0 { span.(verdicts::class(verdict)) style=(format!("flex:{n}")) {} }
                }
            }
        }
        @if counts.claims() > 0 {
            ul.counts {
                @for verdict in verdicts::RESULTS {
                    @if counts.get(verdict) > 0 { li { (badge(Some(verdict))) " " b { (counts.get(verdict)) } } }
                }
            }
        }
    }
}

/// A name that is safe as an anchor: letters, digits, `-`; everything else becomes `-`.
pub(crate) fn anchor(before: &str, name: &str) -> String {
    let safe = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' });
    format!("{before}-{}", safe.collect::<String>())
}

/// `1 run`, `3 runs`.
pub(crate) fn plural(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", crate::format::thousands(n), if n == 1 { one } else { many })
}

/// `[3, 224, 224]` as `3 × 224 × 224`.
pub(crate) fn shape<N: std::fmt::Display>(shape: &[N]) -> String {
    shape.iter().map(ToString::to_string).collect::<Vec<_>>().join(" × ")
}
