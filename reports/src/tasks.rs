//! What each task shows of its own: the scales of its figures, the words of its counts, a section of the page.
//!
//! A task may have none of this: its values then stand in the tables like all others. A fragment is added by its module and
//! one line of `fragments!`. General code goes through that list and knows no task.

use maud::Markup;
use spec::metric::{Metric, Unit};

use crate::input::PageInput;

/// One task's part of the page.
pub(crate) struct Fragment {
    /// Metrics that share an axis, in the order of the figures.
    pub(crate) scales: &'static [Scale],
    /// What is counted of a share's examples, where it is not the right answers.
    pub(crate) counted: &'static [(Metric, &'static str)],
    /// Ratios that are no factors.
    pub(crate) plain: &'static [Metric],
    /// Sections of its own.
    pub(crate) sections: &'static [Section],
}

/// Metrics that share an axis.
pub(crate) struct Scale {
    /// The figure's file name.
    pub(crate) name: &'static str,
    /// The figure's title.
    pub(crate) title: &'static str,
    /// The axis's name with its unit.
    pub(crate) axis: &'static str,
    /// What is drawn on it.
    pub(crate) metrics: &'static [Metric],
}

/// A section of the page.
pub(crate) struct Section {
    /// Its anchor.
    pub(crate) id: &'static str,
    /// Its heading.
    pub(crate) heading: &'static str,
    /// What stands in it; None where there is nothing to show.
    pub(crate) body: fn(&PageInput<'_>) -> Option<Markup>,
}

/// Declares each fragment's module, and lists the fragments.
macro_rules! fragments {
    ($($task:ident,)*) => {
        $(mod $task;)*

        /// Every fragment.
        const FRAGMENTS: &[&Fragment] = &[$(&$task::FRAGMENT),*];
    };
}

// The fragments, a line each, in the order of the page.
fragments! {
    classify,
    likelihood,
    attack,
    localise,
    detect,
    retrieve,
    caption,
}

/// The scales of all tasks.
pub(crate) fn scales() -> impl Iterator<Item = &'static Scale> {
    FRAGMENTS.iter().flat_map(|fragment| fragment.scales)
}

/// The sections of all tasks.
pub(crate) fn sections() -> impl Iterator<Item = &'static Section> {
    FRAGMENTS.iter().flat_map(|fragment| fragment.sections)
}

/// What is counted of a share's examples.
pub(crate) fn counted(metric: Metric) -> &'static str {
    let mut all = FRAGMENTS.iter().flat_map(|fragment| fragment.counted);
    all.find(|(of, _)| *of == metric).map_or("right", |(_, words)| words)
}

/// The unit that a metric's values are shown with: a task may say that a ratio of its is no factor, so that no `×`
/// follows.
pub(crate) fn shown_unit(metric: Metric, unit: Unit) -> Unit {
    if FRAGMENTS.iter().any(|fragment| fragment.plain.contains(&metric)) { Unit::Count } else { unit }
}
