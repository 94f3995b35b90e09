//! Published numbers that nothing was measured for, by reason.
//!
//! Must not hide the reasons: they and their counts are visible without opening anything.

use maud::{Markup, html};

use super::numbers;
use super::rows::{Place, Rows, grouped};
use crate::format;
use crate::html as shell;
use crate::input::PageInput;

pub(crate) fn section(input: &PageInput<'_>, rows: &Rows<'_>) -> Markup {
    let rows = rows.at(Place::NotRun);
    if rows.is_empty() {
        return html! { p.nothing { "Every published number that is encoded was run." } };
    }
    let mut groups = grouped(&rows, |found| found.row.reason.clone().unwrap_or_else(|| "no reason given".to_owned()));
    groups.sort_by_key(|(_, members)| std::cmp::Reverse(members.len()));
    html! {
        @for (reason, members) in groups {
            details {
                summary {
                    b { (shell::plural(members.len() as u64, "published number", "published numbers")) } " not run: " (reason)
                }
                div.scroll {
                    table.bare {
                        caption.sr { "Published numbers not run: " (reason) }
                        thead {
                            tr { @for heading in ["Network", "What", "Published", "Data", "Protocol"] { th scope="col" { (heading) } } }
                        }
                        tbody {
                            @for found in members {
                                @let row = found.row;
                                tr id=(found.anchor) {
                                    th scope="row" { (row.network) }
                                    td { (row.metric) @if let Some(variant) = &row.variant { " " small { (variant) } } }
                                    td { (numbers::published(input, row)) }
                                    td { (row.claim_data.as_deref().or(row.data.as_deref()).unwrap_or(format::ABSENT)) }
                                    td { (row.claim_protocol.as_deref().or(row.protocol.as_deref()).unwrap_or(format::ABSENT)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
