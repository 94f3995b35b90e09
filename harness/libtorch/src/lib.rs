//! What must be on a machine before a network can run, and what that machine is: libtorch (found or fetched), the runner
//! (built), the hardware and its profile, and `doctor`, which tells all of it.
//!
//! Must not link libtorch: the harness, which uses this crate, works where there is none.

pub mod cuda;
pub mod doctor;
mod elf;
pub mod error;
mod fetch;
mod find;
mod found;
mod layout;
pub mod link;
pub mod machine;
pub mod options;
pub mod peaks;
pub mod pins;
pub mod profiles;
mod program;
mod python;
pub mod runner_build;
mod unpack;

#[cfg(test)]
mod find_tests;
#[cfg(test)]
mod testing;

pub use error::Error;
pub use find::{Located, find, find_or_fetch};
pub use found::{Libtorch, Origin};
pub use link::link;
pub use machine::Machine;
pub use options::{Options, UseCuda};
pub use runner_build::build_runner;

/// The only version that the runner's bindings are made for.
pub const VERSION: &str = "2.11.0";
