//! Precision over recall, a small panel a class, all detectors of a set in it.
//!
//! Must not smooth: every detection is a point.

use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use super::sets::{Class, Set};
use crate::svg::canvas::{self, Colour, WIDTH};
use crate::svg::frame::{self, Frame, Ticks};
use crate::svg::legend::{self, Entry, Glyph};
use crate::{Error, Result};

/// Panels beside each other.
const COLUMNS: usize = 4;
const SIDE: i32 = 20;
/// The left edge of the first panel; its numbers stand before it.
const LEFT: i32 = 54;
const GAP: i32 = 12;
#[expect(clippy::cast_possible_wrap, clippy::cast_possible_truncation, reason = "a few hundred")]
const WIDE: i32 = (WIDTH as i32 - SIDE - LEFT - GAP * (COLUMNS as i32 - 1)) / COLUMNS as i32;
const HIGH: i32 = 96;
/// A line of title above a panel and its numbers below.
const CELL: i32 = HIGH + 50;
const TEXT: u32 = 12;
/// Detectors are told apart by colour, in the order of the table; further ones have no line.
const LINES: [(Glyph, Colour); 3] =
    [(Glyph::LineDot, Colour::First), (Glyph::LineDiamond, Colour::Second), (Glyph::LineSquare, Colour::Third)];

/// What the figure shows, in words.
pub(super) fn caption(set: &Set) -> String {
    let more = set.detectors.len().saturating_sub(LINES.len());
    let left_out = match more {
        0 => String::new(),
        _ => format!(" {more} more of the table have no line here."),
    };
    format!(
        "Precision over recall on {}, a panel a class, in percent of the detections and of the objects.{left_out}",
        set.data
    )
}

/// The figure.
pub(super) fn drawn(set: &Set) -> Result<String> {
    let classes: Vec<&Class> = set.classes.iter().filter(|class| class.objects > 0).collect();
    let legend: Vec<Entry<&str>> = set
        .detectors
        .iter()
        .zip(LINES)
        .map(|(detector, (glyph, colour))| (glyph, colour, detector.network.as_str()))
        .collect();
    #[expect(clippy::cast_possible_wrap, reason = "a few hundred")]
    let placed = legend::place(&legend, SIDE, WIDTH as i32 - SIDE);
    let rows = placed.iter().map(|(_, row, _)| row + 1).max().unwrap_or(0);
    let top = 20 + rows * legend::ROW;
    let frames: Vec<Frame> = (0..classes.len()).map(|index| cell(index, top)).collect();
    let title = "Precision over recall";
    let mut svg = String::new();
    draw(&mut svg, &frames, &classes, &placed)
        .map_err(|error| Error::Figure { figure: title.to_owned(), message: error.to_string() })?;
    let mut lines = String::new();
    for (frame, class) in frames.iter().zip(&classes) {
        for (detector, (_, colour)) in set.detectors.iter().zip(LINES) {
            let points = detector.ranked(class.number).map(|ranked| ranked.points()).unwrap_or_default();
            let points: Vec<(f64, f64)> =
                points.iter().map(|point| (100.0 * point.recall, 100.0 * point.precision)).collect();
            lines.push_str(&frame.line(&points, colour, 1.3));
        }
    }
    Ok(canvas::finish(&frame::insert(&svg, &lines), title, &caption(set)))
}

fn cell(index: usize, top: i32) -> Frame {
    let place = |n: usize| i32::try_from(n).unwrap_or(0);
    let left = LEFT + place(index % COLUMNS) * (WIDE + GAP);
    let top = top + place(index / COLUMNS) * CELL + 26;
    Frame { left, top, wide: WIDE, high: HIGH, x: (0.0, 100.0), y: (0.0, 100.0) }
}

fn draw(
    svg: &mut String,
    frames: &[Frame],
    classes: &[&Class],
    placed: &[(i32, i32, &Entry<&str>)],
) -> std::result::Result<(), Box<dyn std::error::Error>> {
    let height = frames.last().map_or(HIGH, |frame| frame.top + HIGH) + 44;
    let area = SVGBackend::with_string(svg, (WIDTH, u32::try_from(height)?)).into_drawing_area();
    legend::draw(&area, placed, 14)?;
    let name = canvas::text(TEXT, Colour::Ink, HPos::Left, true);
    for (index, (frame, class)) in frames.iter().zip(classes).enumerate() {
        frame.axes(&area, Ticks { x: 2, y: 3, y_texts: index % COLUMNS == 0, size: TEXT })?;
        let wide = u32::try_from(frame.wide)?;
        area.draw_text(&canvas::fit(&class.name, TEXT, wide), &name, (frame.left, frame.top - 12))?;
    }
    let middle = canvas::text(13, Colour::Ink, HPos::Center, false);
    area.draw_text("recall", &middle, (i32::try_from(WIDTH / 2)?, height - 10))?;
    area.present()?;
    Ok(())
}
