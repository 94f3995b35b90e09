//! The smallest change that makes a network answer a given wrong class (Szegedy et al. 2013, section 4.1): the minimum of
//! c ‖r‖² + loss(x + r, l) with x + r in [0, 1], for the c whose minimiser is only just answered with l.
//!
//! The paper writes c |r| and "the minimum c > 0" for which the minimiser is answered with l. |r| is read as the squared
//! Euclidean norm, which has a gradient everywhere; and since the smallest r belongs to the largest such c, that one is
//! looked for, by halving an interval of log c. Must not choose images.

use engine::emit::Emitter;
use engine::error::Result;
use tch::{Kind, Tensor};

use super::lbfgs::{Limits, minimise};
use super::subject::Subject;
use crate::mnist::SIDE;

/// Where c is looked for, by its decimal logarithm.
const RANGE: [f64; 2] = [-4.0, 2.0];
/// Halvings of that range: c is then known to 0.4 %.
const HALVINGS: usize = 12;
const LIMITS: Limits = Limits { iterations: 60, tolerance: 1e-4 };

/// Changed images.
#[derive(Debug)]
pub(super) struct Smallest {
    /// `[N, 1, 28, 28]`, 0 to 1; the image itself where nothing was found.
    pub(super) images: Tensor,
    /// Whether the network answers it as wanted, `[N]`.
    pub(super) found: Vec<bool>,
}

/// The smallest changes of `images` `[N, 1, 28, 28]` that make `subject` answer `wanted` `[N]`. What is answered so by
/// itself stays as it is. `emitter` hears that the work goes on.
pub(super) fn smallest(subject: &Subject, images: &Tensor, wanted: &Tensor, emitter: &Emitter<'_>) -> Result<Smallest> {
    let x = images.f_flatten(1, -1)?;
    let reached = |points: &Tensor| -> Result<Tensor> {
        let side = SIDE as i64;
        Ok(subject
            .probabilities(&points.f_view([-1, 1, side, side])?, emitter)?
            .f_argmax(1, false)?
            .f_eq_tensor(wanted)?)
    };
    let at_once = reached(&x)?;
    let mut found = at_once.shallow_clone();
    let mut best = x.shallow_clone();
    let mut low = x.f_narrow(1, 0, 1)?.f_full_like(RANGE[0])?;
    let mut high = low.f_full_like(RANGE[1])?;
    for _ in 0..HALVINGS {
        let middle = low.f_add(&high)?.f_mul_scalar(0.5)?;
        let c = middle.f_mul_scalar(std::f64::consts::LN_10)?.f_exp()?;
        let points = penalised(subject, &x, wanted, &c, LIMITS, emitter)?;
        let success = reached(&points)?.f_logical_or(&at_once)?;
        let column = success.f_view([-1, 1])?;
        let better = success.f_logical_and(&at_once.f_logical_not()?)?.f_view([-1, 1])?;
        best = points.f_where_self(&better, &best)?;
        found = found.f_logical_or(&success)?;
        low = middle.f_where_self(&column, &low)?;
        high = high.f_where_self(&column, &middle)?;
    }
    let found = Vec::<i64>::try_from(found.f_to_kind(Kind::Int64)?.f_to_device(tch::Device::Cpu)?)?;
    let images = best.f_view(images.size().as_slice())?;
    Ok(Smallest { images, found: found.into_iter().map(|number| number != 0).collect() })
}

/// The minimisers `[N, 784]` of c ‖z - x‖² + loss(z, l) within the box, from z = x; `c` is `[N, 1]`.
pub(super) fn penalised(
    subject: &Subject,
    x: &Tensor,
    wanted: &Tensor,
    c: &Tensor,
    limits: Limits,
    emitter: &Emitter<'_>,
) -> Result<Tensor> {
    let objective = |points: &Tensor, rows: &Tensor| -> Result<(Tensor, Tensor)> {
        emitter.alive()?;
        let [own, wanted, c] = [x, wanted, c].map(|tensor| tensor.f_index_select(0, rows));
        let z = points.detach().f_set_requires_grad(true)?;
        let side = SIDE as i64;
        let outputs = subject.outputs(&z.f_view([-1, 1, side, side])?)?;
        let change = z.f_sub(&own?)?.f_square()?.f_sum_dim_intlist([1i64].as_slice(), true, Kind::Float)?;
        let size = change.f_mul(&c?)?.f_view([-1])?;
        let value = subject.head.costs(&outputs, &wanted?)?.f_add(&size)?;
        let gradients = Tensor::f_run_backward(&[&value.f_sum(Kind::Float)?], &[&z], false, false)?;
        Ok((value.detach(), gradients.into_iter().next().unwrap_or_default()))
    };
    Ok(minimise(&objective, x, limits)?.0)
}
