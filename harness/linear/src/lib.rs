//! Linear models on features that somebody else computed: support vector machines, their training on the hard negatives of
//! more images than memory holds, ridge regression, and the correction of boxes by it.
//!
//! Must not know networks, files or data sets, nor choose a setting: each one is the caller's.

pub mod boxes;
pub mod cholesky;
mod error;
mod gram;
pub mod mining;
pub mod ridge;
mod rows;
pub mod svm;
mod vectors;
mod whitening;

pub use error::{Error, Failure};
pub use rows::Rows;
