//! What runs networks: graphs executed on libtorch, weights, pictures in, training, checkpoints, outcomes.
//!
//! There are two executors of a graph, because they want opposite things. [`net::Network`] is for inference: it takes the
//! parameters apart, folds batch norm, fuses operators, packs weights for oneDNN and writes over values that nobody reads
//! any more; no gradient could flow through it, and no parameter could be changed. [`train::Model`] keeps every parameter
//! as it is named and every value that a gradient needs. What a single operator computes they share (`ops`), and
//! tests hold them to the same numbers.
//!
//! Must not know any paper, score anything, compare with claims, or download.

pub mod answer;
pub mod cache;
pub mod chunks;
pub mod detection;
pub mod drawing;
pub mod emit;
pub mod environment;
pub mod error;
pub mod explain;
pub mod filters;
mod gpu;
pub mod input;
mod keep;
mod memory;
pub mod net;
mod ops;
pub mod outcomes;
pub mod picture;
pub mod roi;
pub mod sequence;
pub mod setup;
pub mod stages;
pub mod stats;
pub mod streams;
pub mod train;
pub mod warp;
pub mod weights;
