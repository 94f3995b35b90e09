//! The crate's tests against Pillow and torchvision (`golden/make.py`), and against bad files. Must not need a network.

// Helpers outside `#[test]` functions are tests too; clippy's own exception does not see them.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod cut;
mod decoded;
mod mirror;
mod places;
mod properties;
mod refused;
mod support;
