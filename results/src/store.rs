//! The append-only store: one folder a run, readable after a crash, safe for several processes at once.
//!
//! ```text
//! <folder>/<run id>/plan.json          written whole before the runner starts
//! <folder>/<run id>/events.jsonl       appended, synced at every event that matters
//! <folder>/<run id>/predictions.jsonl  written by the runner, named with its SHA-256 in an event
//! <folder>/<run id>/*.csv, *.png       outcomes, curves and pictures of experiments, likewise
//! ```
//! Must not score: [`crate::score`] does. Must not change a record that exists, but for going on with one that did not
//! finish.

mod id;
mod run;
mod runs;
mod writer;

pub use id::{new_run_id, run_id};
pub use run::{PredictionsFile, Resumption, Run, Status};
pub use runs::{Listing, Runs, Unreadable};
pub use writer::RunWriter;

/// The file that holds a run's plan.
pub const PLAN: &str = "plan.json";
/// The file that holds a run's events.
pub const EVENTS: &str = "events.jsonl";
/// The record format that this build writes and reads.
pub const RECORD_FORMAT: u32 = 1;
