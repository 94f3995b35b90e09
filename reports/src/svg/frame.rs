//! Two linear axes and lines between them: what every figure of training curves is made of.
//!
//! Must not know what the lines stand for. Lines are written here and not by plotters, which knows whole units only:
//! a curve would have stairs.

use std::fmt::Write as _;

use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use super::canvas::{self, Colour};
use crate::format;

/// A plotting area in the figure's units, and the ends of its axes; finite, low before high.
pub(crate) struct Frame {
    pub(crate) left: i32,
    pub(crate) top: i32,
    pub(crate) wide: i32,
    pub(crate) high: i32,
    pub(crate) x: (f64, f64),
    pub(crate) y: (f64, f64),
}

/// What is written beside a frame.
#[derive(Clone, Copy)]
pub(crate) struct Ticks {
    /// As many numbers on the horizontal axis at most; its grid lines are not drawn.
    pub(crate) x: usize,
    /// As many on the vertical one, with grid lines.
    pub(crate) y: usize,
    /// Whether the vertical axis has its numbers here, or at a frame to its left.
    pub(crate) y_texts: bool,
    /// The size of the numbers.
    pub(crate) size: u32,
}

type Drawn<DB> = Result<(), DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>>;

impl Frame {
    /// Grid, axes and their numbers.
    pub(crate) fn axes<DB: DrawingBackend>(
        &self,
        area: &DrawingArea<DB, plotters::coord::Shift>,
        ticks: Ticks,
    ) -> Drawn<DB> {
        let (right, bottom) = (self.left + self.wide, self.top + self.high);
        let (places, step) = nice(self.y, ticks.y);
        for place in places {
            let y = whole(self.y_at(place));
            area.draw(&PathElement::new([(self.left, y), (right, y)], Colour::Grid.rgb().stroke_width(1)))?;
            if ticks.y_texts {
                let text = canvas::text(ticks.size, Colour::Muted, HPos::Right, false);
                area.draw_text(&tick_text(place, step), &text, (self.left - 5, y))?;
            }
        }
        let ink = Colour::Ink.rgb().stroke_width(1);
        area.draw(&PathElement::new([(self.left, self.top), (self.left, bottom), (right, bottom)], ink))?;
        let (places, step) = nice(self.x, ticks.x);
        for place in places {
            let x = whole(self.x_at(place));
            area.draw(&PathElement::new([(x, bottom), (x, bottom + 3)], ink))?;
            let words = if step < 1.0 { tick_text(place, step) } else { steps(place) };
            // At an end of the axis a number stays within the frame: another frame may stand beside it.
            let half = i32::try_from(canvas::width(&words, ticks.size) / 2).unwrap_or(0);
            let x = x.clamp(self.left.saturating_add(half), (right - half).max(self.left + half));
            let text = canvas::text(ticks.size, Colour::Muted, HPos::Center, false);
            area.draw_text(&words, &text, (x, bottom + 12))?;
        }
        Ok(())
    }

    /// A line through `points` as elements to be put into the figure; what lies above or below the frame is cut off
    /// at its edge.
    pub(crate) fn line(&self, points: &[(f64, f64)], colour: Colour, stroke: f64) -> String {
        let mut svg = String::new();
        for part in cut(points, self.y) {
            let _ = write!(
                svg,
                "<polyline fill=\"none\" class=\"{}\" stroke-width=\"{stroke}\" stroke-linejoin=\"round\" points=\"",
                colour.line_class()
            );
            for (i, (x, y)) in part.iter().enumerate() {
                let space = if i == 0 { "" } else { " " };
                let _ = write!(svg, "{space}{:.1},{:.1}", self.x_at(*x), self.y_at(*y));
            }
            svg.push_str("\"/>\n");
        }
        svg
    }

    /// Where a point is drawn, in whole units; None for one outside of the frame.
    pub(crate) fn at(&self, (x, y): (f64, f64)) -> Option<(i32, i32)> {
        (self.y.0..=self.y.1).contains(&y).then(|| (whole(self.x_at(x)), whole(self.y_at(y))))
    }

