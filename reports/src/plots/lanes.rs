//! A figure of horizontal lanes: each has its label and value in a line or two of text and its marks below, over a
//! shared axis. All figures of a page are of this one kind, so that they read alike and fit a phone.
//!
//! Must not know what the lanes stand for.

use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use crate::svg::canvas::{self, Colour, WIDTH};
use crate::svg::frame::tick_text;
use crate::svg::legend::{self, Glyph};
use crate::{Error, Result};

/// The height of a lane's marks with their margin, and of a line of its text.
const MARKS: i32 = 27;
const LINE: i32 = 18;
const SIDE: i32 = 20;
const SMALL: u32 = 13;
#[expect(clippy::cast_possible_wrap, reason = "a few hundred")]
const RIGHT: i32 = WIDTH as i32 - SIDE;

/// What stands between the parts of a label; a long label is broken there.
pub(crate) const BETWEEN: &str = " · ";

/// A whole figure.
pub(crate) struct Lanes {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) description: String,
    /// Series in the order of their explanation.
    pub(crate) legend: Vec<(Glyph, Colour, &'static str)>,
    /// The axis's name with its unit.
    pub(crate) axis: String,
    /// The axis's ends; finite, low before high.
    pub(crate) range: (f64, f64),
    pub(crate) lanes: Vec<Lane>,
}

/// One lane.
pub(crate) struct Lane {
    pub(crate) label: String,
    pub(crate) value: String,
    pub(crate) marks: Vec<Mark>,
}

/// A mark on a lane; positions are on the axis.
pub(crate) enum Mark {
    Bar { from: f64, to: f64, colour: Colour },
    Whisker { low: f64, high: f64, colour: Colour },
    Dot { at: f64, colour: Colour },
    Diamond { at: f64, colour: Colour },
}

impl Lane {
    /// The label in one line beside the value or, where that has no room, in two: the second has the whole width.
    fn lines(&self) -> Vec<String> {
        let whole = u32::try_from(RIGHT - SIDE).unwrap_or(0);
        // Bold letters are a little wider than the estimate.
        let beside = whole.saturating_sub(canvas::width(&self.value, SMALL) * 11 / 10 + 14);
        if canvas::width(&self.label, SMALL) <= beside {
            return vec![self.label.clone()];
        }
        let mut first = String::new();
        let mut rest = self.label.as_str();
        while let Some((part, after)) = rest.split_once(BETWEEN) {
            let longer = if first.is_empty() { part.to_owned() } else { format!("{first}{BETWEEN}{part}") };
            if canvas::width(&longer, SMALL) > beside {
                break;
            }
            (first, rest) = (longer, after);
        }
        if first.is_empty() {
            return vec![canvas::fit(&self.label, SMALL, beside)];
        }
        vec![first, canvas::fit(rest, SMALL, whole)]
    }
}

impl Lanes {
    /// The finished element.
    ///
    /// # Errors
    /// [`Error::Figure`] when the drawing library refuses.
    pub(crate) fn draw(&self) -> Result<String> {
        let mut svg = String::new();
        self.draw_into(&mut svg).map_err(|e| Error::Figure { figure: self.name.clone(), message: e.to_string() })?;
        Ok(canvas::finish(&svg, &self.title, &self.description))
    }

    fn draw_into(&self, svg: &mut String) -> std::result::Result<(), Box<dyn std::error::Error>> {
        let entries = legend::place(&self.legend, SIDE, RIGHT);
        let legend_rows = entries.iter().map(|(_, row, _)| row + 1).max().unwrap_or(0);
        let top = 34 + legend_rows * legend::ROW + 6;
        let labels: Vec<Vec<String>> = self.lanes.iter().map(Lane::lines).collect();
        let mut tops = Vec::with_capacity(labels.len());
        let mut bottom = top;
        for lines in &labels {
            tops.push(bottom);
            bottom += MARKS + LINE * i32::try_from(lines.len())?;
        }
        let height = bottom + 52;
        let area = SVGBackend::with_string(svg, (WIDTH, u32::try_from(height)?)).into_drawing_area();

        let title = canvas::text(15, Colour::Ink, HPos::Left, true);
        area.draw_text(&self.title, &title, (SIDE, 16))?;
        legend::draw(&area, &entries, 40)?;

        let mut chart = ChartBuilder::on(&area)
            .margin_top(top)
            .margin_left(SIDE)
            .margin_right(SIDE)
            .margin_bottom(8)
            .x_label_area_size(44)
            .build_cartesian_2d(self.range.0..self.range.1, 0.0..1.0)?;
        let tick = canvas::text(SMALL, Colour::Muted, HPos::Center, false);
        let step = (self.range.1 - self.range.0) / 5.0;
        chart
            .configure_mesh()
            .disable_y_mesh()
            .disable_y_axis()
            .bold_line_style(Colour::Grid.rgb())
            .light_line_style(TRANSPARENT)
            .axis_style(Colour::Ink.rgb())
            .x_labels(6)
            .x_label_formatter(&|v| tick_text(*v, step))
            .x_desc(self.axis.as_str())
            .label_style(tick)
            .axis_desc_style(canvas::text(SMALL, Colour::Ink, HPos::Center, false))
            .draw()?;

        for ((lane, lines), top) in self.lanes.iter().zip(&labels).zip(tops) {
            self.draw_lane(&area, top, lane, lines)?;
        }
        area.present()?;
        Ok(())
    }

