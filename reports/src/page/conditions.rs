//! Under which conditions every number came: what all runs share once, what differs run by run.
//!
//! Must not shorten a hash: a reader may want to compare it.

use maud::{Markup, html};
use spec::event::Measurement;

use super::fields::{self, Field};
use crate::format;
use crate::html::anchor;
use crate::input::{PageInput, RunView};

pub(crate) fn section(input: &PageInput<'_>) -> Markup {
    if input.runs.is_empty() {
        return html! { p.nothing { "There is no run behind this page: what it shows follows from the definitions alone." } };
    }
    let all: Vec<Vec<Field>> = input.runs.iter().map(fields::of).collect();
    let shared: Vec<&Field> = all[0].iter().filter(|field| all.iter().all(|fields| fields.contains(field))).collect();
    html! {
        (overview(input.runs))
        @if input.runs.len() > 1 {
            h3 { "The same in every run" }
            (table("Conditions that all runs share", shared.iter().copied()))
        }
        @for (run, own) in input.runs.iter().zip(&all) {
            @let own = own.iter().filter(|field| input.runs.len() == 1 || !shared.contains(field));
            details #(anchor("run", &run.plan.run)) open[input.runs.len() == 1] {
                summary { "Run " code { (run.plan.run) } ", " (run.status) }
                (table("Conditions of this run", own))
                (measurements(run.measurements))
            }
        }
    }
}

fn overview(runs: &[RunView<'_>]) -> Markup {
    html! {
        div.scroll {
            table {
                caption.sr { "The runs behind this page" }
                thead {
                    tr { @for heading in ["Run", "Network or experiment", "Weights", "Data", "Where", "Precision", "Batch", "Ended"] { th scope="col" { (heading) } } }
                }
                tbody {
                    @for run in runs {
                        @let settings = &run.plan.job.settings;
                        tr {
                            th scope="row" { a href=(format!("#{}", anchor("run", &run.plan.run))) { code { (run.plan.run) } } }
                            td { (if run.experiment().is_none() && run.plan.network.is_none() { format::ABSENT } else { run.subject() }) }
                            td { (weights(run)) }
                            td { (data(run)) }
                            td { (place(run)) }
                            td { (settings.precision) }
                            td { (settings.batch) }
                            td { (run.status) }
                        }
                    }
                }
            }
        }
    }
}

fn weights(run: &RunView<'_>) -> String {
    match (run.experiment(), &run.plan.job.weights) {
        (Some(stage), _) if stage.weights.is_empty() => "trained here".to_owned(),
        (Some(stage), _) => fields::joined(stage.weights.iter().map(|weights| weights.id.clone())),
        (None, Some(weights)) => weights.id.clone(),
        (None, None) => "random".to_owned(),
    }
}

fn data(run: &RunView<'_>) -> String {
    match (run.experiment(), &run.plan.data) {
        (Some(stage), _) => fields::joined(stage.data.iter().map(|data| data.id.clone())),
        (None, Some(data)) => data.id.clone(),
        (None, None) => format::ABSENT.to_owned(),
    }
}

/// The device that the network ran on, by name where it is known.
fn place(run: &RunView<'_>) -> String {
    match run.environment {
        Some(e) => e.gpu.as_ref().map_or_else(|| e.cpu.clone(), |gpu| gpu.name.clone()),
        None => run.plan.job.settings.device.to_string(),
    }
}

fn table<'a>(caption: &str, fields: impl Iterator<Item = &'a Field>) -> Markup {
    html! {
        table.fields {
            caption.sr { (caption) }
            tbody {
                @for (name, value) in fields { tr { th scope="row" { (name) } td { (value) } } }
            }
        }
    }
}

fn measurements(measurements: &[Measurement]) -> Markup {
    html! {
        @if !measurements.is_empty() {
            h4 { "Measured in this run" }
            table.fields {
                caption.sr { "Times, rates and memory of this run" }
                tbody { @for measurement in measurements { tr { th scope="row" { (measurement.name) } td { (value(measurement)) } } } }
            }
        }
    }
}

/// A measurement with its unit, interval and number of samples.
fn value(m: &Measurement) -> Markup {
    let text = |v: f64| match m.unit {
        Some(unit) => format::measured(v, unit, None),
        None if m.name.starts_with("peak.copy") => format!("{}bytes/s", format::rate(v)),
        None if m.name.starts_with("peak.") => format!("{}operations/s", format::rate(v)),
        None if v.fract() == 0.0 => format::fixed(v, 0),
        None => format::significant(v, 3),
    };
    let ends = m.low.zip(m.high).filter(|(low, high)| low.is_finite() && high.is_finite());
    html! {
        (text(m.value))
        @if let Some((low, high)) = ends { " " span.interval { "[" (text(low)) " to " (text(high)) "]" } }
        @if !m.samples.is_empty() { " " small { "median of " (m.samples.len()) } }
    }
}
