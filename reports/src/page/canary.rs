//! The canary's pictures with their five best answers: what shows at a glance whether the weights are used rightly.
//!
//! Must not look like a result: six pictures say nothing about accuracy.

use maud::{Markup, html};
use spec::event::CanaryAnswer;

use crate::format;
use crate::html::plural;
use crate::input::{PageInput, RunView};
use crate::picture;

/// None where no run looked at the canary's pictures.
pub(crate) fn section(input: &PageInput<'_>) -> Option<Markup> {
    let runs: Vec<&RunView<'_>> = input.runs.iter().filter(|run| !run.canary.is_empty()).collect();
    if runs.is_empty() {
        return None;
    }
    let mut shown = Vec::new();
    Some(html! {
        p.note {
            "Before an accuracy run the network sees a few freely licensed pictures whose answers are known from an "
            "independent implementation with the same weights. A wrong mean, colour order or label map shows here. "
            "It is a check, never a claim: it says nothing about accuracy."
        }
        @for run in runs {
            @let network = run.subject();
            // One gallery a network; further runs of it only say whether they agreed.
            @if shown.contains(&network) {
                p { (network) ", run " code { (run.header.run) } ": " (verdict(run.canary)) }
            } @else {
                h3 { (network) ", run " code { (run.header.run) } }
                p { (verdict(run.canary)) }
                div.cards { @for answer in run.canary { (card(input, answer)) } }
            }
            ({ shown.push(network); "" })
        }
    })
}

fn verdict(answers: &[CanaryAnswer]) -> String {
    let known = answers.iter().filter(|answer| answer.agrees.is_some()).count() as u64;
    let agree = answers.iter().filter(|answer| answer.agrees == Some(true)).count() as u64;
    let pictures = plural(answers.len() as u64, "picture", "pictures");
    format!("{pictures}; {agree} of the {known} known answers came.")
}

fn card(input: &PageInput<'_>, answer: &CanaryAnswer) -> Markup {
    let path = input.pictures.get(&answer.picture).map(std::path::PathBuf::as_path);
    html! {
        figure.card {
            (picture::thumbnail(path, &format!("The canary picture {}", answer.picture)))
            figcaption {
                h4 { (answer.picture) }
                ol.answers {
                    @for (class, score) in &answer.top {
                        li {
                            span.class { (input.class(*class)) } " "
                            span.number { (format::fixed(f64::from(*score), 3)) }
                            span.share aria-hidden="true" style=(format!("width:{}%", percent(*score))) {}
                        }
                    }
                }
                p.known { (known(input, answer)) }
            }
        }
    }
}

fn known(input: &PageInput<'_>, answer: &CanaryAnswer) -> Markup {
    let expected = match (answer.class, answer.score) {
        (Some(class), Some(score)) => format!("known: {} {}", input.class(class), format::fixed(score, 3)),
        (Some(class), None) => format!("known: {}", input.class(class)),
        (None, Some(score)) => format!("known: best score {}", format::fixed(score, 3)),
        (None, None) => "no known answer".to_owned(),
    };
    html! {
        @match answer.agrees {
            Some(true) => { span.badge.v-replicated { span aria-hidden="true" { "✓" } " agrees" } }
            Some(false) => { span.badge.v-not { span aria-hidden="true" { "✗" } " differs" } }
            None => { span.badge.v-none { "nothing to compare" } }
        }
        " " (expected)
    }
}

/// A probability as a bar's width in whole percent.
fn percent(score: f32) -> u32 {
    (0..=100u16).rev().find(|p| f32::from(*p) <= score * 100.0 + 0.5).map_or(0, u32::from)
}
