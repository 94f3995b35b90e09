//! Minimisation of a function of numbers within a box, for many starts at once: projected L-BFGS.
//!
//! Each row of a batch is a problem of its own. At each iteration the numbers that lie on the box's edge and would be
//! pushed out of it are held; the rest move along -H g, where H is the inverse Hessian that L-BFGS makes of the last
//! steps (Nocedal 1980) restricted to them; the step is halved until Armijo's condition holds for the projected point
//! (Bertsekas 1982). scipy's L-BFGS-B (Byrd et al. 1995) finds its way along the edge by Cauchy points instead; both end
//! where the projected gradient vanishes. Must not know what is minimised.

use engine::error::Result;
use tch::{Kind, Tensor};

/// Steps that are remembered.
const MEMORY: usize = 10;
/// Armijo's constant.
const ARMIJO: f64 = 1e-4;
/// Halvings of a step before a row is given up as done.
const HALVINGS: usize = 25;

/// When to stop.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// At most so many iterations.
    pub(super) iterations: usize,
    /// A row is done when no number of its projected gradient is larger.
    pub(super) tolerance: f64,
}

/// Values `[N]` and gradients `[N, D]` at points `[N, D]`; the second argument tells which of the problems `[N]` they are.
pub(super) type Objective<'a> = &'a dyn Fn(&Tensor, &Tensor) -> Result<(Tensor, Tensor)>;

/// A step and the change of the gradient along it.
struct Pair {
    step: Tensor,
    change: Tensor,
}

/// Minimises each row of `start` `[N, D]` within [0, 1]; gives the points `[N, D]` and their values `[N]`.
///
/// # Errors
/// What the objective says.
pub(super) fn minimise(objective: Objective<'_>, start: &Tensor, limits: Limits) -> Result<(Tensor, Tensor)> {
    let rows = start.size()[0];
    let mut x = start.f_clamp(0.0, 1.0)?;
    let all = Tensor::f_arange(rows, (Kind::Int64, start.device()))?;
    let (mut value, mut gradient) = objective(&x, &all)?;
    let mut memory: Vec<Pair> = Vec::with_capacity(MEMORY);
    let mut stuck = value.f_zeros_like()?.f_to_kind(Kind::Bool)?;
    for _ in 0..limits.iterations {
        let free = free(&x, &gradient)?;
        let steepest = gradient.f_mul(&free)?;
        let largest = x.f_sub(&x.f_sub(&steepest)?.f_clamp(0.0, 1.0)?)?.f_abs()?.f_amax([1i64].as_slice(), false)?;
        let going = largest.f_gt(limits.tolerance)?.f_logical_and(&stuck.f_logical_not()?)?;
        let mut pending = going.f_nonzero()?.f_view([-1])?;
        if pending.numel() == 0 {
            break;
        }
        let direction = direction(&memory, &steepest, &free)?;
        let (before, old_gradient) = (x.shallow_clone(), gradient.shallow_clone());
        let mut length = 1.0;
        for _ in 0..HALVINGS {
            let [from, along, slope, old] =
                [&before, &direction, &gradient, &value].map(|t| t.f_index_select(0, &pending));
            let (from, slope, old) = (from?, slope?, old?);
            let to = from.f_add(&along?.f_mul_scalar(length)?)?.f_clamp(0.0, 1.0)?;
            let (found, found_gradient) = objective(&to, &pending)?;
            let fall = dot(&slope, &to.f_sub(&from)?)?.f_view([-1])?.f_mul_scalar(ARMIJO)?;
            let taken = found.f_le_tensor(&old.f_add(&fall)?)?;
            let kept = taken.f_nonzero()?.f_view([-1])?;
            let rows = pending.f_index_select(0, &kept)?;
            x = x.f_index_copy(0, &rows, &to.f_index_select(0, &kept)?)?;
            value = value.f_index_copy(0, &rows, &found.f_index_select(0, &kept)?)?;
            gradient = gradient.f_index_copy(0, &rows, &found_gradient.f_index_select(0, &kept)?)?;
            pending = pending.f_index_select(0, &taken.f_logical_not()?.f_nonzero()?.f_view([-1])?)?;
            if pending.numel() == 0 {
                break;
            }
            length *= 0.5;
        }
        // No step was small enough: single precision has no more to give here.
        stuck = stuck.f_index_fill(0, &pending, 1.0)?;
        if memory.len() == MEMORY {
            memory.remove(0);
        }
        memory.push(Pair { step: x.f_sub(&before)?, change: gradient.f_sub(&old_gradient)? });
    }
    Ok((x, value))
}

/// 1 for numbers that may move, 0 for those on the edge that the gradient pushes out.
fn free(x: &Tensor, gradient: &Tensor) -> Result<Tensor> {
    let low = x.f_le(0.0)?.f_logical_and(&gradient.f_gt(0.0)?)?;
    let high = x.f_ge(1.0)?.f_logical_and(&gradient.f_lt(0.0)?)?;
    Ok(low.f_logical_or(&high)?.f_logical_not()?.f_to_kind(Kind::Float)?)
}

/// -H g over the free numbers by the two-loop recursion. Rows that have no usable step yet go down the gradient, by a
/// first step of length at most 1.
fn direction(memory: &[Pair], gradient: &Tensor, free: &Tensor) -> Result<Tensor> {
    let mut q = gradient.shallow_clone();
    let mut gamma = dot(gradient, gradient)?.f_sqrt()?.f_clamp_min(1.0)?.f_reciprocal()?;
    let mut kept = Vec::with_capacity(memory.len());
    for pair in memory {
        let (step, change) = (pair.step.f_mul(free)?, pair.change.f_mul(free)?);
        let (product, square) = (dot(&step, &change)?, dot(&change, &change)?);
        // Only a step along which the gradient grew tells a curvature that keeps H positive.
        let usable = product.f_gt_tensor(&square.f_mul_scalar(1e-8)?)?;
        let rho = product.f_reciprocal()?.f_mul(&usable.f_to_kind(Kind::Float)?)?.f_nan_to_num(0.0, 0.0, 0.0)?;
        gamma = product.f_div(&square.f_clamp_min(1e-30)?)?.f_where_self(&usable, &gamma)?;
        kept.push((step, change, rho));
    }
    let mut alphas = Vec::with_capacity(kept.len());
    for (step, change, rho) in kept.iter().rev() {
        let alpha = dot(step, &q)?.f_mul(rho)?;
        q = q.f_sub(&change.f_mul(&alpha)?)?;
        alphas.push(alpha);
    }
    q = q.f_mul(&gamma)?;
    for ((step, change, rho), alpha) in kept.iter().zip(alphas.iter().rev()) {
        let beta = dot(change, &q)?.f_mul(rho)?;
        q = q.f_add(&step.f_mul(&alpha.f_sub(&beta)?)?)?;
    }
    Ok(q.f_neg()?)
}

/// Row by row, `[N, 1]`.
fn dot(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    Ok(a.f_mul(b)?.f_sum_dim_intlist([1i64].as_slice(), true, Kind::Float)?)
}
