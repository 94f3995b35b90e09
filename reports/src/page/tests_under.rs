//! What trained networks are tested under, and data made by rule, as the spec has them.
//!
//! Must not hold a measured value; hashes of made data come from the runs.

use maud::{Markup, html};
use spec::experiment::{Attack, AttackKind, Condition, Parzen};

use crate::format::{self, thousands};
use crate::html::anchor;
use crate::input::PageInput;

/// The spec's conditions; nothing where it has none.
pub(crate) fn conditions(conditions: &[Condition]) -> Markup {
    html! {
        @if !conditions.is_empty() {
            h3 { "What trained networks are tested under" }
            div.scroll {
                table {
                    caption.sr { "Conditions of tests as data" }
                    thead { tr { @for heading in ["Id", "What", "Done to the input", "Size", "Kept within 0 to 1", "Made for", "Density from samples", "Described in"] { th scope="col" { (heading) } } } }
                    tbody {
                        @for condition in conditions {
                            tr id=(anchor("condition", &condition.id)) {
                                th scope="row" { code { (condition.id) } }
                                td { (condition.title) @if let Some(note) = &condition.note { " " small { (note) } } }
                                (attack(condition.attack.as_ref()))
                                td { (condition.parzen.as_ref().map_or_else(|| format::ABSENT.to_owned(), parzen)) }
                                td { (condition.source) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Four cells.
fn attack(attack: Option<&Attack>) -> Markup {
    let Some(attack) = attack else {
        return html! { td { "nothing" } td { (format::ABSENT) } td { (format::ABSENT) } td { (format::ABSENT) } };
    };
    let size = match attack.kind {
        AttackKind::Lbfgs => "the smallest that is found".to_owned(),
        AttackKind::Rubbish | AttackKind::GaussianNoise => format!("σ = {}", attack.epsilon),
        _ => format!("ε = {}", attack.epsilon),
    };
    html! {
        td { (attack.kind) }
        td { (size) }
        td { @if attack.clip { "yes" } @else { "no" } }
        td { (attack.made_for.as_deref().unwrap_or("the tested network")) }
    }
}

/// A number as the spec has it, with a true minus sign.
fn signed(v: f64) -> String {
    v.to_string().replace('-', "−")
}

fn parzen(parzen: &Parzen) -> String {
    format!(
        "Parzen windows over {} samples; the best on {} validation images of {} widths from 10^{} to 10^{}",
        thousands(parzen.samples.into()),
        thousands(parzen.validation.into()),
        parzen.widths,
        signed(parzen.from),
        signed(parzen.to)
    )
}

/// Data made by rule; nothing where the spec has none.
pub(crate) fn made(input: &PageInput<'_>) -> Markup {
    html! {
        @if !input.paper.made.is_empty() {
            h3 { "Made data" }
            div.scroll {
                table {
                    caption.sr { "Data made by rule from other data" }
                    thead { tr { @for heading in ["Id", "Made from", "Rule", "Images", "SHA-256 with seed 0", "In these runs"] { th scope="col" { (heading) } } } }
                    tbody {
                        @for made in &input.paper.made {
                            tr {
                                th scope="row" { code { (made.id) } }
                                td { (made.from) }
                                td { (made.rule) }
                                td.number { (thousands(made.count)) }
                                td { @match &made.sha256 { Some(hash) => { code { (hash) } } None => { "none: made anew in each epoch" } } }
                                td { (compared(input, &made.id, made.sha256.as_deref())) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Whether the runs made the same bytes.
fn compared(input: &PageInput<'_>, id: &str, hash: Option<&str>) -> Markup {
    let mut roots: Vec<&str> =
        input.runs.iter().flat_map(|run| run.outcomes).filter(|o| o.data == id).map(|o| o.root.as_str()).collect();
    roots.sort_unstable();
    roots.dedup();
    html! {
        @match (roots.as_slice(), hash) {
            ([], _) => { "not tested on" }
            ([one], Some(hash)) if *one == hash => { span.badge.v-replicated { span aria-hidden="true" { "✓" } " same" } }
            (roots, _) => { @for root in roots { code { (root) } " " } }
        }
    }
}
