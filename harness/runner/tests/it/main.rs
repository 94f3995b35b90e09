//! The runner against itself (every way of executing a network agrees), and as a process (jobs in, events and exit codes out).

mod common;
mod failures;
mod jobs;
mod mirror;
mod networks;
