//! The crate's tests: against independent code (`golden/make.py`), against the authors' boxes, properties, and what is refused.
//! Must not need a network.

// Helpers outside `#[test]` functions are tests too; clippy's own exception does not see them.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod authors;
mod golden;
mod properties;
mod ranking;
mod refused;
mod support;
