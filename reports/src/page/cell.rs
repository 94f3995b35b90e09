//! One cell of a redrawn table: what the paper prints there, and what was measured.
//!
//! Must not carry a verdict by colour alone: a mark stands beside it, and its word in the title.

use maud::{Markup, html};
use results::row::{Row, Verdict};
use spec::claim::Claim;
use spec::metric::Unit;
use spec::table::Cell;

use super::rows::{Anchored, Rows};
use crate::input::PageInput;
use crate::{format, tasks, verdicts};

/// The `<td>`.
pub(crate) fn draw(input: &PageInput<'_>, rows: &Rows<'_>, cell: &Cell) -> Markup {
    match cell {
        Cell::Blank => html! { td.blank {} },
        Cell::Text(text) => html! { td.printed-text { (text) } },
        Cell::Claims(ids) => html! { td.cells { @for id in ids { (one(input, rows, id)) } } },
    }
}

fn one(input: &PageInput<'_>, rows: &Rows<'_>, id: &str) -> Markup {
    let Some(claim) = input.paper.claims.iter().find(|claim| claim.id == id) else {
        return html! { span.cell.v-none { (format::ABSENT) } };
    };
    match rows.for_claim(id) {
        Some((found, more)) => compared(claim, found, more),
        None => html! {
            span.cell.v-none title="no comparison on this page is about it" { (published(claim)) }
        },
    }
}

fn compared(claim: &Claim, found: &Anchored<'_>, more: usize) -> Markup {
    let row = found.row;
    let verdict = row.verdict.unwrap_or(Verdict::NotRun);
    let word = verdicts::word(verdict);
    let value = measured(claim, row);
    html! {
        a.cell.(verdicts::class(verdict)) href=(format!("#{}", found.anchor)) title=(title(row, word, more)) {
            span.said { (published(claim)) }
            @if let Some(value) = &value {
                " " span.to { "→" } " " b { (value) }
                @if imported(row) { " " small { "imported" } }
            }
            " " span.sign aria-hidden="true" { (verdicts::symbol(verdict)) }
            span.sr { (word) }
        }
    }
}

/// The verdict, its reason and the interval, for whoever rests on a cell.
fn title(row: &Row, word: &str, more: usize) -> String {
    let mut text = word.to_owned();
    if let Some(reason) = &row.reason {
        text = format!("{text}: {reason}");
    }
    let unit = tasks::shown_unit(row.metric, row.unit);
    if let Some(interval) = format::interval(row.low, row.high, unit, row.n) {
        text = format!("{text}. Interval {interval}");
    }
    if let Some(model) = &row.model {
        text = format!("{text}. {model}");
    }
    match more {
        0 => text,
        1 => format!("{text}. 1 more measurement stands among all numbers"),
        n => format!("{text}. {n} more measurements stand among all numbers"),
    }
}

/// Whether the value comes from somebody else's predictions.
pub(crate) fn imported(row: &Row) -> bool {
    row.model.as_deref().is_some_and(|model| model.starts_with("imported"))
}

/// The printed number in the table's own words: without a unit that its heading names.
pub(crate) fn published(claim: &Claim) -> String {
    let unit = tasks::shown_unit(claim.metric, claim.unit);
    let number = |v| format::bare(&format::published(v, unit, Some(claim.step)), unit).to_owned();
    match claim.plus_minus {
        Some(spread) => {
            let spread = format::spread(spread, unit, claim.step);
            format!("{} ± {}", number(claim.value), format::bare(&spread, unit))
        }
        None => number(claim.value),
    }
}

/// The measured number beside it; None where there is none. A size gets one digit more than is printed, and a share of
/// thousands of examples as many as are printed.
pub(crate) fn measured(claim: &Claim, row: &Row) -> Option<String> {
    let value = row.value.filter(|v| v.is_finite())?;
    let unit = tasks::shown_unit(row.metric, row.unit);
    let text = match row.unit {
        Unit::Count if row.metric.is_static() => format::published(value, unit, Some((claim.step / 10.0).max(1.0))),
        // Fewer digits would make two numbers that differ look alike, or two that are alike differ.
        Unit::Percent if claim.step < 0.01 && row.n.is_some_and(|n| n >= 10_000) => {
            format::published(value, unit, Some(claim.step))
        }
        _ => format::measured(value, unit, row.n),
    };
    Some(format::bare(&text, unit).to_owned())
}
