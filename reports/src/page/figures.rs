//! Figures in a row, each with its caption and its file.
//!
//! Must not draw.

use maud::{Markup, PreEscaped, html};

use crate::html::plural;
use crate::input::PageInput;
use crate::plots::{Drawing, Figures, Plot};

/// Comparisons and curves; None where there is neither. The comparisons are folded where tables show the same numbers.
pub(crate) fn results(input: &PageInput<'_>, figures: &Figures) -> Option<Markup> {
    let compared = section(&figures.compared);
    let curves = section(&figures.curves);
    if compared.is_none() && curves.is_none() {
        return None;
    }
    let count = plural(figures.compared.len() as u64, "figure", "figures");
    Some(html! {
        @if let Some(curves) = curves { (curves) }
        @if let Some(compared) = compared {
            @if input.paper.tables.is_empty() { (compared) } @else {
                details {
                    summary { "Measured against published, with intervals: " (count) }
                    (compared)
                }
            }
        }
    })
}

/// None where there is no figure.
pub(crate) fn section(figures: &[Plot]) -> Option<Markup> {
    if figures.is_empty() {
        return None;
    }
    Some(html! {
        div.figures {
            @for figure in figures {
                figure id=(format!("plot-{}", figure.name)) {
                    @match &figure.drawing {
                        Drawing::Svg(svg) => {
                            (PreEscaped(svg))
                            figcaption {
                                (figure.caption) " "
                                a href=(format!("plots/{}.svg", figure.name)) { "This figure as a file" } "."
                            }
                        }
                        Drawing::Nothing(why) => {
                            h3 { (figure.title) }
                            p.nothing { (why) }
                        }
                    }
                }
            }
        }
    })
}
