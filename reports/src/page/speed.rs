//! Speed and memory: what was measured on which machine, beside a published number where there is one.
//!
//! Must not compare machines.

use maud::{Markup, html};

use super::rows::{Anchored, Place, Rows};
use super::{figures, results};
use crate::html::plural;
use crate::input::PageInput;
use crate::plots::Plot;

/// As many values without a claim are shown unfolded.
const FEW: usize = 6;

/// None where nothing was timed and no figure is expected.
pub(crate) fn section(input: &PageInput<'_>, rows: &Rows<'_>, plots: &[Plot]) -> Option<Markup> {
    let (claimed, others): (Vec<&Anchored<'_>>, Vec<&Anchored<'_>>) =
        rows.at(Place::Speed).into_iter().partition(|found| found.row.claim.is_some());
    let figures = figures::section(plots);
    if claimed.is_empty() && others.is_empty() && figures.is_none() {
        return None;
    }
    Some(html! {
        @if !claimed.is_empty() { (results::table(input, "Published times and sizes beside what was measured here", &claimed)) }
        @if !others.is_empty() {
            details open[others.len() <= FEW] {
                summary { (plural(others.len() as u64, "time, rate or size", "times, rates and sizes")) " that no published number stands beside" }
                (results::bare(input, "Times, rates and sizes measured here", &others))
            }
        }
        @if let Some(figures) = figures { (figures) }
    })
}
