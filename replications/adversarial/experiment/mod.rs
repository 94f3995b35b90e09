//! Adversarial examples: Szegedy et al. 2013 ("Intriguing properties of neural networks") and Goodfellow, Shlens and
//! Szegedy 2015 ("Explaining and harnessing adversarial examples"), on networks trained here (MNIST) and on GoogLeNet.
//!
//! ```text
//! recipe (in spec.yaml) ──► learner ──► subject ──► attack, smallest (lbfgs) ──► trials: what each network answers under each condition
//! ```
//! Must not hold a published number: those are in `spec.yaml`.

mod attack;
mod autoencoder;
mod comparisons;
mod digits;
mod distortions;
mod head;
mod lbfgs;
mod learner;
mod on_digits;
mod photographs;
mod pictures;
mod smallest;
mod subject;
#[cfg(test)]
mod tests;
mod trials;

use engine::error::{Error, Result};
use engine::train::Context;

/// Runs the stage of `context`.
///
/// # Errors
/// Data or weights that cannot be used, a recipe that cannot be used, a full disk, libtorch's refusal.
pub fn run(context: &Context<'_, '_>) -> Result<()> {
    match context.stage().id.as_str() {
        "adversarial-mnist" | "adversarial-mnist-noise" | "adversarial-mnist-1600" => on_digits::run(context),
        "adversarial-imagenet" => photographs::run(context),
        other => Err(Error::Input(format!("the paper `adversarial` has no experiment `{other}`"))),
    }
}
