//! Gradient descent with momentum, one pass over each tensor's memory.
//!
//! Must not keep state: velocities are the caller's.
#![allow(unsafe_code, reason = "this crate is the one place where Rust meets C++")]

use tch::Tensor;

use crate::{Result, ShimError, ffi};

/// How far and in which way a step goes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// The learning rate.
    pub rate: f64,
    /// The share of the last velocity that is kept.
    pub momentum: f64,
    /// So much of the parameter is added to its gradient.
    pub decay: f64,
    /// The largest norm of the weights into one unit (a row), if there is a limit; vectors have none.
    pub max_norm: Option<f64>,
}

/// v = momentum · v - rate · (g + decay · p), then p = p + v, for each parameter with its gradient and velocity (f32,
/// contiguous, equal shapes); then rows that are too long are scaled down. Parameters and velocities change in place,
/// whether or not gradients are tracked; libtorch hears of it, so that a
/// gradient that needs an earlier value is refused and not computed wrongly.
///
/// # Errors
/// Lists of different lengths, shapes that differ, or libtorch's refusal.
pub fn sgd_step(
    parameters: &mut [Tensor],
    gradients: &[Tensor],
    velocities: &mut [Tensor],
    Step { rate, momentum, decay, max_norm }: Step,
) -> Result<()> {
    let count = parameters.len();
    if gradients.len() != count || velocities.len() != count {
        let (gradients, velocities) = (gradients.len(), velocities.len());
        let message = format!("sgd: {count} parameters, {gradients} gradients and {velocities} velocities");
        return Err(ShimError::Torch(message));
    }
    let pointers = |tensors: &[Tensor]| -> Vec<_> { tensors.iter().map(|tensor| tensor.as_ptr().cast_mut()).collect() };
    let (p, g, v) = (pointers(parameters), pointers(gradients), pointers(velocities));
    let count = i64::try_from(count).unwrap_or(0);
    let norm = max_norm.unwrap_or(0.0);
    // SAFETY: the three lists have `count` pointers to tensors that outlive the call.
    ffi::check(unsafe { ffi::shim_sgd(p.as_ptr(), g.as_ptr(), v.as_ptr(), count, rate, momentum, decay, norm) })
}
