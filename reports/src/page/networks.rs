//! What follows from a network's definition: size, work, and every layer's shape beside the paper's table.
//!
//! Must not count anything: the facts come in counted.

use maud::{Markup, html};
use spec::paper::{LayerShape, Network};

use crate::format::{ABSENT, thousands};
use crate::html::{self as shell, plural};
use crate::input::{LayerFact, NetworkFacts, PageInput};

/// A network of more layers than this is not listed layer by layer: a thousand alike tell nothing, and fill a page.
const MOST_LAYERS: usize = 400;

pub(crate) fn section(input: &PageInput<'_>) -> Markup {
    if input.networks.is_empty() {
        return html! {};
    }
    html! {
        h3 { "The networks as they are run" }
        p.note { "Counted on the very definition that is run. A multiply-add is one multiplication and one addition; one forward pass of one image." }
        div.scroll {
            table {
                caption.sr { "Size and work of each network" }
                thead { tr { @for heading in ["Network", "Input", "Parameters", "Multiply-adds", "Layers in the definition"] { th scope="col" { (heading) } } } }
                tbody {
                    @for facts in input.networks {
                        @let known = known(input, facts);
                        tr {
                            th scope="row" { (known.map_or(facts.network.as_str(), |known| &known.title)) }
                            td { (known.map_or_else(|| ABSENT.to_owned(), |known| shell::shape(&known.input))) }
                            td.number { (thousands(facts.parameters)) }
                            td.number { (thousands(facts.multiply_adds)) }
                            td.number { (facts.layers.len()) }
                        }
                    }
                }
            }
        }
        (shapes(input))
        (layers(input))
    }
}

fn known<'a>(input: &PageInput<'a>, facts: &NetworkFacts) -> Option<&'a Network> {
    input.paper.networks.iter().find(|network| network.id == facts.network)
}

/// The paper's tables of output shapes beside the networks' own; nothing where the spec has none.
fn shapes(input: &PageInput<'_>) -> Markup {
    let printed: Vec<(&NetworkFacts, &[LayerShape])> =
        input.networks.iter().filter_map(|facts| Some((facts, known(input, facts)?.shapes.as_slice()))).collect();
    let printed: Vec<_> = printed.into_iter().filter(|(_, shapes)| !shapes.is_empty()).collect();
    let all = printed.iter().map(|(_, shapes)| shapes.len() as u64).sum::<u64>();
    let agree = printed.iter().map(|(facts, shapes)| shapes.iter().filter(|shape| agrees(facts, shape)).count() as u64);
    let agree = agree.sum::<u64>();
    html! {
        @if all > 0 {
            details open[agree < all] {
                summary { "Output shapes: " (thousands(agree)) " of the " (plural(all, "printed one", "printed ones")) " agree" }
                @for (facts, shapes) in &printed {
                    h4 { (facts.network) }
                    div.scroll {
                        table {
                            caption.sr { "Output shapes of " (facts.network) " beside the paper's" }
                            thead { tr { @for heading in ["Layer", "Output here", "Output in the paper", "Source", "Same"] { th scope="col" { (heading) } } } }
                            tbody { @for shape in *shapes { (compared(facts, shape)) } }
                        }
                    }
                }
            }
        }
    }
}

/// Every layer of the networks that are not too deep for it.
fn layers(input: &PageInput<'_>) -> Markup {
    let networks: Vec<&NetworkFacts> =
        input.networks.iter().filter(|facts| (1..=MOST_LAYERS).contains(&facts.layers.len())).collect();
    html! {
        @if !networks.is_empty() {
            details.long {
                summary { "Layer by layer: " (plural(networks.len() as u64, "network", "networks")) }
                @for facts in networks {
                    details {
                        summary { "All " (facts.layers.len()) " layers of " (facts.network) }
                        div.scroll {
                            table {
                                caption.sr { "All layers of " (facts.network) }
                                thead { tr { @for heading in ["Layer", "What", "Output", "Parameters", "Multiply-adds"] { th scope="col" { (heading) } } } }
                                tbody { @for layer in &facts.layers { (line(layer)) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn compared(facts: &NetworkFacts, shape: &LayerShape) -> Markup {
    let layer = here(facts, shape);
    html! {
        tr {
            th scope="row" { code { (shape.layer) } }
            td { (layer.map_or_else(|| "no such layer".to_owned(), |layer| shell::shape(&layer.output))) }
            td { (shell::shape(&shape.output)) }
            td { (shape.source.short()) }
            td {
                @if agrees(facts, shape) { span.badge.v-replicated { span aria-hidden="true" { "✓" } " same" } }
                @else { span.badge.v-not { span aria-hidden="true" { "✗" } " differs" } }
            }
        }
    }
}

fn line(layer: &LayerFact) -> Markup {
    html! {
        tr {
            th scope="row" { code { (layer.name) } }
            td { (if layer.kind.is_empty() { ABSENT } else { &layer.kind }) }
            td { (shell::shape(&layer.output)) }
            td.number { (count(layer.parameters)) }
            td.number { (count(layer.multiply_adds)) }
        }
    }
}

fn here<'a>(facts: &'a NetworkFacts, shape: &LayerShape) -> Option<&'a LayerFact> {
    facts.layers.iter().find(|layer| layer.name == shape.layer)
}

fn agrees(facts: &NetworkFacts, shape: &LayerShape) -> bool {
    here(facts, shape).is_some_and(|layer| same(&layer.output, &shape.output))
}

fn count(count: Option<u64>) -> String {
    count.map_or_else(|| ABSENT.to_owned(), thousands)
}

/// Whether two shapes are the same; `[C, 1, 1]` and `[C]` are.
fn same(here: &[u32], paper: &[u32]) -> bool {
    without_ones(here) == without_ones(paper)
}

fn without_ones(mut shape: &[u32]) -> &[u32] {
    while let [rest @ .., 1] = shape
        && !rest.is_empty()
    {
        shape = rest;
    }
    shape
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn ones_at_the_end_of_a_shape_do_not_count() {
        assert!(same(&[2048, 1, 1], &[2048]));
        assert!(same(&[64, 112, 112], &[64, 112, 112]));
        assert!(!same(&[64, 112, 112], &[64, 112]));
        assert!(!same(&[1], &[2]));
    }
}
