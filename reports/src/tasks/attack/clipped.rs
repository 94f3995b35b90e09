//! Where a paper leaves open whether changed pixels are kept in their range, and it matters: both, side by side.
//!
//! Must not choose one. A condition `x-clipped` is `x` with the pixels kept in range.

use maud::{Markup, html};
use results::row::Row;

use crate::format;
use crate::html as shell;
use crate::input::PageInput;

const SUFFIX: &str = "-clipped";

/// None where no two such numbers differ by more than their intervals.
pub(crate) fn section(input: &PageInput<'_>) -> Option<Markup> {
    let pairs = pairs(input.rows);
    if pairs.is_empty() {
        return None;
    }
    Some(html! {
        p.note {
            "The paper does not say whether changed pixels are kept in their range, so both were measured. Here are the "
            "published numbers for which it matters by more than the 95 % intervals."
        }
        div.scroll {
            table {
                caption.sr { "Numbers that depend on whether pixels are kept in range" }
                thead { tr { @for heading in ["Network", "What", "Condition", "As they come", "Kept in range", "Published"] { th scope="col" { (heading) } } } }
                tbody {
                    @for (free, kept) in &pairs {
                        tr {
                            th scope="row" { (free.network) }
                            td { (free.metric) }
                            td { (free.protocol.as_deref().unwrap_or(format::ABSENT)) }
                            td { (value(free)) }
                            td { (value(kept)) }
                            td { (published(input, free)) }
                        }
                    }
                }
            }
        }
    })
}

/// Rows of one run that differ in nothing else, where the paper prints a number. Several claims may stand beside one
/// measured number: it is shown once.
fn pairs(rows: &[Row]) -> Vec<(&Row, &Row)> {
    let mut found: Vec<(&Row, &Row)> = Vec::new();
    for kept in rows {
        let Some(condition) = kept.protocol.as_deref().and_then(|id| id.strip_suffix(SUFFIX)) else { continue };
        let same = |row: &&Row| {
            row.published.is_some()
                && row.protocol.as_deref() == Some(condition)
                && (&row.network, row.metric, &row.data, &row.run)
                    == (&kept.network, kept.metric, &kept.data, &kept.run)
                && differ(row, kept)
        };
        let Some(free) = rows.iter().find(same) else { continue };
        let known = |(one, _): &(&Row, &Row)| {
            (&one.network, one.metric, &one.protocol, &one.run)
                == (&free.network, free.metric, &free.protocol, &free.run)
        };
        if !found.iter().any(known) {
            found.push((free, kept));
        }
    }
    found
}

/// Whether each value lies outside of the other's interval; without intervals, whether they are not the same.
fn differ(one: &Row, other: &Row) -> bool {
    let (Some(a), Some(b)) = (one.value, other.value) else { return false };
    let outside = |v: f64, of: &Row| match (of.low, of.high) {
        (Some(low), Some(high)) if low.is_finite() && high.is_finite() => v < low || v > high,
        _ => of.value != Some(v),
    };
    a.is_finite() && b.is_finite() && outside(a, other) && outside(b, one)
}

fn value(row: &Row) -> Markup {
    let unit = crate::tasks::shown_unit(row.metric, row.unit);
    html! {
        b.number { (row.value.map_or_else(|| format::ABSENT.to_owned(), |v| format::measured(v, unit, row.n))) }
        @if let Some(interval) = format::interval(row.low, row.high, unit, row.n) { " " span.interval { "[" (interval) "]" } }
    }
}

fn published(input: &PageInput<'_>, row: &Row) -> String {
    let Some(v) = row.published.filter(|v| v.is_finite()) else { return "none".to_owned() };
    let step = shell::claim(input.paper, row).map(|claim| claim.step);
    format::published(v, crate::tasks::shown_unit(row.metric, row.unit), step)
}
