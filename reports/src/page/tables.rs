//! The paper's own tables, laid out as it prints them, with what was measured in each cell.
//!
//! Must not reorder a table, and must not hide that a number was not run.

use maud::{Markup, html};
use results::row::Verdict;
use spec::table::Table;

use super::cell;
use super::rows::Rows;
use crate::html::{self as shell, anchor};
use crate::input::PageInput;
use crate::verdicts;

/// None where the spec has no table that is about results.
pub(crate) fn section(input: &PageInput<'_>, rows: &Rows<'_>) -> Option<Markup> {
    let tables: Vec<&Table> = input.paper.tables.iter().filter(|table| !is_structure(input, table)).collect();
    if tables.is_empty() {
        return None;
    }
    let (shown, folded): (Vec<&Table>, Vec<&Table>) =
        tables.into_iter().partition(|table| table.headline.is_some() || any_measured(table, rows));
    Some(html! {
        p.legend {
            span { b { "printed" } " → " b { "measured" } }
            @for verdict in verdicts::RESULTS {
                span.cell.(verdicts::class(verdict)) title=(verdicts::meaning(verdict)) {
                    span.sign aria-hidden="true" { (verdicts::symbol(verdict)) } " " (verdicts::word(verdict))
                }
            }
        }
        div.papers-tables { @for table in &shown { (draw(input, rows, table, true)) } }
        @for table in &folded {
            details {
                summary { b { (table.title) } " " span.note { (table.caption) " Nothing of it was run." } }
                (draw(input, rows, table, false))
            }
        }
    })
}

/// The tables that are about nothing but sizes and shapes.
pub(crate) fn of_structure(input: &PageInput<'_>, rows: &Rows<'_>) -> Markup {
    html! {
        div.papers-tables {
            @for table in input.paper.tables.iter().filter(|table| is_structure(input, table)) { (draw(input, rows, table, true)) }
        }
    }
}

fn is_structure(input: &PageInput<'_>, table: &Table) -> bool {
    let claim = |id: &str| input.paper.claims.iter().find(|claim| claim.id == id);
    table.claims().filter_map(claim).all(|claim| claim.metric.is_static())
}

fn any_measured(table: &Table, rows: &Rows<'_>) -> bool {
    let run = |id: &str| rows.for_claim(id).is_some_and(|(found, _)| found.row.verdict != Some(Verdict::NotRun));
    table.claims().any(run)
}

/// `captioned`: its title and caption stand above it and not already in a summary.
fn draw(input: &PageInput<'_>, rows: &Rows<'_>, table: &Table, captioned: bool) -> Markup {
    let stub = table.stub.as_deref().unwrap_or_default();
    html! {
        figure.papers-table id=(anchor("table", &table.id)) {
            figcaption {
                @if captioned { b { (table.title) } " " (table.caption) " " }
                small { (table.source.short()) }
            }
            div.scroll tabindex="0" role="group" aria-label=(table.title) {
                table {
                    thead {
                        @if !table.groups.is_empty() {
                            tr {
                                td {}
                                @for group in &table.groups {
                                    @if group.title.is_empty() { td colspan=(group.columns) {} }
                                    @else { th.over scope="colgroup" colspan=(group.columns) { (group.title) } }
                                }
                            }
                        }
                        tr {
                            @if stub.is_empty() { td {} } @else { th scope="col" { (stub) } }
                            @for column in &table.columns { th scope="col" { (column) } }
                        }
                    }
                    tbody {
                        @for row in &table.rows {
                            tr {
                                th scope="row" { (row.label) }
                                @for cell in &row.cells { (cell::draw(input, rows, cell)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A link to the table in which a claim stands, with its row and column.
pub(crate) fn place(input: &PageInput<'_>, claim: &str) -> Option<Markup> {
    let (table, (row, column)) = input.paper.tables.iter().find_map(|table| Some((table, table.place(claim)?)))?;
    Some(html! {
        a href=(format!("#{}", anchor("table", &table.id))) { (table.title) } ", " (row.label) ", " (column)
    })
}

/// The verdict of a claim's row, as a badge.
pub(crate) fn badge(rows: &Rows<'_>, claim: &str) -> Markup {
    shell::badge(rows.for_claim(claim).and_then(|(found, _)| found.row.verdict))
}
