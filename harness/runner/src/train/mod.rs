//! Training: networks with gradients, one loop, one optimiser, checkpoints, curves, and what a test leaves on disk.
//!
//! ```text
//! experiment (in the paper's folder) ──► Lab::train ──► Trainee::step … checkpoint, curve ──► Lab::answers, values, picture
//! ```
//! Every random number comes from a named stream, so that a run can be stopped at any step and gone on with, and ends
//! with the same bytes. Must not know any paper.

pub mod batches;
pub mod checkpoint;
pub mod curve;
pub mod lab;
pub mod looped;
pub mod masks;
pub mod mnist;
pub mod model;
pub mod outcomes;
pub mod picture;
pub mod sgd;
pub mod transform;

pub use batches::Batches;
pub use lab::Lab;
pub use looped::{Course, Trainee};
pub use masks::Mode;
pub use model::Model;
pub use outcomes::{Answer, Tested};
pub use sgd::Sgd;
