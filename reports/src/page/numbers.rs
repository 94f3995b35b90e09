//! A row's two numbers in full: what was measured, with its interval and what it is over, and what is published.
//!
//! Must not leave a place blank where something is absent: it says so.

use maud::{Markup, html};
use results::row::Row;

use crate::format;
use crate::html::{self as shell, anchor};
use crate::input::PageInput;
use crate::tasks;

pub(crate) fn measured(input: &PageInput<'_>, row: &Row) -> Markup {
    let Some(value) = row.value.filter(|v| v.is_finite()) else {
        return html! { "not measured" };
    };
    let unit = tasks::shown_unit(row.metric, row.unit);
    html! {
        b.number { (format::measured(value, unit, row.n)) }
        @if let Some(interval) = format::interval(row.low, row.high, unit, row.n) {
            " " span.interval { "[" (interval) "]" }
        }
        @if let (Some(correct), Some(n)) = (row.correct, row.n) {
            " " small { (format::thousands(correct)) " of " (format::thousands(n)) " " (tasks::counted(row.metric)) }
        } @else if let Some(n) = row.n.filter(|_| row.metric.is_score()) {
            " " small { "over " (format::thousands(n)) " examples" }
        }
        @if let Some(trainings) = row.trainings.filter(|n| *n > 1) { " " small { "mean of " (trainings) " trainings" } }
        @if let Some(model) = &row.model { " " small { (model) } }
        @let run = row.run.as_deref().filter(|run| input.run(run).is_some());
        @if row.precision.is_some() || run.is_some() {
            " "
            small {
                @if let Some(precision) = &row.precision { (precision) }
                @if row.precision.is_some() && run.is_some() { " · " }
                @if let Some(run) = run { a href=(format!("#{}", anchor("run", run))) { "its run" } }
            }
        }
    }
}

pub(crate) fn published(input: &PageInput<'_>, row: &Row) -> Markup {
    let Some(published) = row.published.filter(|v| v.is_finite()) else {
        return html! { "none" };
    };
    let claim = shell::claim(input.paper, row);
    let unit = tasks::shown_unit(row.metric, row.unit);
    html! {
        b.number { (format::published(published, unit, claim.map(|claim| claim.step))) }
        @if let Some((claim, plus_minus)) = claim.and_then(|claim| Some((claim, claim.plus_minus?))) {
            " ± " (format::spread(plus_minus, unit, claim.step))
        }
        " " span.source { (row.source.as_deref().unwrap_or("source not given")) }
        @if let Some(mark) = row.mark { " " (shell::mark(mark)) }
        @if let Some(claim) = claim {
            @if claim.models > 1 { " " small { (claim.models) " networks averaged" } }
            @if let Some(note) = &claim.note { " " small { (note) } }
        }
    }
}

/// The reason of a verdict, with its probability where it was decided among many.
pub(crate) fn reason(row: &Row) -> Markup {
    html! {
        (row.reason.as_deref().unwrap_or(format::ABSENT))
        @if let Some(p) = row.p_holm.filter(|p| p.is_finite() && row.trainings.is_some()) {
            " " small { (results::p_value(p)) " after Holm's correction" }
        }
    }
}

/// What was used here and, where it differs, what the claim is about.
pub(crate) fn pair(here: Option<&str>, claimed: Option<&str>) -> Markup {
    html! {
        @match (here, claimed) {
            (Some(here), Some(claimed)) if here != claimed => {
                div.pair { (here) " " small { "paper: " (claimed) } }
            }
            (Some(here), _) => { div.pair { (here) } }
            (None, Some(claimed)) => { div.pair { small { "paper: " (claimed) } } }
            (None, None) => {}
        }
    }
}

/// A network as people write it, with its id.
pub(crate) fn title(input: &PageInput<'_>, network: &str) -> String {
    match input.paper.networks.iter().find(|known| known.id == network) {
        Some(known) if known.title != network => format!("{} ({network})", known.title),
        _ => network.to_owned(),
    }
}
