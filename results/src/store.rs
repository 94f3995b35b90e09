//! The append-only store: one folder a run, readable after a crash, safe for several processes at once.
//!
//! ```text
//! <folder>/<run id>/plan.json          written whole before the runner starts
//! <folder>/<run id>/events.jsonl       appended, synced at every event that matters
//! <folder>/<run id>/predictions.jsonl  written by the runner, named with its SHA-256 in an event
//! ```
//! Must not score: [`crate::score`] does. Must not change a record that exists.

mod id;
mod run;
mod runs;
mod writer;

pub use id::{new_run_id, run_id};
pub use run::{PredictionsFile, Run, Status};
pub use runs::{Listing, Runs, Unreadable};
pub use writer::RunWriter;

/// The file that holds a run's plan.
pub const PLAN: &str = "plan.json";
/// The file that holds a run's events.
pub const EVENTS: &str = "events.jsonl";
/// The record format that this build writes and reads.
pub const RECORD_FORMAT: u32 = 1;
