//! One network's curves in panels: quantities of one unit together, each panel a figure.
//!
//! Must not put two units on one axis, nor let one quantity press another flat.

use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use super::read::{Column, STEP, thinned};
use super::{Trained, each_run, left_out, not_finite, several};
use crate::format;
use crate::plots::{Drawing, Plot};
use crate::svg::canvas::{self, Colour, WIDTH};
use crate::svg::frame::{self, Frame, Ticks};
use crate::svg::legend::{self, Entry, Glyph};
use crate::{Error, Result};

/// A line has at most so many points: two for each unit of the figure's width.
const POINTS: usize = 800;
/// Lines are told apart by colour and by the mark at their end.
const LINES: [(Glyph, Colour); 4] = [
    (Glyph::LineDot, Colour::First),
    (Glyph::LineDiamond, Colour::Second),
    (Glyph::LineSquare, Colour::Third),
    (Glyph::LineRing, Colour::Muted),
];
const SIDE: i32 = 20;
#[expect(clippy::cast_possible_wrap, reason = "a few hundred")]
const RIGHT: i32 = WIDTH as i32 - SIDE;
const LEFT: i32 = 62;
const HIGH: i32 = 190;

/// Quantities on one axis.
struct Panel {
    unit: String,
    names: Vec<String>,
    ends: (f64, f64),
}

/// `over`: what the curves are over, and the planned steps of a training.
pub(super) fn plots(trained: &Trained, over: (&str, u64)) -> Result<Vec<Plot>> {
    panels(trained).iter().map(|panel| plot(trained, panel, over)).collect()
}

/// The axis's words, those of a caption, and where the axis begins.
fn along(over: &str, size: u64, least: f64) -> (String, String, f64) {
    if over == STEP {
        let planned = format!("by training step, of {} steps planned", format::thousands(size));
        return ("training step".to_owned(), planned, 0.0);
    }
    (over.to_owned(), format!("by {over}"), least)
}

/// Quantities by unit; of one unit share a panel unless one of them would be a flat line in it.
fn panels(trained: &Trained) -> Vec<Panel> {
    let mut panels: Vec<Panel> = Vec::new();
    let mut seen: Vec<(&str, &str)> = Vec::new();
    for Column { name, unit, .. } in trained.runs.iter().flatten() {
        if seen.contains(&(name, unit)) {
            continue;
        }
        seen.push((name, unit));
        let values = each_run(trained, name, unit).into_iter().flatten().map(|point| point.1);
        let Some((ends, _)) = frame::range(values) else { continue };
        let joint = |a: (f64, f64)| (a.0.min(ends.0), a.1.max(ends.1));
        let fits = |panel: &&mut Panel| {
            let all = joint(panel.ends);
            let least = (panel.ends.1 - panel.ends.0).min(ends.1 - ends.0);
            panel.unit == *unit
                && panel.names.len() < LINES.len()
                && (unit == "percent" || least > 0.1 * (all.1 - all.0))
        };
        match panels.iter_mut().find(fits) {
            Some(panel) => {
                panel.names.push(name.clone());
                panel.ends = joint(panel.ends);
            }
            None => panels.push(Panel { unit: unit.clone(), names: vec![name.clone()], ends }),
        }
    }
    panels
}

