//! What must hold for every paper's folder, and the networks against independent builds.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests stand outside test functions")]

mod circles;
mod claims;
mod general;
mod golden;
mod graphs;
mod names;
mod own;
mod papers;
mod sources;
mod stn;
mod tables;
mod words;
