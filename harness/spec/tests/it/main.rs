//! The crate's integration tests.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test may panic, its helpers too")]

mod committed;
mod experiment_errors;
mod imported_errors;
mod lock_errors;
mod mutations;
mod paper_errors;
mod sample;
mod schema;
mod table_errors;
mod types;
