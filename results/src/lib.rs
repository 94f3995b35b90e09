//! Run records, scores from stored predictions, verdicts on claims, tables.
//!
//! Data flows one way: [`store`] keeps what a run said, [`predictions`] and [`score`] turn predictions into counts,
//! [`outcomes`] does the same for what experiments write, [`stats`] gives intervals, [`compare`] puts each claim beside
//! what was measured, [`tables`] and [`json`] write that down.
//! Must not run a network, must not draw, and must not need libtorch.

pub mod announced;
pub mod audit;
pub mod compare;
pub mod error;
pub mod files;
pub mod json;
pub mod outcomes;
pub mod predictions;
pub mod rescore;
pub mod row;
pub mod score;
pub mod stats;
pub mod store;
pub mod tables;
mod words;

pub use compare::{StaticFacts, compare, exit_code};
pub use error::Error;
pub use store::{Run, RunWriter, Runs, Status};
