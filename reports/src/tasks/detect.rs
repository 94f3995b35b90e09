//! Which objects are where: mean average precisions on one scale, and by class the average precisions with their curves.
//!
//! Must not know a data set.

mod curves;
mod sets;

use maud::{Markup, PreEscaped, html};
use results::tasks::detect::voc::Average;
use results::tasks::detect::{COCO_AP, MAP, MAP_AREA};
use spec::event::Measurement;

use super::{Fragment, Scale, Section};
use crate::format;
use crate::input::PageInput;
use sets::{Detector, Set};

pub(crate) const FRAGMENT: Fragment = Fragment {
    scales: &[Scale {
        name: "agreement-detection",
        title: "Mean average precision against published",
        axis: "mean over classes of the average precision, in percent",
        metrics: &[MAP, MAP_AREA, COCO_AP],
    }],
    counted: &[],
    plain: &[],
    sections: &[Section { id: "classes", heading: "Detection by class", body: section }],
};

/// None where nothing was detected.
fn section(input: &PageInput<'_>) -> Option<Markup> {
    let sets = sets::of(input);
    if sets.is_empty() {
        return None;
    }
    Some(html! {
        p.note {
            "Average precision of each class by the rule of VOC 2007 (precision at eleven recalls), in percent, of the newest run of each detector. "
            "A class without an object among these images has none, and does not count in the mean."
        }
        @for set in &sets {
            h3 { (set.data) " under " (set.protocol) ", " (format::thousands(set.images as u64)) " images" }
            (table(set))
            @match curves::drawn(set) {
                Ok(svg) => figure { (PreEscaped(svg)) figcaption { (curves::caption(set)) } },
                Err(why) => p.nothing { "The curves cannot be drawn: " (why.to_string()) },
            }
        }
        @if let Some(times) = times(input) { (times) }
    })
}

/// What measurements of a picture's time by parts begin with, in milliseconds, and those of what was computed in it, in multiply-adds.
const PART: &str = "time.picture.";
const WORK: &str = "macs.picture.";

/// One part of a picture's time.
struct Part<'a> {
    name: &'a str,
    milliseconds: f64,
    /// Where it is known.
    multiply_adds: Option<f64>,
}

impl Part<'_> {
    /// The share of the machine's peak, in percent.
    fn share(&self, peak: Option<f64>) -> Option<f64> {
        let rate = 2.0 * self.multiply_adds? / (self.milliseconds / 1e3);
        Some(100.0 * rate / peak?).filter(|share| share.is_finite())
    }
}

/// Where the time of one picture goes, of the newest run that told it.
fn times<'a>(input: &PageInput<'a>) -> Option<Markup> {
    let told = input.runs.iter().filter(|run| run.measurements.iter().any(|one| one.name.starts_with(PART)));
    let run = told.max_by_key(|run| &run.header.time)?;
    let measured = |name: &str| run.measurements.iter().find(|one| one.name == name).map(|one| one.value);
    let part = |one: &'a Measurement| {
        let name = one.name.strip_prefix(PART)?;
        Some(Part { name, milliseconds: one.value, multiply_adds: measured(&format!("{WORK}{name}")) })
    };
    let mut parts: Vec<Part<'_>> = run.measurements.iter().filter_map(part).collect();
    let multiply_adds = parts.iter().map(|part| part.multiply_adds).sum();
    parts.push(Part { name: "all", milliseconds: parts.iter().map(|part| part.milliseconds).sum(), multiply_adds });
    let settings = &run.header.settings;
    let peak = measured(&format!("peak.matmul.{}", settings.precision));
    let known = |value: Option<f64>, decimals| {
        value.map_or_else(|| format::ABSENT.to_owned(), |value| format::fixed(value, decimals))
    };
    Some(html! {
        h3 { "Time of one picture" }
        p.note {
            "Milliseconds, the median over some tested pictures, one at a time, decoding left out; "
            (settings.device.to_string()) ", " (settings.precision.to_string()) ", " (settings.threads) " threads, run " code { (run.header.run) } ". "
            "The share of the peak is that of this machine's fastest product of matrices in the same arithmetic; published times have theirs in the reasons of their rows."
        }
        div.scroll {
            table {
                caption.sr { "Milliseconds of one picture by part" }
                thead { tr {
                    th scope="col" { "" }
                    @for part in &parts { th.number scope="col" { (part.name) } }
                } }
                tbody {
                    tr {
                        th scope="row" { "milliseconds" }
                        @for part in &parts { td.number { (format::fixed(part.milliseconds, 1)) } }
                    }
                    tr {
                        th scope="row" { "multiply-adds, in billions" }
                        @for part in &parts { td.number { (known(part.multiply_adds.map(|count| count / 1e9), 2)) } }
                    }
                    tr {
                        th scope="row" { "percent of this machine's peak" }
                        @for part in &parts { td.number { (known(part.share(peak), 0)) } }
                    }
                }
            }
        }
    })
}

fn table(set: &Set) -> Markup {
    let mean = |detector: &Detector| {
        let all: Vec<f64> = set.classes.iter().filter_map(|class| average(detector, class.number)).collect();
        (!all.is_empty()).then(|| all.iter().sum::<f64>() / all.len() as f64)
    };
    html! {
        div.scroll {
            table {
                caption.sr { "Average precision by class on " (set.data) }
                thead { tr {
                    th scope="col" { "Class" }
                    th.number scope="col" { "Objects" }
                    @for detector in &set.detectors { th.number scope="col" { (detector.network) } }
                } }
                tbody {
                    @for class in &set.classes {
                        tr {
                            th scope="row" { (class.name) }
                            td.number { (format::thousands(class.objects)) }
                            @for detector in &set.detectors { (cell(average(detector, class.number))) }
                        }
                    }
                    tr {
                        th scope="row" { "mean" }
                        td.number { (format::thousands(set.classes.iter().map(|class| class.objects).sum())) }
                        @for detector in &set.detectors { (cell(mean(detector))) }
                    }
                }
            }
        }
    }
}

fn cell(percent: Option<f64>) -> Markup {
    html! { td.number { (percent.map_or_else(|| format::ABSENT.to_owned(), |percent| format::fixed(percent, 1))) } }
}

/// In percent; None where there is nothing to find.
fn average(detector: &Detector, class: u32) -> Option<f64> {
    let ranked = detector.ranked(class)?;
    ranked.average(Average::ElevenPoints, None).map(|share| 100.0 * share)
}
