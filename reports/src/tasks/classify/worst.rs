//! What the networks got most wrong: confident answers that are not the label.
//!
//! Must not show a picture whose licence does not allow it: then only names are listed.

use maud::{Markup, html};

use crate::format;
use crate::input::{PageInput, Worst, WorstSet};
use crate::picture;

/// None where there are no answers to show.
pub(crate) fn section(input: &PageInput<'_>) -> Option<Markup> {
    let sets: Vec<&WorstSet> = input.worst.iter().filter(|set| !set.items.is_empty()).collect();
    if sets.is_empty() {
        return None;
    }
    Some(html! {
        p.note { "The images with the highest score for a wrong class, worst first. Some are the label's fault, not the network's." }
        @for set in sets {
            h3 { (set.network) " on " (set.data) }
            @if set.redistributable {
                div.cards { @for item in &set.items { (card(input, set, item)) } }
            } @else {
                p { "The terms of " (set.data) " do not allow its pictures to be passed on, so their names stand here instead." }
                (table(input, set))
            }
        }
    })
}

fn card(input: &PageInput<'_>, set: &WorstSet, item: &Worst) -> Markup {
    let alt = format!(
        "{}: labelled {}, taken for {}",
        item.file,
        input.class_of(set, item.class),
        input.class_of(set, item.given)
    );
    html! {
        figure.card {
            (picture::thumbnail(item.path.as_deref(), &alt))
            figcaption {
                dl {
                    dt { "label" } dd { (input.class_of(set, item.class)) }
                    dt { "given" } dd { (input.class_of(set, item.given)) " " span.number { (format::fixed(item.score, 3)) } }
                }
                p.file { (item.file) }
            }
        }
    }
}

fn table(input: &PageInput<'_>, set: &WorstSet) -> Markup {
    html! {
        div.scroll {
            table {
                caption.sr { "Most wrong answers of " (set.network) " on " (set.data) }
                thead { tr { @for heading in ["File", "Label", "Given", "Score"] { th scope="col" { (heading) } } } }
                tbody {
                    @for item in &set.items {
                        tr {
                            th scope="row" { code { (item.file) } }
                            td { (input.class_of(set, item.class)) }
                            td { (input.class_of(set, item.given)) }
                            td.number { (format::fixed(item.score, 3)) }
                        }
                    }
                }
            }
        }
    }
}
