//! The page's head: whose paper it is, and in one paragraph how the comparison came out.
//!
//! Must not praise: counts, and what limits them.

use maud::{Markup, html};
use results::row::Verdict;
use spec::claim::Mark;
use spec::paper::Paper;

use crate::format::thousands;
use crate::html::{self as shell, plural};
use crate::input::PageInput;
use crate::verdicts::Counts;

pub(crate) fn head(paper: &Paper) -> Markup {
    html! {
        header {
            p.eyebrow { "Replication of a paper" }
            h1 { (paper.title) }
            p.authors { (paper.authors.join(", ")) }
            p.venue {
                (paper.year) " · " (paper.venue) " · " (shell::link(&paper.link, "Read the paper"))
            }
            p.lead { (paper.summary) }
        }
    }
}

pub(crate) fn verdicts(input: &PageInput<'_>) -> Markup {
    let counts = Counts::of(input.rows);
    html! {
        section #verdict aria-labelledby="verdict-h" {
            h2 #verdict-h { "In short" }
            p { (paragraph(input, &counts)) }
            (shell::counts(&counts))
        }
    }
}

/// The summary in sentences, each of which follows from the input.
fn paragraph(input: &PageInput<'_>, counts: &Counts) -> String {
    if input.rows.is_empty() {
        return "No published number of this paper is encoded yet and nothing was measured.".to_owned();
    }
    let mut text = vec![main_sentence(counts)];
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
    text.join(" ")
}

fn main_sentence(counts: &Counts) -> String {
    let compared = counts.claims() - counts.get(Verdict::NotRun);
    let mut parts = Vec::new();
    for (verdict, words) in [
        (Verdict::Replicated, "replicated to the printed digits"),
        (Verdict::WithinNoise, "within the noise of the measurement"),
        (Verdict::ProtocolGap, "measured under other conditions than the paper's (protocol gap)"),
        (Verdict::NotReplicated, "not replicated"),
    ] {
        if counts.get(verdict) > 0 {
            parts.push(format!("{} {words}", thousands(counts.get(verdict))));
        }
    }
    let total = plural(counts.claims(), "published number", "published numbers");
    let rest = match counts.get(Verdict::NotRun) {
        0 => String::new(),
        1 => " 1 was not run, and says why.".to_owned(),
        n => format!(" {} were not run, and each says why.", thousands(n)),
    };
    if parts.is_empty() {
        return format!("Of {total} none has been compared with a measurement yet.{rest}");
    }
    format!("Of {total}, {} stand beside a measurement: {}.{rest}", thousands(compared), parts.join(", "))
}

/// A sentence on how much of the training that the paper describes was done.
fn trained(input: &PageInput<'_>) -> Option<String> {
    let mut networks: Vec<(&str, &str, bool)> = Vec::new();
    for run in input.runs {
        for outcomes in run.outcomes {
            let Some(trained) = &outcomes.trained else { continue };
            let network = (run.plan.run.as_str(), outcomes.network.as_str(), trained.complete);
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
    let planned = input.runs.iter().filter_map(|run| run.plan.data.as_ref());
    let planned = planned.map(|data| (&data.id, data.images, data.part_of.as_ref()));
    let outcomes = input.runs.iter().flat_map(|run| run.outcomes);
    let outcomes = outcomes.map(|outcomes| (&outcomes.data, outcomes.count, outcomes.part_of.as_ref()));
    for (id, images, part) in planned.chain(outcomes) {
        let Some(part) = part else { continue };
        if seen.contains(&id) {
            continue;
        }
        seen.push(id);
        text.push(format!(
            "Accuracy on {id} was measured on {} of the {} images of {}: a sample, read through its interval.",
            thousands(images),
            thousands(part.of),
            part.whole
        ));
    }
    text
}