fn plot(trained: &Trained, panel: &Panel, (over, size): (&str, u64)) -> Result<Plot> {
    let lines: Vec<Vec<&[(f64, f64)]>> = panel.names.iter().map(|name| each_run(trained, name, &panel.unit)).collect();
    let points = || lines.iter().flatten().copied().flatten();
    let (y, beyond) = frame::range(points().map(|point| point.1)).unwrap_or(((0.0, 1.0), 0));
    let least = points().map(|point| point.0).fold(f64::INFINITY, f64::min);
    let (axis, by, first) = along(over, size, least);
    let last = points().map(|point| point.0).fold(if over == STEP { 1.0 } else { first }, f64::max);
    let quantities = panel.names.join(", ");
    let unit = if panel.unit.is_empty() { String::new() } else { format!(" in {}", panel.unit) };
    let runs = lines.iter().map(Vec::len).max().unwrap_or(0);
    let is_training = over == STEP;
    let caption = format!(
        "{}: {quantities}{unit} {by}.{}{}{}{}",
        trained.title,
        several(runs),
        left_out(beyond),
        not_finite([trained], |column| column.unit == panel.unit && panel.names.contains(&column.name)),
        if is_training { " In the legend: the last value." } else { "" },
    );
    let name = format!("curve-{}-{}", trained.name, panel.names.first().map_or("", |name| name));
    let legend: Vec<Entry<String>> = panel
        .names
        .iter()
        .zip(&lines)
        .zip(LINES)
        .map(|((name, runs), (glyph, colour))| {
            // What is over steps came to something; where else a line ends tells nothing.
            (glyph, colour, if is_training { format!("{name}: {}", ends(runs)) } else { name.clone() })
        })
        .collect();
    let placed = legend::place(&legend, SIDE, RIGHT);
    let rows = placed.iter().map(|(_, row, _)| row + 1).max().unwrap_or(0);
    let top = 34 + rows * legend::ROW + 24;
    let frame = Frame { left: LEFT, top, wide: RIGHT - LEFT, high: HIGH, x: (first, last), y };
    let mut svg = String::new();
    draw(&mut svg, (&trained.title, &panel.unit, &axis), &frame, &placed, &lines)
        .map_err(|e| Error::Figure { figure: name.clone(), message: e.to_string() })?;
    // Where many points stand in a unit of width, thin lines leave room to see what lies below them.
    let dense = lines.iter().flatten().any(|run| run.len() > POINTS);
    let stroke = match (dense, runs) {
        (true, _) => 0.6,
        (false, 0 | 1) => 1.6,
        (false, _) => 1.1,
    };
    let drawn = lines.iter().zip(LINES).flat_map(|(runs, (_, colour))| runs.iter().map(move |run| (run, colour)));
    let drawn: String = drawn.map(|(run, colour)| frame.line(&thinned(run, POINTS), colour, stroke)).collect();
    let svg = canvas::finish(&frame::insert(&svg, &drawn), &trained.title, &caption);
    Ok(Plot { name, title: trained.title.clone(), caption, drawing: Drawing::Svg(svg) })
}

fn draw(
    svg: &mut String,
    (title, unit, axis): (&str, &str, &str),
    frame: &Frame,
    placed: &[(i32, i32, &Entry<String>)],
    lines: &[Vec<&[(f64, f64)]>],
) -> std::result::Result<(), Box<dyn std::error::Error>> {
    let height = frame.top + frame.high + 46;
    let area = SVGBackend::with_string(svg, (WIDTH, u32::try_from(height)?)).into_drawing_area();
    let bold = canvas::text(15, Colour::Ink, HPos::Left, true);
    area.draw_text(&canvas::fit(title, 15, WIDTH - 60), &bold, (SIDE, 16))?;
    legend::draw(&area, placed, 40)?;
    area.draw_text(unit, &canvas::text(13, Colour::Ink, HPos::Left, false), (SIDE, frame.top - 14))?;
    frame.axes(&area, Ticks { x: 5, y: 5, y_texts: true, size: 13 })?;
    let middle = canvas::text(13, Colour::Ink, HPos::Center, false);
    area.draw_text(axis, &middle, (frame.left + frame.wide / 2, frame.top + frame.high + 32))?;
    for (runs, (glyph, colour)) in lines.iter().zip(LINES) {
        for place in runs.iter().filter_map(|run| frame.at(*run.last()?)) {
            legend::line_end(&area, glyph, colour, place)?;
        }
    }
    area.present()?;
    Ok(())
}

/// The last value of one run, or the least and the largest last value of several.
pub(super) fn ends(runs: &[&[(f64, f64)]]) -> String {
    let mut last: Vec<f64> = runs.iter().filter_map(|run| run.last()).map(|point| point.1).collect();
    last.sort_by(f64::total_cmp);
    match (last.first(), last.last()) {
        (Some(low), Some(high)) if last.len() > 1 => {
            format!("{} to {}", format::significant(*low, 3), format::significant(*high, 3))
        }
        (Some(only), _) => format::significant(*only, 3),
        _ => format::ABSENT.to_owned(),
    }
}