    fn x_at(&self, v: f64) -> f64 {
        f64::from(self.left) + (v - self.x.0) / (self.x.1 - self.x.0) * f64::from(self.wide)
    }

    fn y_at(&self, v: f64) -> f64 {
        f64::from(self.top) + (self.y.1 - v) / (self.y.1 - self.y.0) * f64::from(self.high)
    }
}

/// Puts elements before the end of a drawing.
pub(crate) fn insert(svg: &str, elements: &str) -> String {
    match svg.rsplit_once("</svg>") {
        Some((before, after)) => format!("{before}{elements}</svg>{after}"),
        None => svg.to_owned(),
    }
}

/// A tick's number, with as many decimals as the distance between ticks wants.
pub(crate) fn tick_text(v: f64, step: f64) -> String {
    let decimals = (0..9).find(|d| step * 10f64.powi(*d) >= 0.99).unwrap_or(9);
    match v {
        0.0 => "0".to_owned(),
        // There is no room for seven digits beside an axis.
        v if v.abs() >= 1e6 => steps(v),
        v => format::fixed(v, decimals),
    }
}

/// At most `most` round numbers within `range`, evenly apart, and their distance.
pub(crate) fn nice(range: (f64, f64), most: usize) -> (Vec<f64>, f64) {
    let span = range.1 - range.0;
    #[expect(clippy::cast_precision_loss, reason = "a handful")]
    let rough = span / most.max(1) as f64;
    let power = 10f64.powf(rough.log10().floor());
    for times in [1.0, 2.0, 5.0, 10.0, 20.0] {
        let step = times * power;
        let first = (range.0 / step - 1e-9).ceil();
        let last = (range.1 / step + 1e-9).floor();
        let mut places = Vec::new();
        let mut at = first;
        while at <= last && places.len() <= most {
            places.push(at * step);
            at += 1.0;
        }
        if places.len() <= most {
            return (places, step);
        }
    }
    (vec![range.0], span)
}

/// The ends of a vertical axis for `values`, and how many of them lie beyond. A few values far from all others, as the
/// first ones of a training often are, do not press the rest flat; of fewer than ten all are shown.
pub(crate) fn range(values: impl Iterator<Item = f64>) -> Option<((f64, f64), usize)> {
    let mut values: Vec<f64> = values.filter(|v| v.is_finite()).collect();
    values.sort_by(f64::total_cmp);
    let (first, last) = (*values.first()?, *values.last()?);
    // The bulk of the values: all but the lowest and the highest twentieth.
    let (low, high) = (values[(values.len() - 1) * 5 / 100], values[(values.len() - 1) * 95 / 100]);
    let (mut low, mut high) = if values.len() >= 10 && high > low && last - first > 3.0 * (high - low) {
        ((low - 0.15 * (high - low)).max(first), (high + 0.15 * (high - low)).min(last))
    } else {
        (first, last)
    };
    // From zero where that costs little: a length is easier to judge than a place.
    if low > 0.0 && low < 0.35 * high {
        low = 0.0;
    }
    let room = if high > low { 0.04 * (high - low) } else { (high.abs() * 0.05).max(0.5) };
    high += room;
    if low != 0.0 {
        low -= room;
    }
    let beyond = values.iter().filter(|v| **v < low || **v > high).count();
    Some(((low, high), beyond))
}

