//! The papers' experiments: each is a module of its paper's folder, and one line here.
//!
//! Must not hold anything of a paper.

use crate::error::{Error, Result};
use crate::train::Lab;

macro_rules! experiments {
    ($($name:ident of $paper:literal at $module:literal,)*) => {
        $(#[path = $module] pub mod $name;)*

        /// Runs the stage of `lab` as the paper's `experiment.rs` says.
        ///
        /// # Errors
        /// There is no such paper, or what its experiment says.
        pub fn run<'a>(paper: &str, lab: &'a Lab<'a, '_>) -> Result<()> {
            match paper {
                $($paper => $name::run(lab),)*
                other => Err(Error::Input(format!("the paper `{other}` has no experiments"))),
            }
        }
    };
}

experiments! {
    gan of "gan" at "../../../replications/gan/experiment/mod.rs",
    adversarial of "adversarial" at "../../../replications/adversarial/experiment/mod.rs",
    stn of "stn" at "../../../replications/stn/experiment/mod.rs",
}
