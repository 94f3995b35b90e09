//! One folder a paper: its spec, its networks, its story. See `replications/<paper>/README.md`.
//!
//! Must not link libtorch: a network is data here, and the runner executes it.

pub mod build;
pub mod classes;
pub mod count;
pub mod facts;
pub mod graph;
pub mod names;
pub mod registry;
pub mod shapes;
