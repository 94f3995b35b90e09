//! Measured against published: a dot and its interval beside the paper's number, one lane a claim, one figure a scale.
//!
//! Must not put on one axis what has no common scale, and must not draw sizes and speeds: those are in tables.

use results::row::Row;
use spec::metric::Unit;

use super::lanes::{Lane, Lanes, Mark};
use super::{Drawing, Plot};
use crate::input::PageInput;
use crate::svg::canvas::Colour;
use crate::svg::legend::Glyph;
use crate::tasks::{self, Scale};
use crate::{Result, format, verdicts};

/// What no task has an axis for.
const REST: Scale =
    Scale { name: "agreement-other", title: "Other shares against published", axis: "percent", metrics: &[] };

/// One figure a scale that has a line.
pub(crate) fn plots(input: &PageInput<'_>) -> Result<Vec<Plot>> {
    let mut plots = Vec::new();
    for scale in tasks::scales().chain([&REST]) {
        plots.extend(plot(input, scale)?);
    }
    Ok(plots)
}

fn belongs(row: &Row, scale: &Scale) -> bool {
    if scale.metrics.is_empty() {
        let elsewhere = tasks::scales().any(|own| own.metrics.contains(&row.metric));
        return row.unit == Unit::Percent && row.metric.is_score() && !elsewhere;
    }
    scale.metrics.contains(&row.metric)
}

fn plot(input: &PageInput<'_>, scale: &Scale) -> Result<Option<Plot>> {
    let mut lanes = Vec::new();
    let mut ends = Vec::new();
    let mut own_spread = false;
    for row in input.rows.iter().filter(|row| belongs(row, scale)) {
        let (Some(value), Some(published)) = (finite(row.value), finite(row.published)) else { continue };
        let (low, high) = (finite(row.low), finite(row.high));
        let claim = crate::html::claim(input.paper, row);
        let spread = claim.and_then(|claim| claim.plus_minus).filter(|spread| spread.is_finite());
        ends.extend([Some(value), Some(published), low, high].into_iter().flatten());
        let mut marks = Vec::new();
        if let (Some(low), Some(high)) = (low, high) {
            marks.push(Mark::Whisker { low, high, colour: Colour::First });
        }
        if let Some(spread) = spread {
            own_spread = true;
            ends.extend([published - spread, published + spread]);
            marks.push(Mark::Whisker { low: published - spread, high: published + spread, colour: Colour::Second });
        }
        marks.push(Mark::Dot { at: value, colour: Colour::First });
        marks.push(Mark::Diamond { at: published, colour: Colour::Second });
        let symbol = row.verdict.map_or("", verdicts::symbol);
        let source = row.source.as_deref().unwrap_or("source not given");
        let unit = tasks::shown_unit(row.metric, row.unit);
        let suffix = format!(" {}", format::unit(unit));
        lanes.push(Lane {
            label: match row.claim_protocol.as_deref() {
                Some(protocol) => format!("{symbol} {} {} · {source} · {protocol}", row.network, row.metric),
                None => format!("{symbol} {} {} · {source}", row.network, row.metric),
            },
            value: format!(
                "{} / {}",
                format::measured(value, unit, row.n).trim_end_matches(&suffix),
                format::published(published, unit, claim.map(|claim| claim.step))
            ),
            marks,
        });
    }
    let mut caption = "Each line is one published number. The dot is the measured value with its 95 % interval; the \
                   diamond is what the paper printed. On the right: measured / published. Where the mark is △ the two \
                   were taken under different conditions, and the distance is not a failure to replicate."
        .to_owned();
    if own_spread {
        caption.push_str(" A line through a diamond is the paper's own ±.");
    }
    if lanes.is_empty() {
        return Ok(None);
    }
    let (name, title) = (scale.name.to_owned(), scale.title.to_owned());
    let drawing = Drawing::Svg(
        Lanes {
            name: name.clone(),
            title: title.clone(),
            description: caption.clone(),
            legend: vec![
                (Glyph::Dot, Colour::First, "measured, 95 % interval"),
                (Glyph::Diamond, Colour::Second, "published"),
            ],
            axis: scale.axis.to_owned(),
            range: around(&ends, unit_of(scale)),
            lanes,
        }
        .draw()?,
    );
    Ok(Some(Plot { name, title, caption, drawing }))
}

/// The unit of a scale's axis: that of its metrics, which is one.
fn unit_of(scale: &Scale) -> Unit {
    let info = scale.metrics.first().and_then(|metric| results::tasks::info(*metric));
    info.and_then(|info| info.units.first().copied()).unwrap_or(Unit::Percent)
}

fn finite(v: Option<f64>) -> Option<f64> {
    v.filter(|v| v.is_finite())
}

/// An axis that holds all `ends` with some room; within 0 to 100 for percent where they are, and not below 0 for what
/// is never negative.
fn around(ends: &[f64], unit: Unit) -> (f64, f64) {
    let low = ends.iter().copied().fold(f64::INFINITY, f64::min);
    let high = ends.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let least = match unit {
        Unit::Percent | Unit::Points | Unit::Nats => 0.5,
        _ => (high.abs() * 0.05).max(1e-6),
    };
    let room = ((high - low) * 0.06).max(least);
    let floor = if low >= 0.0 { 0.0 } else { f64::NEG_INFINITY };
    let ceiling = if unit == Unit::Percent && high <= 100.0 { 100.0 } else { f64::INFINITY };
    ((low - room).max(floor), (high + room).min(ceiling))
}
