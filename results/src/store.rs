//! The append-only store: one folder a run, readable after a crash, safe for several processes at once.
//!
//! ```text
//! <folder>/<run id>/plan.json     the header, written whole before the run starts
//! <folder>/<run id>/events.jsonl  appended, synced at every event that matters; a finished run's last line is its seal
//! <folder>/<run id>/*.csv.gz …    outcomes, curves and pictures, each named with its SHA-256 in an event
//! ```
//! Reads its own format and the one before. Must not score: [`crate::tasks`] does. Must not change a record that exists, but
//! for going on with one that did not finish.

mod format1;
mod id;
mod read;
mod run;
mod runs;
mod samples;
mod seal;
mod writer;

pub use id::{new_run_id, run_id, subject_of};
pub(crate) use run::model_id;
pub use run::{Resumption, Run, Status};
pub(crate) use runs::folder_name;
pub use runs::{Listing, Runs, Unreadable};
pub(crate) use samples::contradiction;
pub use writer::{RunWriter, seal};

/// The file that holds a run's header.
pub const HEADER: &str = "plan.json";
/// The file that holds a run's events.
pub const EVENTS: &str = "events.jsonl";

/// The file beside a run's outcomes that keeps the scores as first computed, to compare later ones with.
pub const SCORES: &str = "scores.json";

/// The file that holds what a run's processes said on standard error.
pub const LOG: &str = "runner.log";
