//! Measured against published: a dot and its interval beside the paper's number, one lane a claim, one figure a scale.
//!
//! Must not put on one axis what has no common scale, and must not draw sizes and speeds: those are in tables.

use results::row::Row;
use spec::metric::{Metric, Unit};

use super::canvas::Colour;
use super::lanes::{Lane, Lanes, Mark};
use super::legend::Glyph;
use super::{Drawing, Plot};
use crate::input::PageInput;
use crate::{Result, format, verdicts};

const TITLE: &str = "Measured against published";

/// Metrics that share an axis.
struct Scale {
    name: &'static str,
    title: &'static str,
    axis: &'static str,
    /// None: every other metric in percent.
    metrics: Option<&'static [Metric]>,
}

/// The first stands on every page; the others where they have a line.
const SCALES: [Scale; 7] = [
    Scale { name: "agreement", title: TITLE, axis: "percent of images (the paper's own metric)", metrics: None },
    Scale {
        name: "agreement-likelihood",
        title: "Log-likelihood against published",
        axis: "mean log-likelihood of a test example, in nats",
        metrics: Some(&[Metric::LogLikelihood]),
    },
    Scale {
        name: "agreement-difference",
        title: "Error differences against published",
        axis: "difference of two errors, in percentage points",
        metrics: Some(&[Metric::ErrorDifference]),
    },
    Scale {
        name: "agreement-confidence",
        title: "Confidence against published",
        axis: "mean probability of the answer, in percent",
        metrics: Some(&[Metric::MeanConfidence, Metric::ConfidenceOnMistakes]),
    },
    Scale {
        name: "agreement-answers",
        title: "Agreement against published",
        axis: "percent of images with the same answer",
        metrics: Some(&[Metric::Agreement]),
    },
    Scale {
        name: "agreement-rubbish",
        title: "Rubbish inputs against published",
        axis: "percent of inputs without an object that get an answer",
        metrics: Some(&[Metric::RubbishError]),
    },
    Scale {
        name: "agreement-distortion",
        title: "Mean distortion against published",
        axis: "root of the mean squared change of a pixel (pixels 0 to 1)",
        metrics: Some(&[Metric::MeanDistortion]),
    },
];

pub(crate) fn plots(input: &PageInput<'_>) -> Result<Vec<Plot>> {
    let mut plots = Vec::new();
    for scale in &SCALES {
        let plot = plot(input, scale)?;
        if scale.metrics.is_none() || matches!(plot.drawing, Drawing::Svg(_)) {
            plots.push(plot);
        }
    }
    Ok(plots)
}

fn belongs(row: &Row, scale: &Scale) -> bool {
    match scale.metrics {
        Some(metrics) => metrics.contains(&row.metric),
        None => {
            let elsewhere = SCALES.iter().filter_map(|scale| scale.metrics).any(|own| own.contains(&row.metric));
            row.unit == Unit::Percent && !row.metric.is_speed() && !elsewhere
        }
    }
}

fn plot(input: &PageInput<'_>, scale: &Scale) -> Result<Plot> {
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
        let unit = format::shown_unit(row.metric, row.unit);
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
    let mut caption =
        "Each line is one published number. The dot is the value measured here with its 95 % interval; the \
                   diamond is what the paper printed. On the right: measured / published. Where the mark is △ the two \
                   were taken under different conditions, and the distance is not a failure to replicate."
            .to_owned();
    if own_spread {
        caption.push_str(" A line through a diamond is the paper's own ±.");
    }
    let (name, title) = (scale.name.to_owned(), scale.title.to_owned());
    let drawing = if lanes.is_empty() {
        let why = "No error or score was measured beside a published one, so there is nothing to compare here.";
        Drawing::Nothing(why.to_owned())
    } else {
        Drawing::Svg(
            Lanes {
                name: name.clone(),
                title: title.clone(),
                description: caption.clone(),
                legend: vec![
                    (Glyph::Dot, Colour::First, "measured, 95 % interval"),
                    (Glyph::Diamond, Colour::Second, "published"),
                ],
                axis: scale.axis.to_owned(),
                range: around(&ends, lanes_unit(scale)),
                lanes,
            }
            .draw()?,
        )
    };
    Ok(Plot { name, title, caption, drawing })
}

/// The unit of a scale's axis: that of its metrics, which is one.
fn lanes_unit(scale: &Scale) -> Unit {
    scale.metrics.and_then(|metrics| metrics.first()?.units().first().copied()).unwrap_or(Unit::Percent)
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
