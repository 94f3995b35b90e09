//! What can be measured on examples, a folder each: the outcome of one example and its file, the scores with the kind of
//! their intervals, the paired test, what to show. A task is added by its folder and one line of `tasks!`: see `CONTRIBUTING.md`.
//!
//! Must not know a paper, and whatever is said here of one task must hold for all.

pub mod read;
pub mod score;
pub mod text;
pub mod values;

use std::any::Any;
use std::path::Path;

use polars::prelude::DataFrame;
use spec::metric::{Metric, MetricInfo, MetricKind, Unit};

use crate::Error;
use crate::references::References;
use crate::stats::Interval;

pub use read::{from_file, from_run};
pub use score::{IntervalKind, Pairing, Score, Wrong};
pub use text::Text;

/// Declares each task's folder, and lists the tasks.
macro_rules! tasks {
    ($($folder:ident::$task:ident,)*) => {
        $(pub mod $folder;)*

        /// Every task.
        pub const TASKS: &[&dyn Task] = &[$(&$folder::$task),*];
    };
}

// The tasks, a line each; whose files of predictions look alike, the first one takes them.
tasks! {
    classify::Classify,
    likelihood::Likelihood,
    attack::Attack,
    sign_change::SignChange,
    localise::Localise,
    caption::Caption,
    retrieve::Retrieve,
    vocabulary::Vocabulary,
    detect::Detect,
}

/// One kind of outcome.
pub trait Task: Sync {
    /// What records call it: `classify`.
    fn id(&self) -> &'static str;

    /// The metrics that it alone measures.
    fn metrics(&self) -> &'static [MetricInfo];

    /// With how many decimals a measured value is shown; None: with as many as its unit usually has.
    fn decimals(&self, _metric: Metric) -> Option<usize> {
        None
    }

    /// Reads a file of outcomes, and refuses what makes no sense with the line.
    ///
    /// # Errors
    /// The header is another one, or a line does not say what it must.
    fn read(&self, text: &Text<'_>) -> Result<Box<dyn Table>, Error>;

    /// The submission that a file of predictions is a part of, where they come in several files: all of the same one are
    /// imported together.
    fn part_of(&self, _path: &Path) -> Option<String> {
        None
    }

    /// Reads somebody else's predictions, of which there is one file or all of a submission ([`Task::part_of`]). None for files
    /// of another kind than [`Task::imports`] says: another task may know them.
    ///
    /// # Errors
    /// A file of a known kind that makes no sense or is not about the references' examples, with the line.
    fn import(&self, _files: &[Given<'_>], _references: &References) -> Result<Option<Box<dyn Table>>, Error> {
        Ok(None)
    }

    /// The files that [`Task::import`] reads, in a few words each.
    fn imports(&self) -> &'static [&'static str] {
        &[]
    }

    /// Why a metric of its cannot be told on this machine, and what to do about it; None where nothing is lacking.
    fn lacking(&self, _metric: Metric) -> Option<String> {
        None
    }

    /// What is asked of imported predictions, the most telling first; what they do not tell is left out.
    fn asked(&self) -> &'static [Metric] {
        &[]
    }
}

/// A file of somebody else's predictions.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// Its path, for messages and for its ending.
    pub path: &'a Path,
    /// Its bytes, unpacked.
    pub bytes: &'a [u8],
}

/// Outcomes as the files of a record have them, not yet packed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// What is known of the examples beforehand, where the task needs that.
    pub examples: Option<String>,
    /// What came out.
    pub outcomes: String,
}

/// The outcomes of a whole file, in the order of the examples.
pub trait Table {
    /// Examples.
    fn len(&self) -> usize;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What the outcomes come to by that metric; None without examples, or for a metric that they do not tell.
    fn score(&self, metric: Metric) -> Option<Score>;

    /// How another model did on the same examples. None for a metric that has no paired test.
    ///
    /// # Errors
    /// The other table is not about the same examples; the message says where they differ.
    fn paired(&self, other: &dyn Table, metric: Metric) -> Result<Option<Pairing>, String>;

