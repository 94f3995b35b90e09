//! The main table: every published number that has a measurement beside it, and those that have none with the reason.
//!
//! Must not leave a cell blank where something is absent: it says so.

use maud::{Markup, html};
use results::row::{Row, Verdict};
use spec::metric::Metric;

use crate::format;
use crate::html::{self as shell, anchor};
use crate::input::PageInput;

/// Rows that have a value or a verdict other than `not run`, by network.
pub(crate) fn measured(input: &PageInput<'_>) -> Markup {
    let rows: Vec<&Row> = input.rows.iter().filter(|row| row.verdict != Some(Verdict::NotRun)).collect();
    if rows.is_empty() {
        return html! { p.nothing { "Nothing was measured yet; the next section says why for each published number." } };
    }
    html! {
        p.note {
            "Intervals are 95 %. A published number has its source and how far it was checked there. "
            "A verdict compares like with like: same data, same protocol, same weights."
        }
        // Roles are given because a phone's layout takes the table's own away.
        table.claims role="table" {
            caption.sr { "Published numbers beside what was measured here" }
            thead role="rowgroup" {
                tr role="row" {
                    @for heading in ["What", "Measured here", "Published", "Data and protocol", "Verdict", "Why"] {
                        th scope="col" role="columnheader" { (heading) }
                    }
                }
            }
            @for (network, rows) in grouped(&rows, |row| row.network.clone()) {
                tbody role="rowgroup" {
                    tr.group role="row" { th colspan="6" scope="rowgroup" role="rowheader" { (title(input, &network)) } }
                    @for row in rows { (line(input, row)) }
                }
            }
        }
    }
}

fn line(input: &PageInput<'_>, row: &Row) -> Markup {
    html! {
        tr role="row" {
            th scope="row" role="rowheader" data-label="What" {
                (row.metric)
                @if let Some(variant) = &row.variant { " " small { (variant) } }
            }
            td role="cell" data-label="Measured here" { (value(input, row)) }
            td role="cell" data-label="Published" { (published(input, row)) }
            td role="cell" data-label="Data and protocol" {
                (pair(row.data.as_deref(), row.claim_data.as_deref()))
                (pair(row.protocol.as_deref(), row.claim_protocol.as_deref()))
                @if row.data.is_none() && row.protocol.is_none() && row.claim_data.is_none() { small { "follows from the definition or the machine" } }
            }
            td role="cell" data-label="Verdict" { (shell::badge(row.verdict)) }
            td role="cell" data-label="Why" { (row.reason.as_deref().unwrap_or(format::ABSENT)) }
        }
    }
}

fn value(input: &PageInput<'_>, row: &Row) -> Markup {
    let Some(value) = row.value.filter(|v| v.is_finite()) else {
        return html! { "not measured" };
    };
    let unit = format::shown_unit(row.metric, row.unit);
    html! {
        b.number { (format::measured(value, unit, row.n)) }
        @if let Some(interval) = format::interval(row.low, row.high, unit, row.n) {
            " " span.interval { "[" (interval) "]" }
        }
        @if let (Some(correct), Some(n)) = (row.correct, row.n) {
            " " small { (format::thousands(correct)) " of " (format::thousands(n)) " " (counted(row.metric)) }
        } @else if let Some(n) = row.n.filter(|_| row.metric.is_score()) {
            " " small { "over " (format::thousands(n)) " examples" }
        }
        @let run = row.run.as_deref().filter(|run| input.run(run).is_some());
        @if row.precision.is_some() || run.is_some() {
            " "
            small {
                @if let Some(precision) = &row.precision { (precision) }
                @if row.precision.is_some() && run.is_some() { " · " }
                @if let Some(run) = run { a href=(format!("#{}", anchor("run", run))) { "its run" } }
            }
        }
    }
}

/// What is counted of a share's examples.
fn counted(metric: Metric) -> &'static str {
    match metric {
        Metric::Agreement => "with the same answer",
        Metric::RubbishError => "without a confident answer",
        _ => "right",
    }
}

fn published(input: &PageInput<'_>, row: &Row) -> Markup {
    let Some(published) = row.published.filter(|v| v.is_finite()) else {
        return html! { "none" };
    };
    let claim = shell::claim(input.paper, row);
    let unit = format::shown_unit(row.metric, row.unit);
    html! {
        b.number { (format::published(published, unit, claim.map(|claim| claim.step))) }
        @if let Some(plus_minus) = claim.and_then(|claim| claim.plus_minus) {
            " ± " (format::published(plus_minus, unit, claim.map(|claim| claim.step)))
        }
        " " span.source { (row.source.as_deref().unwrap_or("source not given")) }
        @if let Some(mark) = row.mark { " " (shell::mark(mark)) }
        @if let Some(claim) = claim {
            @if claim.models > 1 { " " small { (claim.models) " networks averaged" } }
            @if let Some(note) = &claim.note { " " small { (note) } }
        }
    }
}

/// What was used here and, where it differs, what the claim is about.
fn pair(here: Option<&str>, claimed: Option<&str>) -> Markup {
    html! {
        @match (here, claimed) {
            (Some(here), Some(claimed)) if here != claimed => {
                div.pair { (here) " " small { "paper: " (claimed) } }
            }
            (Some(here), _) => { div.pair { (here) } }
            (None, Some(claimed)) => { div.pair { small { "paper: " (claimed) } } }
            (None, None) => {}
        }
    }
}

/// Rows that were not run, by reason; the reasons and their counts are visible without opening anything.
pub(crate) fn not_run(input: &PageInput<'_>) -> Markup {
    let rows: Vec<&Row> = input.rows.iter().filter(|row| row.verdict == Some(Verdict::NotRun)).collect();
    if rows.is_empty() {
        return html! { p.nothing { "Every published number that is encoded was run." } };
    }
    let reason = |row: &Row| row.reason.clone().unwrap_or_else(|| "no reason given".to_owned());
    html! {
        @for (reason, rows) in grouped(&rows, reason) {
            details {
                summary {
                    b { (shell::plural(rows.len() as u64, "published number", "published numbers")) } " not run: " (reason)
                }
                div.scroll {
                    table {
                        caption.sr { "Published numbers not run: " (reason) }
                        thead {
                            tr { @for heading in ["Network", "What", "Published", "Data", "Protocol"] { th scope="col" { (heading) } } }
                        }
                        tbody {
                            @for row in rows {
                                tr {
                                    th scope="row" { (row.network) }
                                    td { (row.metric) @if let Some(variant) = &row.variant { " " small { (variant) } } }
                                    td { (published(input, row)) }
                                    td { (row.claim_data.as_deref().or(row.data.as_deref()).unwrap_or(format::ABSENT)) }
                                    td { (row.claim_protocol.as_deref().or(row.protocol.as_deref()).unwrap_or(format::ABSENT)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn title(input: &PageInput<'_>, network: &str) -> String {
    match input.paper.networks.iter().find(|known| known.id == network) {
        Some(known) => format!("{} ({network})", known.title),
        None => network.to_owned(),
    }
}

/// Rows by a key, groups and rows in the order of first sight.
fn grouped<'a>(rows: &[&'a Row], key: impl Fn(&Row) -> String) -> Vec<(String, Vec<&'a Row>)> {
    let mut groups: Vec<(String, Vec<&Row>)> = Vec::new();
    for row in rows.iter().copied() {
        let key = key(row);
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, rows)) => rows.push(row),
            None => groups.push((key, vec![row])),
        }
    }
    groups
}
