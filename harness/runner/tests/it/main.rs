//! The runner as a process: jobs in, events and exit codes out.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop where it is")]

mod adversarial;
mod common;
mod describing;
mod detecting;
mod failures;
mod jobs;
mod localisation;
mod mirror;
mod predicting;
mod residual;
mod stn;
mod training;
