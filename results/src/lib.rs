//! Run records, scores from stored outcomes, verdicts on claims, tables.
//!
//! Data flows one way: [`store`] keeps what a run said, [`tasks`] turn outcomes into scores, [`stats`] gives intervals,
//! [`mod@compare`] puts each claim beside what was measured, [`judge`] says how the two compare, [`tables`] and [`json`]
//! write that down. [`import`] scores somebody else's predictions against [`references`] by the same tasks.
//! Must not run a network, must not draw, and must not need libtorch.

pub mod announced;
pub mod audit;
pub mod compare;
mod context;
mod contradictions;
pub mod error;
mod evidence;
pub mod import;
pub mod json;
pub mod judge;
pub mod migrate;
pub mod npy;
mod problem;
pub mod references;
pub mod rescore;
pub mod row;
pub mod sealing;
pub mod stats;
pub mod store;
pub mod tables;
pub mod tasks;
mod words;

pub use compare::{Comparison, compare};
pub use context::StaticFacts;
pub use error::Error;
pub use judge::exit_code;
pub use problem::Problem;
pub use references::References;
pub use store::{Run, RunWriter, Runs, Status};
pub use words::p_value;
