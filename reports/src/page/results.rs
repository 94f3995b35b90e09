//! Every result in full, network by network: its interval, data, protocol, verdict and reason.
//!
//! Must not show what is shown elsewhere: structure, speeds and what was not run have sections of their own.

use std::collections::HashSet;

use maud::{Markup, html};

use super::numbers;
use super::rows::{Anchored, Place, Rows, grouped};
use crate::format;
use crate::html::{self as shell, plural};
use crate::input::PageInput;

/// As many values without a claim stand unfolded where there is nothing else to see.
const MOST_OPEN: usize = 40;

pub(crate) fn section(input: &PageInput<'_>, rows: &Rows<'_>) -> Option<Markup> {
    let results = rows.at(Place::Result);
    let others = rows.at(Place::WithoutClaim);
    if results.is_empty() && others.is_empty() {
        return Some(
            html! { p.nothing { "Nothing was measured yet; the next section says why for each published number." } },
        );
    }
    let nothing_compared = results.is_empty();
    let in_tables: HashSet<&str> = input.paper.tables.iter().flat_map(|table| table.claims()).collect();
    let (printed, elsewhere): (Vec<&Anchored<'_>>, Vec<&Anchored<'_>>) =
        results.into_iter().partition(|found| found.row.claim.as_deref().is_some_and(|id| in_tables.contains(id)));
    Some(html! {
        p.note {
            "Intervals are 95 %. A published number has its source and how far it was checked there. "
            "A verdict compares like with like: same data, same protocol, same weights or recipe."
        }
        @if !elsewhere.is_empty() {
            @if !printed.is_empty() { h3 { "What stands in no table above" } }
            (table(input, "Published numbers that stand in no table of the paper, beside what was measured", &elsewhere))
        }
        @if !printed.is_empty() {
            details open[elsewhere.is_empty() && printed.len() <= 12] {
                summary { "The tables' cells in full: " (plural(printed.len() as u64, "number", "numbers")) }
                (table(input, "Published numbers of the tables beside what was measured", &printed))
            }
        }
        @if !others.is_empty() {
            details.long open[nothing_compared && others.len() <= MOST_OPEN] {
                summary { (plural(others.len() as u64, "measured value", "measured values")) " that no published number stands beside" }
                (bare(input, "Measured values that no published number stands beside", &others))
            }
        }
    })
}

/// Rows with all that is known of them, by network.
pub(crate) fn table(input: &PageInput<'_>, caption: &str, rows: &[&Anchored<'_>]) -> Markup {
    html! {
        // Roles are given because a phone's layout takes the table's own away.
        table.claims role="table" {
            caption.sr { (caption) }
            thead role="rowgroup" {
                tr role="row" {
                    @for heading in ["What", "Measured", "Published", "Data and protocol", "Verdict", "Why"] {
                        th scope="col" role="columnheader" { (heading) }
                    }
                }
            }
            @for (network, rows) in grouped(rows, |found| found.row.network.clone()) {
                tbody role="rowgroup" {
                    tr.group role="row" { th colspan="6" scope="rowgroup" role="rowheader" { (numbers::title(input, &network)) } }
                    @for found in rows { (line(input, found)) }
                }
            }
        }
    }
}

fn line(input: &PageInput<'_>, found: &Anchored<'_>) -> Markup {
    let row = found.row;
    html! {
        tr id=(found.anchor) role="row" {
            th scope="row" role="rowheader" data-label="What" {
                (row.metric)
                @if let Some(variant) = &row.variant { " " small { (variant) } }
            }
            td role="cell" data-label="Measured" { (numbers::measured(input, row)) }
            td role="cell" data-label="Published" { (numbers::published(input, row)) }
            td role="cell" data-label="Data and protocol" {
                (numbers::pair(row.data.as_deref(), row.claim_data.as_deref()))
                (numbers::pair(row.protocol.as_deref(), row.claim_protocol.as_deref()))
                @if row.data.is_none() && row.protocol.is_none() && row.claim_data.is_none() { small { "depends on the machine" } }
            }
            td role="cell" data-label="Verdict" { (shell::badge(row.verdict)) }
            td role="cell" data-label="Why" { (numbers::reason(row)) }
        }
    }
}

/// Values without a claim: there is nothing to compare them with, so they need no columns for it.
pub(crate) fn bare(input: &PageInput<'_>, caption: &str, rows: &[&Anchored<'_>]) -> Markup {
    // What depends on the machine alone is on no data.
    let on_data = rows.iter().any(|found| found.row.data.is_some());
    html! {
        div.scroll {
            table.bare {
                caption.sr { (caption) }
                thead {
                    tr {
                        @for heading in ["Network", "What", "Measured"] { th scope="col" { (heading) } }
                        @if on_data { th scope="col" { "Data" } th scope="col" { "Protocol" } }
                    }
                }
                tbody {
                    @for found in rows {
                        @let row = found.row;
                        tr id=(found.anchor) {
                            th scope="row" { (row.network) @if let Some(variant) = &row.variant { " " small { (variant) } } }
                            td { (row.metric) @if let Some(reason) = &row.reason { " " small { (reason) } } }
                            td { (numbers::measured(input, row)) }
                            @if on_data {
                                td { (row.data.as_deref().unwrap_or(format::ABSENT)) }
                                td { (row.protocol.as_deref().unwrap_or(format::ABSENT)) }
                            }
                        }
                    }
                }
            }
        }
    }
}