/// The parts of a line within an axis's ends; where it crosses one, the part ends on it.
fn cut(points: &[(f64, f64)], (low, high): (f64, f64)) -> Vec<Vec<(f64, f64)>> {
    let mut parts: Vec<Vec<(f64, f64)>> = Vec::new();
    let mut open: Vec<(f64, f64)> = Vec::new();
    let inside = |y: f64| (low..=high).contains(&y);
    for (i, &(x, y)) in points.iter().enumerate() {
        if let Some(&(from_x, from_y)) = i.checked_sub(1).and_then(|i| points.get(i)) {
            // The ends that the stretch crosses, in its direction.
            let mut crossed: Vec<f64> = [low, high].into_iter().filter(|e| (from_y < *e) != (y < *e)).collect();
            if y < from_y {
                crossed.reverse();
            }
            for edge in crossed {
                let x = from_x + (x - from_x) * (edge - from_y) / (y - from_y);
                open.push((x, edge));
                if open.len() > 1 && !inside(y) {
                    parts.push(std::mem::take(&mut open));
                }
            }
        }
        if inside(y) {
            open.push((x, y));
        } else {
            open.clear();
        }
    }
    parts.push(open);
    parts.retain(|part| !part.is_empty());
    parts
}

/// A number of steps, short: `500`, `20 k`, `1.5 M`.
fn steps(v: f64) -> String {
    let short = |v: f64| format::fixed(v, i32::from((v - v.round()).abs() > 1e-6));
    match v.abs() {
        v if v >= 1e6 => format!("{} M", short(v / 1e6)),
        v if v >= 1e4 => format!("{} k", short(v / 1e3)),
        _ => format::fixed(v, 0),
    }
}

fn whole(v: f64) -> i32 {
    #[expect(clippy::cast_possible_truncation, reason = "places within a figure")]
    let v = v.round() as i32;
    v
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_line_ends_at_the_edges_of_its_frame() {
        let parts = cut(&[(0.0, 4.0), (1.0, 0.5), (2.0, -3.0), (3.0, -3.0), (4.0, 0.0), (5.0, 4.0)], (0.0, 2.0));
        assert_eq!(parts.len(), 2, "{parts:?}");
        assert_eq!((parts[0][0].1, parts[0][1], parts[0][2].1), (2.0, (1.0, 0.5), 0.0));
        assert_eq!(parts[1].last().unwrap(), &(4.5, 2.0));
        let through = cut(&[(0.0, -2.0), (1.0, 4.0)], (0.0, 2.0));
        assert_eq!(through.len(), 1);
        assert_eq!(through[0].iter().map(|(_, y)| *y).collect::<Vec<_>>(), [0.0, 2.0]);
    }

    #[test]
    fn a_first_value_far_off_does_not_press_the_rest_flat() {
        let falling = (0..100).map(|i| if i == 0 { -3000.0 } else { 180.0 + f64::from(i) / 2.0 });
        let ((low, high), beyond) = range(falling).unwrap();
        assert!(low > 150.0 && high < 250.0 && beyond == 1, "{low} {high} {beyond}");
        assert_eq!(range([90.0, 5.0, 3.0, 1.0].into_iter()).unwrap(), ((0.0, 93.6), 0), "a few values are all shown");
        assert!(range([f64::NAN].into_iter()).is_none());
    }

    #[test]
    fn numbers_of_steps_are_short() {
        assert_eq!([500.0, 9000.0, 20_000.0, 12_500.0, 1.5e6].map(steps), ["500", "9,000", "20 k", "12.5 k", "1.5 M"]);
    }

    proptest! {
        #[test]
        fn ticks_are_few_and_inside(low in -1e6f64..1e6, span in 1e-3f64..1e7, most in 2usize..9) {
            let (places, step) = nice((low, low + span), most);
            prop_assert!(!places.is_empty() && places.len() <= most);
            for place in places {
                prop_assert!(place >= low - 0.01 * step && place <= low + span + 0.01 * step);
            }
        }

        #[test]
        fn no_part_of_a_cut_line_leaves(ys in proptest::collection::vec(-5.0f64..5.0, 0..40)) {
            let points: Vec<_> = ys.iter().enumerate().map(|(i, y)| (i as f64, *y)).collect();
            for part in cut(&points, (-1.0, 1.0)) {
                prop_assert!(part.iter().all(|(_, y)| (-1.0..=1.0).contains(y)));
                prop_assert!(part.windows(2).all(|two| two[0].0 <= two[1].0));
            }
        }
    }
}