    /// On how many of the examples that both have, by name, another model gave the same answer. None where the task does not
    /// say that, or nothing is in common.
    fn agreement(&self, _other: &dyn Table) -> Option<Score> {
        None
    }

    /// The examples that are most wrong, the worst first; none for a task that knows no wrong.
    fn most_wrong(&self, _limit: usize) -> Vec<Wrong> {
        Vec::new()
    }

    /// What makes one doubt the truth that the outcomes were held against; None where nothing does.
    fn suspicion(&self) -> Option<String> {
        None
    }

    /// The outcomes as a table for people, a row an example.
    ///
    /// # Errors
    /// When polars refuses, which no input is known to cause.
    fn frame(&self) -> Result<DataFrame, Error>;

    /// The predictions in the forms of others' programs, each a file's name and text; `names` are the classes', by number, as far
    /// as they are known. None for a task whose predictions nobody else reads.
    ///
    /// # Errors
    /// A class without a name, or a name that no file may have, where the form needs one.
    fn in_forms_of_others(&self, _names: &[String]) -> Result<Option<Vec<(String, String)>>, String> {
        Ok(None)
    }

    /// The outcomes as [`Task::read`] reads them; None for a task whose predictions nobody imports.
    fn write(&self) -> Option<Written> {
        None
    }

    /// For [`Table::paired`], which needs the other table's own type.
    fn as_any(&self) -> &dyn Any;
}

/// Refuses to pair tables whose images are not the same ones, or not marked alike.
///
/// # Errors
/// They are not; the message says where they differ.
fn same_images<T>(
    ours: &[T],
    theirs: &[T],
    file: impl Fn(&T) -> &str,
    is_same: impl Fn(&T, &T) -> bool,
) -> Result<(), String> {
    if ours.len() != theirs.len() {
        return Err(format!("{} images against {}", ours.len(), theirs.len()));
    }
    let Some(index) = ours.iter().zip(theirs).position(|(a, b)| !is_same(a, b)) else { return Ok(()) };
    let (ours, theirs) = (file(&ours[index]), file(&theirs[index]));
    Err(format!("image {} is `{ours}` in the one, `{theirs}` in the other, or marked otherwise", index + 1))
}

/// The task of that id.
#[must_use]
pub fn task(id: &str) -> Option<&'static dyn Task> {
    TASKS.iter().copied().find(|task| task.id() == id)
}

/// Metrics that papers state and no task here measures yet.
const UNMEASURED: &[MetricInfo] = &[
    score(Metric::named("mean class recall"), &[Unit::Percent]),
    score(Metric::named("segmentation accuracy"), &[Unit::Percent]),
    score(Metric::named("proposal recall"), &[Unit::Percent]),
];

/// What is measured on examples, in these units.
pub const fn score(metric: Metric, units: &'static [Unit]) -> MetricInfo {
    MetricInfo { metric, units, kind: MetricKind::Score }
}

/// Every metric that is not one of [`spec::metric::GENERAL`].
#[must_use]
pub fn metrics() -> Vec<MetricInfo> {
    TASKS.iter().flat_map(|task| task.metrics()).chain(UNMEASURED).copied().collect()
}

/// With how many decimals a measured value is shown: as a task says, else as its unit usually is.
pub(crate) fn decimals(metric: Metric, unit: Unit) -> usize {
    TASKS.iter().find_map(|task| task.decimals(metric)).unwrap_or(match unit {
        // Of a score it is a mean, and else a whole number.
        Unit::Count if !metric.is_score() => 0,
        Unit::ImagesPerSecond | Unit::Milliseconds => 1,
        _ => 2,
    })
}

/// What is known of a metric, whoever measures it.
#[must_use]
pub fn info(metric: Metric) -> Option<MetricInfo> {
    metric.info().copied().or_else(|| metrics().into_iter().find(|info| info.metric == metric))
}

/// An interval in percent from one in shares.
#[must_use]
pub fn percent(interval: Interval) -> Interval {
    Interval { low: 100.0 * interval.low, high: 100.0 * interval.high }
}
