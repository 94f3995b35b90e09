//! Many networks of one experiment: a small panel each, all on the same axes, for one quantity.
//!
//! Must not draw many networks into one panel: nobody tells twelve lines apart.

use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use super::lines::ends;
use super::read::thinned;
use super::{Cell, Group, each_run, not_finite, several};
use crate::plots::{Drawing, Plot};
use crate::svg::canvas::{self, Colour, WIDTH};
use crate::svg::frame::{self, Frame, Ticks};
use crate::{Error, Result, format};

const COLUMNS: usize = 3;
const SIDE: i32 = 20;
/// The left edge of the first panel; its numbers stand before it.
const LEFT: i32 = 54;
const GAP: i32 = 12;
#[expect(clippy::cast_possible_wrap, clippy::cast_possible_truncation, reason = "a few hundred")]
const WIDE: i32 = (WIDTH as i32 - SIDE - LEFT - GAP * (COLUMNS as i32 - 1)) / COLUMNS as i32;
const HIGH: i32 = 66;
/// Two lines of title above a panel and its numbers below.
const CELL: i32 = HIGH + 60;
const TOP: i32 = 64;
const TEXT: u32 = 12;
/// This share of training does not count for the vertical axis.
const BEGINNING: f64 = 0.2;
/// A line has at most so many points: two for each unit of a panel's width.
const POINTS: usize = 240;

/// The experiment's figure, for the quantity that tells most.
pub(super) fn plots(group: &Group, title: &str) -> Result<Vec<Plot>> {
    let Some((quantity, unit)) = quantity(group) else { return Ok(Vec::new()) };
    let cells: Vec<Cell<'_>> = group
        .trained
        .iter()
        .map(|trained| (trained.title.as_str(), each_run(trained, quantity, unit)))
        .filter(|(_, runs)| !runs.is_empty())
        .collect();
    let points = || cells.iter().flat_map(|(_, runs)| runs).copied().flatten();
    let last = points().map(|point| point.0).fold(1.0, f64::max);
    // The first fall of an error is the same for all; what tells the networks apart comes after it.
    let later = points().filter(|point| point.0 >= BEGINNING * last).map(|point| point.1);
    let Some((y, _)) = frame::range(later) else { return Ok(Vec::new()) };
    let beyond = points().filter(|point| point.1 < y.0 || point.1 > y.1).count();
    let left_out = match beyond {
        0 => String::new(),
        _ => {
            " The axis is that of what comes after the first fifth of training; lines enter it from beyond.".to_owned()
        }
    };
    let runs = cells.iter().map(|(_, runs)| runs.len()).max().unwrap_or(0);
    let others = group.kinds.iter().filter(|kind| **kind != (quantity.to_owned(), unit.to_owned()));
    let mut others: Vec<&str> = others.map(|(name, _)| name.as_str()).collect();
    others.dedup();
    let kept = match others.as_slice() {
        [] => String::new(),
        others => format!(" Measured too, and kept in the runs' folders: {}.", others.join(", ")),
    };
    let in_unit = if unit.is_empty() { String::new() } else { format!(" in {unit}") };
    let caption = format!(
        "{title}: {quantity}{in_unit} by training step, a panel a network, all on the same axes; of {} steps planned.{}{}{} \
         Above each panel: the last value.{kept}",
        format::thousands(group.size),
        several(runs),
        left_out,
        not_finite(&group.trained, |column| column.name == quantity && column.unit == unit)
    );
    let name = format!("curves-{}", group.experiment);
    let frames: Vec<Frame> = (0..cells.len()).map(|index| cell(index, last, y)).collect();
    let mut svg = String::new();
    draw(&mut svg, title, &format!("{quantity}{in_unit}"), &frames, &cells)
        .map_err(|e| Error::Figure { figure: name.clone(), message: e.to_string() })?;
    let stroke = if runs > 1 { 1.0 } else { 1.5 };
    let drawn: String = frames
        .iter()
        .zip(&cells)
        .flat_map(|(frame, (_, runs))| runs.iter().map(|run| frame.line(&thinned(run, POINTS), Colour::First, stroke)))
        .collect();
    let svg = canvas::finish(&frame::insert(&svg, &drawn), title, &caption);
    Ok(vec![Plot { name, title: title.to_owned(), caption, drawing: Drawing::Svg(svg) }])
}

