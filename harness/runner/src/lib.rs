//! The process that owns libtorch: one job in (JSON), events out (one JSON object a line).
//!
//! It executes the graphs of `replications`, loads weights, predicts and measures. It must not score, compare with
//! claims, download anything, or know what is hoped for. A library only so that tests and examples can reach its parts.

pub mod answer;
mod chunks;
pub mod emit;
mod environment;
pub mod error;
pub mod experiments;
mod gpu;
pub mod input;
mod machine;
mod memory;
pub mod net;
mod run;
mod setup;
mod stages;
mod stats;
pub mod streams;
pub mod train;
pub mod weights;

pub use run::{parse, run};

/// The project's version and the commit it was built from.
#[must_use]
pub fn version() -> String {
    format!("{} ({})", env!("CARGO_PKG_VERSION"), env!("RUNNER_COMMIT"))
}