    fn draw_lane<DB: DrawingBackend>(
        &self,
        area: &DrawingArea<DB, plotters::coord::Shift>,
        top: i32,
        lane: &Lane,
        lines: &[String],
    ) -> std::result::Result<(), DrawingAreaErrorKind<DB::ErrorType>> {
        let label = canvas::text(SMALL, Colour::Ink, HPos::Left, false);
        let mut y = top + 11;
        for line in lines {
            area.draw_text(line, &label, (SIDE, y))?;
            y += LINE;
        }
        area.draw_text(&lane.value, &canvas::text(SMALL, Colour::Ink, HPos::Right, true), (RIGHT, top + 11))?;
        for mark in &lane.marks {
            match *mark {
                Mark::Bar { from, to, colour } => {
                    let (from, to) = (self.x(from), self.x(to).max(self.x(from) + 1));
                    area.draw(&Rectangle::new([(from, y - 7), (to, y + 7)], colour.rgb().filled()))?;
                }
                Mark::Whisker { low, high, colour } => {
                    let (low, high) = (self.x(low), self.x(high));
                    let style = colour.rgb().stroke_width(2);
                    for line in [[(low, y), (high, y)], [(low, y - 5), (low, y + 5)], [(high, y - 5), (high, y + 5)]] {
                        area.draw(&PathElement::new(line, style))?;
                    }
                }
                Mark::Dot { at, colour } => legend::glyph(area, Glyph::Dot, colour, (self.x(at), y))?,
                Mark::Diamond { at, colour } => legend::glyph(area, Glyph::Diamond, colour, (self.x(at), y))?,
            }
        }
        Ok(())
    }

    /// A value's place across the figure; values off the axis are at its ends.
    fn x(&self, v: f64) -> i32 {
        let (low, high) = self.range;
        let share = ((v - low) / (high - low)).clamp(0.0, 1.0);
        let room = f64::from(WIDTH) - 2.0 * f64::from(SIDE);
        #[expect(clippy::cast_possible_truncation, reason = "between 0 and WIDTH")]
        let x = (share * room).round() as i32;
        SIDE + x
    }
}

/// An axis from zero to a little over the largest of `values`.
pub(crate) fn from_zero(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let top = values.filter(|v| v.is_finite()).fold(0.0, f64::max);
    (0.0, if top > 0.0 { top * 1.03 } else { 1.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every text of a drawing: left end, right end (estimated), height of its line.
    fn texts(svg: &str) -> Vec<(i64, i64, i64, String)> {
        let number = |tag: &str, name: &str| -> i64 {
            let after = tag.split(&format!(" {name}=\"")).nth(1).unwrap();
            after.split(['"', '.']).next().unwrap().parse().unwrap()
        };
        svg.split("<text")
            .skip(1)
            .map(|part| {
                let (tag, rest) = part.split_once('>').unwrap();
                let words = rest.split('<').next().unwrap().trim().to_owned();
                let wide = i64::from(canvas::width(&words, u32::try_from(number(tag, "font-size")).unwrap()));
                let (x, y) = (number(tag, "x"), number(tag, "y"));
                let left = match tag {
                    tag if tag.contains("\"middle\"") => x - wide / 2,
                    tag if tag.contains("\"end\"") => x - wide,
                    _ => x,
                };
                (left, left + wide, y, words)
            })
            .collect()
    }

    fn lanes(labels: &[&str], range: (f64, f64)) -> Lanes {
        let lane = |label: &&str| Lane {
            label: (*label).to_owned(),
            value: "12,345 images/s".to_owned(),
            marks: vec![Mark::Bar { from: 0.0, to: 1e9, colour: Colour::First }],
        };
        Lanes {
            name: "test".into(),
            title: "A test".into(),
            description: String::new(),
            legend: vec![(Glyph::Bar, Colour::First, "a first series with a long name"); 4],
            axis: "images/s".into(),
            range,
            lanes: labels.iter().map(lane).collect(),
        }
    }

    #[test]
    fn no_two_texts_overlap_and_none_leaves_the_figure() {
        let long = "a-network-whose-name-has-no-end-and-no-place-to-break-it-anywhere-at-all";
        let labels = ["short", "resnet50 · NVIDIA H200 · bf16 · batch 1024 · input pipeline alone", long];
        for range in [(0.0, 1.0), (0.0, 123_456.0), (17.3, 99.9), (0.0, 0.004)] {
            let texts = texts(&lanes(&labels, range).draw().unwrap());
            assert!(texts.len() > 12);
            for (i, (left, right, y, words)) in texts.iter().enumerate() {
                assert!(*left >= 0 && *right <= i64::from(WIDTH), "`{words}` leaves the figure for {range:?}");
                for (l, r, other_y, other) in &texts[i + 1..] {
                    let apart = (y - other_y).abs() >= 14 || right <= l || r <= left;
                    assert!(apart, "`{words}` is over `{other}` for {range:?}");
                }
            }
        }
    }

    #[test]
    fn ticks_differ_in_their_text() {
        for (step, texts) in [(0.0008, ["0.0008", "0.0016"]), (0.4, ["0.4", "0.8"]), (500.0, ["500", "1,000"])] {
            assert_eq!([tick_text(step, step), tick_text(2.0 * step, step)], texts);
        }
    }

    #[test]
    fn a_mark_off_the_axis_stays_at_its_end() {
        let lanes = lanes(&["x"], (0.0, 1.0));
        assert_eq!((lanes.x(-5.0), lanes.x(0.0), lanes.x(1.0), lanes.x(7.0)), (SIDE, SIDE, RIGHT, RIGHT));
    }
}