/// What is drawn where one quantity must do: a test error, else another error, else what most networks have.
fn quantity(group: &Group) -> Option<(&str, &str)> {
    let mut found: Vec<(&str, &str, usize)> = Vec::new();
    for column in group.trained.iter().flat_map(|trained| trained.runs.iter().flatten()) {
        match found.iter_mut().find(|(name, unit, _)| *name == column.name && *unit == column.unit) {
            Some((.., count)) => *count += 1,
            None => found.push((&column.name, &column.unit, 1)),
        }
    }
    let rank = |name: &str| match name {
        name if name.starts_with("test error") => 3,
        name if name.contains("error") && !name.contains("training") => 2,
        name if name.contains("error") => 1,
        _ => 0,
    };
    // The first of the best: the header's order is the runner's.
    found.sort_by_key(|(name, _, count)| (std::cmp::Reverse(rank(name)), std::cmp::Reverse(*count)));
    found.first().map(|(name, unit, _)| (*name, *unit))
}

fn cell(index: usize, last: f64, y: (f64, f64)) -> Frame {
    let place = |n: usize| i32::try_from(n).unwrap_or(0);
    let left = LEFT + place(index % COLUMNS) * (WIDE + GAP);
    let top = TOP + place(index / COLUMNS) * CELL + 36;
    Frame { left, top, wide: WIDE, high: HIGH, x: (0.0, last), y }
}

fn draw(
    svg: &mut String,
    title: &str,
    axis: &str,
    frames: &[Frame],
    cells: &[Cell<'_>],
) -> std::result::Result<(), Box<dyn std::error::Error>> {
    let height = frames.last().map_or(TOP, |frame| frame.top + HIGH) + 46;
    let area = SVGBackend::with_string(svg, (WIDTH, u32::try_from(height)?)).into_drawing_area();
    let bold = canvas::text(15, Colour::Ink, HPos::Left, true);
    area.draw_text(&canvas::fit(title, 15, WIDTH - 60), &bold, (SIDE, 16))?;
    area.draw_text(axis, &canvas::text(13, Colour::Ink, HPos::Left, false), (SIDE, 42))?;
    let small = canvas::text(TEXT, Colour::Ink, HPos::Left, false);
    let number = canvas::text(TEXT, Colour::Ink, HPos::Right, true);
    for (index, (frame, (network, runs))) in frames.iter().zip(cells).enumerate() {
        let first = index % COLUMNS == 0;
        frame.axes(&area, Ticks { x: 2, y: 3, y_texts: first, size: TEXT })?;
        let value = ends(runs);
        let wide = u32::try_from(frame.wide)?;
        let [one, two] = in_two(network, wide, wide.saturating_sub(canvas::width(&value, TEXT) * 11 / 10 + 6));
        area.draw_text(&one, &small, (frame.left, frame.top - 28))?;
        area.draw_text(&two, &small, (frame.left, frame.top - 13))?;
        area.draw_text(&value, &number, (frame.left + frame.wide, frame.top - 13))?;
    }
    let middle = canvas::text(13, Colour::Ink, HPos::Center, false);
    area.draw_text("training step", &middle, (i32::try_from(WIDTH / 2)?, height - 12))?;
    area.present()?;
    Ok(())
}

/// A name in two lines, broken between words or behind a hyphen; the first is as wide as the panel, the second leaves room for a
/// number.
fn in_two(name: &str, first: u32, second: u32) -> [String; 2] {
    let parts: Vec<&str> = name.trim().split_inclusive([' ', '-']).collect();
    let joined = |parts: &[&str]| parts.concat().trim().to_owned();
    let whole = (1..=parts.len()).rev().find(|n| canvas::width(&joined(&parts[..*n]), TEXT) <= first).unwrap_or(1);
    let (one, two) = parts.split_at(whole.min(parts.len()));
    [
        canvas::fit(&joined(one), TEXT, first),
        if two.is_empty() { String::new() } else { canvas::fit(&joined(two), TEXT, second) },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_broken_between_words_and_behind_hyphens() {
        let wide = canvas::width("recurrent-network-", TEXT);
        assert_eq!(in_two("recurrent-network-small", wide, wide), ["recurrent-network-", "small"]);
        assert_eq!(in_two("a network of words", canvas::width("a network", TEXT), wide), ["a network", "of words"]);
        assert_eq!(in_two("short", wide, wide), ["short", ""]);
    }
}
