//! Linear models from outside, against others' answers and their own properties.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod boxes;
mod cholesky;
mod errors;
mod made_up;
mod mining;
mod ridge;
mod svm;
