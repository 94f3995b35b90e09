//! The command line as its users meet it: what it prints, how it ends, what it leaves on disk.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic, its helpers too")]

mod captions;
mod checkout;
mod common;
mod deaths;
mod end_to_end;
mod experiments;
mod faults;
mod instant;
mod nightly;
mod own_boxes;
mod own_images;
mod reference;
mod score;
mod stopped;
mod toy;
mod words;
