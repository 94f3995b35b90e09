//! Where a run's time went: one stacked bar a run.
//!
//! Must not show work that ran beside other work as if it came after it: decoding on the loader threads costs the run
//! only what the network had to wait for it.

use super::lanes::{Lane, Lanes, Mark, from_zero};
use super::resources::{conditions, measurement};
use super::{Drawing, Plot};
use crate::input::{PageInput, RunView};
use crate::svg::canvas::Colour;
use crate::svg::legend::Glyph;
use crate::{Result, format};

const TITLE: &str = "Where a run's time went";

const PARTS: [(&str, Colour, &str); 3] = [
    ("time.forward", Colour::First, "network"),
    ("time.wait-for-input", Colour::Second, "waiting for input"),
    ("time.load", Colour::Third, "loading"),
];

pub(crate) fn plot(input: &PageInput<'_>) -> Result<Plot> {
    let caption = "Seconds of wall-clock time. Decoding and resizing run beside the network; only the time that the \
                   network waited for them is counted. Other is what is left of the whole: start, canary, speed \
                   measurements, writing."
        .to_owned();
    let mut lanes = Vec::new();
    let mut tops = Vec::new();
    for run in input.runs {
        let Some((lane, top)) = lane(run) else { continue };
        lanes.push(lane);
        tops.push(top);
    }
    let drawing = if lanes.is_empty() {
        Drawing::Nothing("No run recorded its whole time and the network's share of it.".to_owned())
    } else {
        let mut legend: Vec<_> = PARTS.iter().map(|(_, colour, what)| (Glyph::Bar, *colour, *what)).collect();
        legend.push((Glyph::Bar, Colour::Rest, "other"));
        let range = from_zero(tops.into_iter());
        let description = caption.clone();
        let (name, title, axis) = ("time".to_owned(), TITLE.to_owned(), "seconds".to_owned());
        Drawing::Svg(Lanes { name, title, description, legend, axis, range, lanes }.draw()?)
    };
    Ok(Plot { name: "time".to_owned(), title: TITLE.to_owned(), caption, drawing })
}

fn lane(run: &RunView<'_>) -> Option<(Lane, f64)> {
    let total = measurement(run, "time.total")?.value;
    let forward = measurement(run, "time.forward")?.value;
    let mut marks = Vec::new();
    let mut at = 0.0;
    for (name, colour, _) in PARTS {
        let Some(part) = measurement(run, name) else { continue };
        marks.push(Mark::Bar { from: at, to: at + part.value, colour });
        at += part.value;
    }
    if total > at {
        marks.push(Mark::Bar { from: at, to: total, colour: Colour::Rest });
    }
    let total = total.max(at);
    if total <= 0.0 {
        return None;
    }
    let value = format!("{} s, {} % network", format::significant(total, 3), format::fixed(100.0 * forward / total, 0));
    Some((Lane { label: conditions(run), value, marks }, total))
}
