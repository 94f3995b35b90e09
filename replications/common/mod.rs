//! What the papers share: networks as graphs, what follows from them, tables of names, and the registry.
//!
//! Must not know any paper.

pub mod build;
pub mod classes;
mod convolutional;
pub mod count;
pub mod detectors;
pub mod facts;
pub mod graph;
pub mod names;
pub mod recipe;
pub mod registry;
pub mod schedule;
pub mod sequence;
pub mod shapes;
pub mod wanted;
mod words;
