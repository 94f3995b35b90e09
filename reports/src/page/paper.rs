//! What the spec says of the paper: protocols, recipe, deviations, sources, and how to run it again.
//!
//! Must not hold a measured value.

use maud::{Markup, html};
use spec::paper::Paper;
use spec::protocol::Protocol;

use super::{fields, tests_under};
use crate::html::{self as shell, anchor};
use crate::input::PageInput;

pub(crate) fn protocols(input: &PageInput<'_>) -> Markup {
    let paper = input.paper;
    html! {
        @if paper.protocols.is_empty() && paper.conditions.is_empty() {
            p.nothing { "The spec names no test-time protocol." }
        }
        @if !paper.protocols.is_empty() { (views(paper)) }
        (tests_under::conditions(&paper.conditions))
        (tests_under::generated(input))
    }
}

/// Protocols on pictures, and the weights that they go with.
fn views(paper: &Paper) -> Markup {
    html! {
        div.scroll {
            table {
                caption.sr { "Test-time protocols as data" }
                thead {
                    tr { @for heading in ["Id", "What", "Resize", "Views", "Scores joined", "Described in"] { th scope="col" { (heading) } } }
                }
                tbody {
                    @for protocol in &paper.protocols {
                        tr id=(anchor("protocol", &protocol.id)) {
                            th scope="row" { code { (protocol.id) } }
                            td { (protocol.title) @if let Some(note) = &protocol.note { " " small { (note) } } }
                            td { (resize(protocol)) }
                            td { (protocol.views.kind) ", " (protocol.views.size) " px" }
                            td { (protocol.average) }
                            td { (protocol.source) }
                        }
                    }
                }
            }
        }
        @if !paper.weights.is_empty() {
            h3 { "Weights, and how pixels become numbers for them" }
            div.scroll {
                table {
                    caption.sr { "Weights that the networks can be run with" }
                    thead { tr { @for heading in ["Id", "Network", "Input", "Origin", "The paper's own"] { th scope="col" { (heading) } } } }
                    tbody {
                        @for weights in &paper.weights {
                            tr {
                                th scope="row" { code { (weights.id) } }
                                td { (weights.network) }
                                td { (fields::input(&weights.input)) }
                                td { (weights.origin) }
                                td { @if weights.paper { "yes" } @else { "no" } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn resize(protocol: &Protocol) -> String {
    let Some(resize) = &protocol.resize else { return "none".to_owned() };
    let sides = resize.short_side.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let antialias = if resize.antialias { "antialiased" } else { "not antialiased" };
    format!("short side {sides} px, {}, {antialias}", resize.filter)
}

pub(crate) fn recipe(paper: &Paper) -> Markup {
    let training = paper.training.as_object().filter(|training| !training.is_empty());
    if paper.recipe.is_empty() && training.is_none() {
        return html! { p.nothing { "The spec does not give the training recipe." } };
    }
    html! {
        @if !paper.recipe.is_empty() {
            p.note { "As printed; nothing was trained for this page unless a run above says so." }
            table.fields {
                caption.sr { "The paper's training recipe" }
                tbody {
                    @for item in &paper.recipe {
                        tr { th scope="row" { (item.what) } td { (item.value) " " (shell::mark(item.mark)) } }
                    }
                }
            }
        }
        @if let Some(training) = training {
            details {
                summary { "The recipe as data: what the runner is given; a shortened run says what it changes of it" }
                table.fields {
                    caption.sr { "The recipe as data" }
                    tbody {
                        @for (key, value) in training {
                            tr { th scope="row" { (key.replace('_', " ")) } td { (tests_under::words(value)) } }
                        }
                    }
                }
            }
        }
    }
}

pub(crate) fn deviations(paper: &Paper) -> Markup {
    if paper.deviations.is_empty() {
        return html! { p.nothing { "The spec names no deviation. Conditions that differ from the paper's are in the tables above." } };
    }
    html! {
        div.scroll {
            table {
                caption.sr { "What differs from the paper, why, and what it costs" }
                thead { tr { @for heading in ["What", "Why", "Effect"] { th scope="col" { (heading) } } } }
                tbody {
                    @for deviation in &paper.deviations {
                        tr { th scope="row" { (deviation.what) } td { (deviation.why) } td { (deviation.effect) } }
                    }
                }
            }
        }
    }
}

pub(crate) fn reproduce(input: &PageInput<'_>) -> Markup {
    html! {
        p { "From a clone of this project:" }
        pre tabindex="0" { code { (input.command) } }
        p {
            "It runs what is missing and writes this page anew. The scores alone are recomputed from stored predictions, "
            "without libtorch, by " code { "harness rescore" } "."
        }
    }
}

pub(crate) fn sources(paper: &Paper) -> Markup {
    html! {
        dl.sources {
            @for source in &paper.sources {
                dt { (source.key) }
                dd {
                    @match &source.link {
                        Some(address) => { (shell::link(address, &source.title)) span.printed { " " (address) } }
                        None => { (source.title) }
                    }
                }
            }
        }
        @if paper.sources.is_empty() { p.nothing { "The spec names no source." } }
    }
}
