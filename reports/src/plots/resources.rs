//! Images a second and peak memory, by network, hardware and arithmetic.
//!
//! Must not compare machines: a bar says what was measured where, and nothing of what a paper's machine did.

use spec::event::Measurement;

use super::lanes::{Lane, Lanes, Mark, from_zero};
use super::{Drawing, Plot};
use crate::input::{PageInput, RunView};
use crate::svg::canvas::Colour;
use crate::svg::legend::Glyph;
use crate::{Result, format};

/// A measurement's name, its colour, and what the legend says.
type Series = (&'static str, Colour, &'static str);

const SPEEDS: [Series; 1] = [("throughput.network", Colour::First, "network alone")];

const INPUTS: [Series; 1] = [("throughput.input", Colour::Second, "input pipeline alone")];

const MEMORIES: [Series; 3] = [
    ("memory.process.peak", Colour::First, "process"),
    ("memory.allocator.peak", Colour::Second, "GPU allocator"),
    ("memory.device.peak", Colour::Third, "whole GPU"),
];

const GIB: f64 = 1024.0 * 1024.0 * 1024.0;

/// Bars of images a second.
pub(crate) fn throughput(input: &PageInput<'_>) -> Result<Plot> {
    let caption = "Median of the timed batches with the 95 % interval of the median: the network alone, on batches that \
                   are already in memory.";
    let lanes = lanes(input, &SPEEDS, 1.0, |v| format!("{} images/s", format::significant(v, 3)));
    finish("throughput", "Images a second", "images/s", caption, "No speed was measured in these runs.", &SPEEDS, lanes)
}

/// Bars of images a second before the network: a figure of its own, since they dwarf the network's on a processor.
pub(crate) fn input_pipeline(input: &PageInput<'_>) -> Result<Plot> {
    let caption = "Decode, resize and crop alone, without a network, on as many threads as the run had for it.";
    let lanes = lanes(input, &INPUTS, 1.0, |v| format!("{} images/s", format::significant(v, 3)));
    let nothing = "The input pipeline was not timed in these runs.";
    finish("input", "Input pipeline", "images/s", caption, nothing, &INPUTS, lanes)
}

/// Bars of bytes.
pub(crate) fn memory(input: &PageInput<'_>) -> Result<Plot> {
    let caption = "The largest amount of memory that was in use at one time during the run: of the whole process, and \
                   on a GPU of libtorch's allocator and of the device.";
    let lanes = lanes(input, &MEMORIES, 1.0 / GIB, |v| format::bytes(v * GIB));
    finish("memory", "Peak memory", "GiB", caption, "No peak memory was measured in these runs.", &MEMORIES, lanes)
}

fn lanes(
    input: &PageInput<'_>,
    series: &[Series],
    scale: f64,
    text: impl Fn(f64) -> String,
) -> Vec<(&'static str, f64, Lane)> {
    let mut found = Vec::new();
    for run in input.runs {
        for (name, colour, what) in series {
            let Some(measured) = measurement(run, name) else { continue };
            let value = measured.value * scale;
            let mut marks = vec![Mark::Bar { from: 0.0, to: value, colour: *colour }];
            let mut top = value;
            let ends = measured.low.zip(measured.high).filter(|(low, high)| low.is_finite() && high.is_finite());
            if let Some((low, high)) = ends {
                marks.push(Mark::Whisker { low: low * scale, high: high * scale, colour: Colour::Ink });
                top = top.max(high * scale);
            }
            let label = format!("{} · {what}", conditions(run));
            found.push((*name, top, Lane { label, value: text(value), marks }));
        }
    }
    found
}

fn finish(
    name: &'static str,
    title: &'static str,
    axis: &'static str,
    caption: &str,
    nothing: &'static str,
    series: &[Series],
    found: Vec<(&'static str, f64, Lane)>,
) -> Result<Plot> {
    let drawing = if found.is_empty() {
        Drawing::Nothing(nothing.to_owned())
    } else {
        let legend = series.iter().filter(|(name, ..)| found.iter().any(|(of, ..)| of == name));
        let legend = legend.map(|(_, colour, what)| (Glyph::Bar, *colour, *what)).collect();
        let range = from_zero(found.iter().map(|(_, top, _)| *top));
        let lanes = found.into_iter().map(|(.., lane)| lane).collect();
        let (name, title, axis) = (name.to_owned(), title.to_owned(), axis.to_owned());
        Drawing::Svg(Lanes { name, title, description: caption.to_owned(), legend, axis, range, lanes }.draw()?)
    };
    Ok(Plot { name: name.to_owned(), title: title.to_owned(), caption: caption.to_owned(), drawing })
}

/// A run's last measurement of that name, which is the one that the table shows, if its value can be drawn.
pub(crate) fn measurement<'a>(run: &RunView<'a>, name: &str) -> Option<&'a Measurement> {
    run.measurements.iter().rev().find(|m| m.name == name).filter(|m| m.value.is_finite() && m.value >= 0.0)
}

/// `resnet50 · cpu · fp32 · batch 16`.
pub(crate) fn conditions(run: &RunView<'_>) -> String {
    let settings = &run.header.settings;
    let network = run.subject();
    let device = match run.environment.and_then(|e| e.gpu.as_ref()) {
        Some(gpu) => gpu.name.clone(),
        None => settings.device.to_string(),
    };
    format!("{network} · {device} · {} · batch {}", settings.precision, settings.batch)
}
