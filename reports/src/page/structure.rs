//! Structure: sizes, work and layers that follow from the definitions, with a list and a count of their own.
//!
//! Must not count them among results: they were read from a definition, not replicated.

use maud::{Markup, html};
use results::row::Verdict;

use super::rows::{Anchored, Place, Rows};
use super::{networks, numbers, tables};
use crate::format;
use crate::html as shell;
use crate::input::PageInput;
use crate::verdicts::Counts;

pub(crate) fn section(input: &PageInput<'_>, rows: &Rows<'_>) -> Option<Markup> {
    let found = rows.at(Place::Structure);
    if found.is_empty() && input.networks.is_empty() {
        return Some(html! { p.nothing { "No network of this paper is built here yet." } });
    }
    // What does not agree is what a reader comes for.
    let (agree, other): (Vec<&Anchored<'_>>, Vec<&Anchored<'_>>) =
        found.into_iter().partition(|found| found.row.verdict == Some(Verdict::Agrees));
    Some(html! {
        @if let Some(words) = Counts::of(input.rows).structure() { p { b { (words) } "." } }
        (tables::of_structure(input, rows))
        @if !other.is_empty() { h3 { "What does not agree" } (list(input, &other)) }
        @if !agree.is_empty() {
            details open[agree.len() <= 8] { summary { "What agrees: " (agree.len()) } (list(input, &agree)) }
        }
        (networks::section(input))
    })
}

fn list(input: &PageInput<'_>, rows: &[&Anchored<'_>]) -> Markup {
    html! {
        div.scroll {
            table.bare {
                caption.sr { "Sizes and layers beside the published ones" }
                thead { tr { @for heading in ["Network", "What", "Published", "Here", "Verdict", "Why"] { th scope="col" { (heading) } } } }
                tbody {
                    @for found in rows {
                        @let row = found.row;
                        tr id=(found.anchor) {
                            th scope="row" { (numbers::title(input, &row.network)) }
                            td { (row.metric) }
                            td { (numbers::published(input, row)) }
                            td.number { (here(found)) }
                            td { (shell::badge(row.verdict)) }
                            td { (numbers::reason(row)) }
                        }
                    }
                }
            }
        }
    }
}

fn here(found: &Anchored<'_>) -> String {
    let exact = found.row.value.filter(|v| v.is_finite());
    exact.map_or_else(|| "not counted".to_owned(), |value| format::measured(value, found.row.unit, None))
}
