//! Adversarial examples: Szegedy et al. 2013 ("Intriguing properties of neural networks") and Goodfellow, Shlens and
//! Szegedy 2015 ("Explaining and harnessing adversarial examples"), on networks trained here (MNIST) and on GoogLeNet.
//!
//! ```text
//! recipe ──► learner ──► subject ──► attack, smallest (lbfgs) ──► trials: what each network answers under each condition
//! ```
//! Must not hold a published number: those are in `spec.yaml`.

mod attack;
mod autoencoder;
mod digits;
mod distortions;
mod head;
mod imagenet;
mod lbfgs;
mod learner;
mod pictures;
mod recipe;
mod smallest;
mod subject;
#[cfg(test)]
mod tests;
mod trials;

use crate::error::{Error, Result};
use crate::train::Lab;

/// Runs the stage of `lab`.
pub(crate) fn run<'a>(lab: &'a Lab<'a, '_>) -> Result<()> {
    match lab.stage().id.as_str() {
        "adversarial-mnist" | "adversarial-mnist-noise" | "adversarial-mnist-1600" => trials::run(lab),
        "adversarial-imagenet" => imagenet::run(lab),
        other => Err(Error::Input(format!("the paper `adversarial` has no experiment `{other}`"))),
    }
}
