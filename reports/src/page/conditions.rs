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
        return html! {
            p.nothing { "There is no run behind this page: what it shows follows from the definitions alone." }
            (problems(input))
        };
    }
    let all: Vec<Vec<Field>> = input.runs.iter().map(|run| fields::of(input, run)).collect();
    let shared: Vec<&Field> = all[0].iter().filter(|field| all.iter().all(|fields| fields.contains(field))).collect();
    html! {
        (overview(input.runs))
        (problems(input))
        @if input.runs.len() > 1 {
            h3 { "The same in every run" }
            (table("Conditions that all runs share", shared.iter().copied()))
        }
        @for (run, own) in input.runs.iter().zip(&all) {
            @let own = own.iter().filter(|field| input.runs.len() == 1 || !shared.contains(field));
            details #(anchor("run", &run.header.run)) open[input.runs.len() == 1] {
                summary { "Run " code { (run.header.run) } ", " (run.status) }
                (table("Conditions of this run", own))
                (measurements(run.measurements))
            }
        }
    }
}

/// What of the records is damaged: it cost its own rows, and nothing else.
fn problems(input: &PageInput<'_>) -> Markup {
    html! {
        @if !input.problems.is_empty() {
            h3 { "Parts of records that could not be used" }
            ul { @for problem in input.problems { li { code { (problem.run) } ": " (problem.message) } } }
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
                        @let settings = &run.header.settings;
                        tr {
                            th scope="row" { a href=(format!("#{}", anchor("run", &run.header.run))) { code { (run.header.run) } } }
                            td { (if run.training().is_none() && run.header.subject.is_none() { format::ABSENT } else { run.subject() }) }
                            td { (weights(run)) }
                            td { (data(run)) }
                            td { (place(run)) }
                            @if run.imported().is_some() {
                                td { (format::ABSENT) }
                                td { (format::ABSENT) }
                            } @else {
                                td { (settings.precision) }
                                td { (settings.batch) }
                            }
                            td { (run.status) }
                        }
                    }
                }
            }
        }
    }
}

fn weights(run: &RunView<'_>) -> String {
    if run.imported().is_some() {
        return "predictions taken over".to_owned();
    }
    match (&run.header.weights, run.training()) {
        (Some(weights), _) => weights.clone(),
        (None, Some(_)) => "trained here".to_owned(),
        (None, None) if run.outcomes.is_empty() => "random".to_owned(),
        // Baselines without a network.
        (None, None) => format::ABSENT.to_owned(),
    }
}

fn data(run: &RunView<'_>) -> String {
    if run.header.data.is_empty() {
        return format::ABSENT.to_owned();
    }
    fields::joined(run.header.data.iter().map(|data| data.id.clone()))
}

/// The device that the network ran on, by name where it is known.
fn place(run: &RunView<'_>) -> String {
    match run.environment {
        _ if run.imported().is_some() => "not run here".to_owned(),
        Some(e) => e.gpu.as_ref().map_or_else(|| e.cpu.clone(), |gpu| gpu.name.clone()),
        None => run.header.settings.device.to_string(),
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
