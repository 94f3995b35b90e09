//! The types that every other crate speaks: a paper's `spec.yaml`, the `datasets.lock`, a runner's job, its events,
//! and the record of a run. Parsing with errors a person can act on lives here too.
//!
//! This crate must not do anything: no network, no scoring, no libtorch; it reads only the texts it is given.

pub mod claim;
pub mod event;
pub mod experiment;
mod finite;
pub mod imported;
pub mod job;
pub mod load;
pub mod lock;
pub mod metric;
pub mod outcomes;
pub mod paper;
pub mod profile;
pub mod protocol;
pub mod record;
pub mod schema;
pub mod table;
