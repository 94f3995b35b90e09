//! Training: networks with gradients, one loop, one optimiser, checkpoints and curves.
//!
//! ```text
//! experiment (in the paper's folder) ──► Context::train ──► Trainer::step … checkpoint, curve ──► Context::classified, values
//! ```
//! Every random number comes from a named stream, so that a run can be stopped at any step and gone on with, and ends
//! with the same bytes. Must not know any paper.

pub mod augment;
pub mod batches;
pub mod checkpoint;
mod clock;
pub mod context;
pub mod curve;
mod fusion;
pub mod masks;
mod means;
pub mod model;
mod old_and_new;
pub mod rms_prop;
pub mod sgd;
pub mod start;
pub mod train_loop;
pub mod warm_up;
mod weights_and_biases;

pub use augment::{PadAndCrop, Pictures, Shown};
pub use batches::Batches;
pub use context::Context;
pub use masks::{Masks, Mode};
pub use means::Means;
pub use model::Model;
pub use old_and_new::{OldAndNew, layer_of};
pub use rms_prop::RmsProp;
pub use sgd::Sgd;
pub use train_loop::{Schedule, Trainer};
pub use warm_up::WarmUp;
pub use weights_and_biases::WeightsAndBiases;
