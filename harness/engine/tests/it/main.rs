//! The engine against itself (every way of executing a network agrees), against other implementations, and its training
//! loop.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop where it is")]

mod answers;
mod common;
mod detection;
mod detectors;
mod explain;
mod logits;
mod mirror;
mod networks;
mod released;
mod residual;
mod training;
mod warp;
