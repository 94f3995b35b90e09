//! The page's head: whose paper it is, the numbers it is known for, and how the comparison came out.
//!
//! Must not praise: numbers and counts, and what limits them.

use maud::{Markup, html};
use results::row::Verdict;
use spec::claim::{Claim, Mark};
use spec::paper::Paper;

use super::cell;
use super::rows::Rows;
use super::tables;
use crate::format::{self, thousands};
use crate::html::{self as shell, plural};
use crate::input::PageInput;
use crate::tasks;
use crate::verdicts::Counts;

pub(crate) fn head(paper: &Paper) -> Markup {
    html! {
        header {
            p.eyebrow { "Replication of a paper" }
            h1 { (paper.title) }
            p.authors {
                (paper.authors.join(", ")) " · " (paper.year) " · " (paper.venue) " · " (shell::link(&paper.link, "Read the paper"))
            }
        }
    }
}

pub(crate) fn section(input: &PageInput<'_>, rows: &Rows<'_>) -> Markup {
    let counts = Counts::of(input.rows);
    let claims = claims(input.paper);
    html! {
        section #verdict aria-labelledby="verdict-h" {
            h2.sr #verdict-h { "In short" }
            @if !claims.is_empty() {
                ul.headlines { @for claim in claims { (line(input, rows, claim)) } }
            }
            p.sum { (main_sentence(input, &counts)) }
            (shell::counts(&counts))
            details.about {
                summary { "What the paper did, and what limits these numbers" }
                p { (input.paper.summary) }
                @for sentence in limits(input, &counts) { p { (sentence) } }
            }
        }
    }
}

/// The claims that the paper is known for, one a table at most.
fn claims(paper: &Paper) -> Vec<&Claim> {
    let ids = paper.tables.iter().filter_map(|table| table.headline.as_deref());
    ids.filter_map(|id| paper.claims.iter().find(|claim| claim.id == id)).collect()
}

fn line(input: &PageInput<'_>, rows: &Rows<'_>, claim: &Claim) -> Markup {
    let found = rows.for_claim(&claim.id).map(|(found, _)| found);
    let value = found.and_then(|found| cell::measured(claim, found.row));
    let unit = format::unit(tasks::shown_unit(claim.metric, claim.unit));
    html! {
        li {
            span.big {
                (cell::published(claim)) " "
                @if let Some(value) = &value { span.to { "→" } " " b { (value) } " " }
                small { (unit) }
                @if found.is_some_and(|found| value.is_some() && cell::imported(found.row)) { " " small { "imported" } }
            }
            (tables::badge(rows, &claim.id))
            span.what {
                (claim.metric) ", " (tables::place(input, &claim.id).unwrap_or_default())
                @if let Some(found) = found {
                    " · "
                    a href=(format!("#{}", found.anchor)) { @if value.is_some() { "In full" } @else { "Why not" } }
                }
            }
        }
    }
}

fn main_sentence(input: &PageInput<'_>, counts: &Counts) -> String {
    if input.rows.is_empty() {
        return "No published number of this paper is encoded yet and nothing was measured.".to_owned();
    }
    let total = plural(counts.claims(), "published result", "published results");
    let structure = counts.structure().map(|words| format!(" Apart from them, {words}.")).unwrap_or_default();
    match counts.compared() {
        0 => format!("Of {total} none has been compared with a measurement yet.{structure}"),
        1 => format!("Of {total} 1 stands beside a measurement.{structure}"),
        n => format!("Of {total} {} stand beside a measurement.{structure}", thousands(n)),
    }
}

/// What a reader of the numbers must know, in sentences, each of which follows from the input.
fn limits(input: &PageInput<'_>, counts: &Counts) -> Vec<String> {
    let mut text = Vec::new();
    match counts.get(Verdict::NotRun) {
        0 => {}
        1 => text.push("1 published result was not run, and says why.".to_owned()),
        n => text.push(format!("{} published results were not run, and each says why.", thousands(n))),
    }
    if counts.without_claim > 0 {
        let values = plural(counts.without_claim, "value was", "values were");
        text.push(format!("{values} measured that no published number stands beside."));
    }
    text.extend(subsets(input));
    text.extend(trained(input));
    let unverified = input.rows.iter().filter(|row| row.mark == Some(Mark::Memory)).count() as u64;
    if unverified > 0 {
        let numbers = plural(unverified, "published number is", "published numbers are");
        text.push(format!("{numbers} quoted from memory and marked unverified."));
    }
    let failed = input.runs.iter().filter(|run| run.status != "finished").count() as u64;
    if failed > 0 {
        let total = thousands(input.runs.len() as u64);
        text.push(format!("Of {total} runs {} did not finish; see the conditions.", thousands(failed)));
    }
    match input.problems.len() as u64 {
        0 => {}
        1 => text.push("A part of a record could not be used; see the conditions.".to_owned()),
        n => text.push(format!("{} parts of records could not be used; see the conditions.", thousands(n))),
    }
    text
}

/// A sentence on how much of the training that the paper describes was done.
fn trained(input: &PageInput<'_>) -> Option<String> {
    let mut networks: Vec<(&str, &str, bool)> = Vec::new();
    for run in input.runs {
        for outcomes in run.outcomes.iter().filter(|outcomes| run.trains(&outcomes.network)) {
            let Some(trained) = outcomes.model.trained() else { continue };
            let network = (run.header.run.as_str(), outcomes.network.as_str(), trained.complete);
            if !networks.contains(&network) {
                networks.push(network);
            }
        }
    }
    let whole = networks.iter().filter(|(.., complete)| *complete).count() as u64;
    let less = networks.len() as u64 - whole;
    let of = |n| plural(n, "network was", "networks were");
    match (whole, less) {
        (0, 0) => None,
        (whole, 0) => Some(format!("{} trained here from nothing with the paper's whole recipe.", of(whole))),
        (0, less) => Some(format!("{} trained here from nothing, with less than the paper's whole recipe.", of(less))),
        (whole, less) => Some(format!(
            "{} trained here from nothing with the paper's whole recipe, {} with less of it.",
            of(whole),
            thousands(less)
        )),
    }
}

/// A sentence for each part of a data set that was measured on.
fn subsets(input: &PageInput<'_>) -> Vec<String> {
    let mut seen = Vec::new();
    let mut text = Vec::new();
    let planned = input.runs.iter().flat_map(|run| &run.header.data);
    let planned = planned.map(|data| (&data.id, data.images, data.part_of.as_ref()));
    let outcomes = input.runs.iter().flat_map(|run| run.outcomes);
    let outcomes = outcomes.map(|outcomes| (&outcomes.data, outcomes.count, outcomes.part_of.as_ref()));
    for (id, images, part) in planned.chain(outcomes) {
        // A list of a set that is named by itself may be all there.
        let Some(part) = part.filter(|part| images < part.of) else { continue };
        if seen.contains(&id) {
            continue;
        }
        seen.push(id);
        text.push(format!(
            "{id} is a sample: {} of the {} images of {}.",
            thousands(images),
            thousands(part.of),
            part.whole
        ));
    }
    text
}
