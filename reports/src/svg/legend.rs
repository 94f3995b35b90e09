//! The legend of a figure: what each mark and colour stands for, above the drawing, so that it covers nothing.
//!
//! Must not know what is drawn.

use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use super::canvas::{self, Colour, WIDTH};

/// How a series is shown.
#[derive(Clone, Copy)]
pub(crate) enum Glyph {
    Dot,
    Diamond,
    Bar,
    /// A short line with a dot at its end, and so on: the mark is what tells two lines apart without colour.
    LineDot,
    LineDiamond,
    LineSquare,
    LineRing,
}

/// A series: its mark, its colour, its name.
pub(crate) type Entry<Words> = (Glyph, Colour, Words);

/// The height of a row of the legend.
pub(crate) const ROW: i32 = 20;
const SMALL: u32 = 13;

/// Each entry with its place: x and row, so that none runs over the right edge.
pub(crate) fn place<W: AsRef<str>>(entries: &[Entry<W>], left: i32, right: i32) -> Vec<(i32, i32, &Entry<W>)> {
    let (mut x, mut row) = (left, 0);
    let mut placed = Vec::new();
    for entry in entries {
        let wide = room(entry.0) + i32::try_from(canvas::width(entry.2.as_ref(), SMALL)).unwrap_or(0);
        if x > left && x + wide > right {
            (x, row) = (left, row + 1);
        }
        placed.push((x, row, entry));
        x += wide + 18;
    }
    placed
}

/// Draws placed entries, the first row centred on `top`.
pub(crate) fn draw<DB: DrawingBackend, W: AsRef<str>>(
    area: &DrawingArea<DB, plotters::coord::Shift>,
    placed: &[(i32, i32, &Entry<W>)],
    top: i32,
) -> Result<(), DrawingAreaErrorKind<DB::ErrorType>> {
    let small = canvas::text(SMALL, Colour::Ink, HPos::Left, false);
    for (x, row, (kind, colour, words)) in placed {
        let y = top + row * ROW;
        let middle = x + (room(*kind) - 6) / 2;
        glyph(area, *kind, *colour, (middle, y))?;
        let left = x + room(*kind);
        let words = canvas::fit(words.as_ref(), SMALL, WIDTH.saturating_sub(u32::try_from(left).unwrap_or(0) + 10));
        area.draw_text(&words, &small, (left, y))?;
    }
    Ok(())
}

/// The width of a mark with the space after it.
fn room(glyph: Glyph) -> i32 {
    if matches!(glyph, Glyph::Dot | Glyph::Diamond | Glyph::Bar) { 20 } else { 32 }
}

/// One mark, centred.
pub(crate) fn glyph<DB: DrawingBackend>(
    area: &DrawingArea<DB, plotters::coord::Shift>,
    glyph: Glyph,
    colour: Colour,
    (x, y): (i32, i32),
) -> Result<(), DrawingAreaErrorKind<DB::ErrorType>> {
    let line = |to: i32| PathElement::new([(x - 13, y), (to, y)], colour.rgb().stroke_width(2));
    let end = (x + 9, y);
    match glyph {
        Glyph::Dot => area.draw(&Circle::new((x, y), 5, colour.rgb().filled())),
        Glyph::Diamond => {
            let corners = [(x, y - 7), (x + 6, y), (x, y + 7), (x - 6, y), (x, y - 7), (x + 6, y)];
            area.draw(&PathElement::new(corners, colour.rgb().stroke_width(2)))
        }
        Glyph::Bar => area.draw(&Rectangle::new([(x - 7, y - 6), (x + 7, y + 6)], colour.rgb().filled())),
        Glyph::LineDot | Glyph::LineDiamond | Glyph::LineSquare | Glyph::LineRing => {
            area.draw(&line(x + 5))?;
            line_end(area, glyph, colour, end)
        }
    }
}

/// The mark at a line's end.
pub(crate) fn line_end<DB: DrawingBackend>(
    area: &DrawingArea<DB, plotters::coord::Shift>,
    glyph: Glyph,
    colour: Colour,
    (x, y): (i32, i32),
) -> Result<(), DrawingAreaErrorKind<DB::ErrorType>> {
    match glyph {
        Glyph::LineDiamond => {
            let corners = vec![(x, y - 5), (x + 5, y), (x, y + 5), (x - 5, y)];
            area.draw(&Polygon::new(corners, colour.rgb().filled()))
        }
        Glyph::LineSquare => area.draw(&Rectangle::new([(x - 4, y - 4), (x + 4, y + 4)], colour.rgb().filled())),
        Glyph::LineRing => area.draw(&Circle::new((x, y), 4, colour.rgb().stroke_width(2))),
        _ => area.draw(&Circle::new((x, y), 4, colour.rgb().filled())),
    }
}
