//! Measured against published: a dot and its interval beside the paper's number, one lane a claim.
//!
//! Must not draw what has no common scale: only errors and scores in percent are here; sizes and speeds are in tables.

use spec::metric::Unit;

use super::canvas::Colour;
use super::lanes::{Glyph, Lane, Lanes, Mark};
use super::{Drawing, Plot};
use crate::input::PageInput;
use crate::{Result, format, verdicts};

const TITLE: &str = "Measured against published";

pub(crate) fn plot(input: &PageInput<'_>) -> Result<Plot> {
    let mut lanes = Vec::new();
    let mut ends = Vec::new();
    for row in input.rows.iter().filter(|row| row.unit == Unit::Percent && !row.metric.is_speed()) {
        let (Some(value), Some(published)) = (finite(row.value), finite(row.published)) else { continue };
        let (low, high) = (finite(row.low), finite(row.high));
        ends.extend([Some(value), Some(published), low, high].into_iter().flatten());
        let mut marks = Vec::new();
        if let (Some(low), Some(high)) = (low, high) {
            marks.push(Mark::Whisker { low, high, colour: Colour::First });
        }
        marks.push(Mark::Dot { at: value, colour: Colour::First });
        marks.push(Mark::Diamond { at: published, colour: Colour::Second });
        let symbol = row.verdict.map_or("", verdicts::symbol);
        let source = row.source.as_deref().unwrap_or("source not given");
        let step = crate::html::claim(input.paper, row).map(|claim| claim.step);
        lanes.push(Lane {
            label: match row.claim_protocol.as_deref() {
                Some(protocol) => format!("{symbol} {} {} · {source} · {protocol}", row.network, row.metric),
                None => format!("{symbol} {} {} · {source}", row.network, row.metric),
            },
            value: format!(
                "{} / {}",
                format::measured(value, row.unit, row.n).trim_end_matches(" %"),
                format::published(published, row.unit, step)
            ),
            marks,
        });
    }
    let caption = "Each line is one published number. The dot is the value measured here with its 95 % interval; the \
                   diamond is what the paper printed. On the right: measured / published. Where the mark is △ the two \
                   were taken under different conditions, and the distance is not a failure to replicate."
        .to_owned();
    let drawing = if lanes.is_empty() {
        Drawing::Nothing("No error or score was measured beside a published one, so there is nothing to compare here.")
    } else {
        Drawing::Svg(
            Lanes {
                name: "agreement",
                title: TITLE,
                description: caption.clone(),
                legend: vec![
                    (Glyph::Dot, Colour::First, "measured, 95 % interval"),
                    (Glyph::Diamond, Colour::Second, "published"),
                ],
                axis: "percent of images (the paper's own metric)",
                range: around(&ends),
                lanes,
            }
            .draw()?,
        )
    };
    Ok(Plot { name: "agreement", title: TITLE, caption, drawing })
}

fn finite(v: Option<f64>) -> Option<f64> {
    v.filter(|v| v.is_finite())
}

/// An axis that holds all `ends` with some room, within 0 to 100 where they are.
fn around(ends: &[f64]) -> (f64, f64) {
    let low = ends.iter().copied().fold(f64::INFINITY, f64::min);
    let high = ends.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let room = ((high - low) * 0.06).max(0.5);
    let floor = if low >= 0.0 { 0.0 } else { f64::NEG_INFINITY };
    let ceiling = if high <= 100.0 { 100.0 } else { f64::INFINITY };
    ((low - room).max(floor), (high + room).min(ceiling))
}
