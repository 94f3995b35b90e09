//! Where a paper leaves its protocol open and the readings of it give different numbers: both, side by side.
//!
//! Must not choose one.

use maud::{Markup, html};
use results::row::Row;
use spec::experiment::Condition;
use spec::metric::Metric;
use spec::paper::Paper;

use crate::format;
use crate::html as shell;
use crate::input::PageInput;

/// Two rows that are one number under two readings of the paper, and what the readings are.
struct Pair<'a> {
    rows: [&'a Row; 2],
    readings: [String; 2],
}

/// None where no two readings differ by more than their intervals.
pub(crate) fn section(input: &PageInput<'_>) -> Option<Markup> {
    let pairs = pairs(input.paper, input.rows);
    if pairs.is_empty() {
        return None;
    }
    Some(html! {
        p.note { "What the paper does not say was measured both ways. Here are the numbers that differ by more than their 95 % intervals." }
        div.scroll {
            table {
                caption.sr { "Numbers that depend on how the paper is read" }
                thead { tr { @for heading in ["Network", "What", "Data", "One reading", "The other", "Published"] { th scope="col" { (heading) } } } }
                tbody {
                    @for Pair { rows: [one, other], readings } in &pairs {
                        tr {
                            th scope="row" { (one.network) }
                            td { (one.metric) @if one.protocol.is_some() && one.protocol == other.protocol { " " small { (one.protocol.as_deref().unwrap_or_default()) } } }
                            td { (one.data.as_deref().unwrap_or(format::ABSENT)) }
                            td { (value(one)) div { small { (readings[0]) } } }
                            td { (value(other)) div { small { (readings[1]) } } }
                            td { (published(input.paper, one, other)) }
                        }
                    }
                }
            }
        }
    })
}

fn pairs<'a>(paper: &Paper, rows: &'a [Row]) -> Vec<Pair<'a>> {
    let mut found: Vec<Pair<'a>> = Vec::new();
    let condition = |row: &Row| paper.conditions.iter().find(|known| Some(&known.id) == row.protocol.as_ref());
    for (index, one) in rows.iter().enumerate() {
        for other in &rows[index + 1..] {
            // Of two runs the networks differ too, and no reading explains that.
            if one.network != other.network || one.data != other.data || one.run != other.run || !differ(one, other) {
                continue;
            }
            let readings = match (condition(one), condition(other)) {
                (Some(a), Some(b)) if one.metric == other.metric && only_clip_differs(a, b) => {
                    [a, b].map(|known| if clips(known) { "pixels kept within 0 to 1" } else { "pixels as they come" })
                }
                _ if one.protocol == other.protocol && confidences(one.metric, other.metric) => {
                    [one, other].map(|row| match row.metric {
                        Metric::MeanConfidence => "over all images",
                        _ => "over the images that were got wrong",
                    })
                }
                _ => continue,
            };
            // Several claims may stand beside one measured number: it is shown once, with a claim if there is one.
            let same = |row: &Row, known: &Row| {
                (&row.network, row.metric, &row.data, &row.protocol, &row.run)
                    == (&known.network, known.metric, &known.data, &known.protocol, &known.run)
            };
            let known = found.iter_mut().find(|pair| {
                let [a, b] = pair.rows;
                (same(one, a) && same(other, b)) || (same(one, b) && same(other, a))
            });
            match known {
                Some(pair) => {
                    for place in &mut pair.rows {
                        for row in [one, other] {
                            if place.published.is_none() && row.published.is_some() && same(row, place) {
                                *place = row;
                            }
                        }
                    }
                }
                None => found.push(Pair { rows: [one, other], readings: readings.map(str::to_owned) }),
            }
        }
    }
    found
}

/// Whether each value lies outside of the other's interval; without intervals, whether they are not the same.
fn differ(one: &Row, other: &Row) -> bool {
    let (Some(a), Some(b)) = (one.value, other.value) else { return false };
    let outside = |v: f64, of: &Row| match (of.low, of.high) {
        (Some(low), Some(high)) if low.is_finite() && high.is_finite() => v < low || v > high,
        _ => v != of.value.unwrap_or(v),
    };
    a.is_finite() && b.is_finite() && outside(a, other) && outside(b, one)
}

fn only_clip_differs(a: &Condition, b: &Condition) -> bool {
    let (Some(one), Some(other)) = (&a.attack, &b.attack) else { return false };
    let unclipped = |of: &spec::experiment::Attack| spec::experiment::Attack { clip: false, ..of.clone() };
    one.clip != other.clip && unclipped(one) == unclipped(other) && a.parzen == b.parzen
}

fn clips(condition: &Condition) -> bool {
    condition.attack.as_ref().is_some_and(|attack| attack.clip)
}

fn confidences(a: Metric, b: Metric) -> bool {
    use Metric::{ConfidenceOnMistakes, MeanConfidence};
    matches!((a, b), (MeanConfidence, ConfidenceOnMistakes) | (ConfidenceOnMistakes, MeanConfidence))
}

fn value(row: &Row) -> Markup {
    let unit = format::shown_unit(row.metric, row.unit);
    html! {
        b.number { (row.value.map_or_else(|| format::ABSENT.to_owned(), |v| format::measured(v, unit, row.n))) }
        @if let Some(interval) = format::interval(row.low, row.high, unit, row.n) { " " span.interval { "[" (interval) "]" } }
    }
}

fn published(paper: &Paper, one: &Row, other: &Row) -> Markup {
    let mut texts: Vec<String> = Vec::new();
    for row in [one, other] {
        let Some(v) = row.published.filter(|v| v.is_finite()) else { continue };
        let step = shell::claim(paper, row).map(|claim| claim.step);
        let text = format::published(v, format::shown_unit(row.metric, row.unit), step);
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    html! { @if texts.is_empty() { "none" } @else { (texts.join(", ")) } }
}
