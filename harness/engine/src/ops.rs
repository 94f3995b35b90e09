//! The operators of both executors that are more than one plain call of tch, or that both must call alike.
//!
//! Must agree with the definitions in `replications::graph::Op`.

use replications::graph::{Conv, Pool};
use tch::{Kind, Tensor};

use crate::error::Result;

/// A convolution's or pool's number as libtorch wants it; sizes that do not fit are caught by libtorch.
pub(crate) fn int(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// `[N, C, H, W]` to `[N, C', H', W']`.
pub(crate) fn conv(x: &Tensor, conv: &Conv, weight: &Tensor, bias: Option<&Tensor>) -> Result<Tensor> {
    let (stride, padding) = (int(conv.stride), int(conv.padding));
    Ok(x.f_conv2d(weight, bias, [stride, stride], [padding, padding], [1, 1], int(conv.groups))?)
}

/// Whether `torch_shim::conv_plane`, which is made for training, can do this convolution.
pub(crate) fn is_plane(conv: &Conv, x: &Tensor) -> bool {
    let plain = conv.inputs == 1 && conv.stride == 1 && conv.padding == 0 && conv.groups == 1 && conv.bias;
    plain && x.device() == tch::Device::Cpu && x.kind() == Kind::Float
}

/// Whether `torch_shim::conv3x3`, which is made for training, can do this convolution.
pub(crate) fn is_conv3x3(conv: &Conv, x: &Tensor) -> bool {
    let plain = conv.kernel == 3 && conv.stride == 1 && conv.padding == 1 && conv.groups == 1 && !conv.bias;
    plain && x.device() == tch::Device::Cpu && x.kind() == Kind::Float
}

/// A pool's kernel, stride and padding, each down and across.
pub(crate) fn window(pool: &Pool) -> [[i64; 2]; 3] {
    [pool.kernel, pool.stride, pool.padding].map(|number| [int(number); 2])
}

/// `[N, C, H, W]` to `[N, C, H', W']`.
pub(crate) fn max_pool(x: &Tensor, pool: &Pool) -> Result<Tensor> {
    let [kernel, stride, padding] = window(pool);
    Ok(x.f_max_pool2d(kernel, stride, padding, [1, 1], pool.ceil)?)
}

/// Where in its input's `H·W` each window's maximum stands, `[N, C, H', W']`; the first of equals.
pub(crate) fn switches(x: &Tensor, pool: &Pool) -> Result<Tensor> {
    let [kernel, stride, padding] = window(pool);
    Ok(x.f_max_pool2d_with_indices(kernel, stride, padding, [1, 1], pool.ceil)?.1)
}

/// `[N, C, H, W]` to `[N, C, H', W']`; zeros of the padding count.
pub(crate) fn avg_pool(x: &Tensor, pool: &Pool) -> Result<Tensor> {
    let [kernel, stride, padding] = window(pool);
    Ok(x.f_avg_pool2d(kernel, stride, padding, pool.ceil, true, None)?)
}

/// Local response normalisation in f32 whatever the type, since squares of bfloat16 keep two digits.
pub(crate) fn lrn(x: &Tensor, size: i64, alpha: f64, beta: f64, k: f64) -> Result<Tensor> {
    let kind = x.f_kind()?;
    let x = x.f_to_kind(Kind::Float)?;
    let y = if x.device() == tch::Device::Cpu && size % 2 == 1 {
        torch_shim::local_response_norm(&x, size, alpha, beta, k)?
    } else {
        composed_lrn(&x, size, alpha, beta, k)?
    };
    Ok(y.f_to_kind(kind)?)
}

/// The same of plain operators, for other devices.
pub(crate) fn composed_lrn(x: &Tensor, size: i64, alpha: f64, beta: f64, k: f64) -> Result<Tensor> {
    let channels = x.size4()?.1;
    let half = size / 2;
    let squares = x.f_square()?.f_constant_pad_nd([0, 0, 0, 0, half, size - 1 - half])?;
    let mut sum = squares.f_narrow(1, 0, channels)?.f_mul_scalar(alpha / size as f64)?;
    for shift in 1..size {
        sum = sum.f_add_(&squares.f_narrow(1, shift, channels)?.f_mul_scalar(alpha / size as f64)?)?;
    }
    Ok(x.f_mul(&sum.f_add_scalar_(k)?.f_pow_tensor_scalar(-beta)?)?)
}

/// Normalisation within each channel, in f32 whatever the type, as [`lrn`].
pub(crate) fn lrn_within(x: &Tensor, size: i64, alpha: f64, beta: f64, k: f64) -> Result<Tensor> {
    let kind = x.f_kind()?;
    let x = x.f_to_kind(Kind::Float)?;
    let half = size / 2;
    let mut mean = x.f_square()?.f_avg_pool2d([size, size], [1, 1], [half, half], false, true, None)?;
    let y = x.f_mul(&mean.f_mul_scalar_(alpha)?.f_add_scalar_(k)?.f_pow_tensor_scalar(-beta)?)?;
    Ok(y.f_to_kind(kind)?)
}

/// The sum over each channel, so many before it and so many after it: `[N, C, H, W]` to the same.
pub(crate) fn neighbours(x: &Tensor, before: i64, after: i64) -> Result<Tensor> {
    let channels = x.size4()?.1;
    let padded = x.f_constant_pad_nd([0, 0, 0, 0, before, after])?;
    let mut sum = x.f_zeros_like()?;
    for shift in 0..=before + after {
        sum = sum.f_add_(&padded.f_narrow(1, shift, channels)?)?;
    }
    Ok(sum)
}

/// Every `stride`-th place, with zero channels before and after.
pub(crate) fn pad_shortcut(x: &Tensor, stride: i64, pad: i64) -> Result<Tensor> {
    let places = x.f_slice(2, None, None, stride)?.f_slice(3, None, None, stride)?;
    Ok(places.f_constant_pad_nd([0, 0, 0, 0, pad / 2, pad - pad / 2])?)
}

/// The maximum over each `pieces` neighbouring features: `[N, n·pieces]` to `[N, n]`.
pub(crate) fn maxout(x: &Tensor, pieces: i64) -> Result<Tensor> {
    if x.device() == tch::Device::Cpu {
        return Ok(torch_shim::maxout(x, pieces)?);
    }
    let groups = x.size().get(1).copied().unwrap_or(0) / pieces.max(1);
    Ok(x.f_view([-1, groups, pieces])?.f_max_dim(2, false)?.0)
}

/// -Σᵢ βₖᵢ (xᵢ - μₖᵢ)² of `[N, in]`, μ and β `[out, in]`, as three matrix products.
pub(crate) fn rbf(x: &Tensor, centre: &Tensor, scale: &Tensor) -> Result<Tensor> {
    let squares = x.f_square()?.f_matmul(&scale.f_t_copy()?)?;
    let mixed = x.f_matmul(&scale.f_mul(centre)?.f_t_copy()?)?;
    let constant = scale.f_mul(&centre.f_square()?)?.f_sum_dim_intlist([1i64].as_slice(), false, Kind::Float)?;
    Ok((mixed.f_mul_scalar(2.0)?.f_sub(&squares)?).f_sub(&constant)?)
}

/// Batch norm by running statistics: `[weight, bias]` and `[mean, variance]`, one number a channel.
pub(crate) fn batch_norm(
    x: &Tensor,
    [weight, bias]: [&Tensor; 2],
    [mean, variance]: [&Tensor; 2],
    epsilon: f64,
) -> Result<Tensor> {
    Ok(x.f_batch_norm(Some(weight), Some(bias), Some(mean), Some(variance), false, 0.0, epsilon, true)?)
}

/// The share of a batch's statistics in the running ones.
pub(crate) const BATCH_NORM_MOMENTUM: f64 = 0.1;

/// Batch norm by the statistics of the batch, as PyTorch trains it: normalised by the biased variance; the running mean and
/// variance move by [`BATCH_NORM_MOMENTUM`] to the batch's mean and its unbiased variance, in place. Then `other` is added,
/// if there is one, and what is negative is 0, if `relu`.
pub(crate) fn batch_norm_training(
    x: &Tensor,
    [weight, bias]: [&Tensor; 2],
    [running_mean, running_variance]: [&Tensor; 2],
    epsilon: f64,
    (other, relu): (Option<&Tensor>, bool),
) -> Result<Tensor> {
    let momentum = BATCH_NORM_MOMENTUM;
    if is_whole_vectors(x) && other.is_none_or(is_whole_vectors) {
        let norm = torch_shim::BatchNorm { weight, bias, running_mean, running_variance, momentum, epsilon };
        return Ok(norm.forward(x, other, relu)?);
    }
    let (mean, variance) = (Some(running_mean), Some(running_variance));
    let mut y = x.f_batch_norm(Some(weight), Some(bias), mean, variance, true, momentum, epsilon, true)?;
    if let Some(other) = other {
        y = y.f_add(other)?;
    }
    if relu { Ok(y.f_relu()?) } else { Ok(y) }
}

/// Whether `torch_shim::BatchNorm`, which is made for training, can do these maps.
fn is_whole_vectors(x: &Tensor) -> bool {
    let sixteens = x.size().get(1).is_some_and(|channels| channels % 16 == 0);
    sixteens && x.dim() == 4 && x.numel() > 0 && x.device() == tch::Device::Cpu && x.kind() == Kind::Float
}

/// Mean over all places: `[N, C, H, W]` to `[N, C, 1, 1]`.
pub(crate) fn global_avg_pool(x: &Tensor) -> Result<Tensor> {
    Ok(x.f_adaptive_avg_pool2d([1, 1])?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_forms_of_normalisation_agree() {
        let x = Tensor::randn([2, 12, 6, 5], (Kind::Float, tch::Device::Cpu)) * 50.0;
        for beta in [0.75, 0.5] {
            let fast = lrn(&x, 5, 1e-4, beta, 2.0).unwrap();
            let composed = composed_lrn(&x, 5, 1e-4, beta, 2.0).unwrap();
            assert!((fast - composed).abs().max().double_value(&[]) < 1e-4);
        }
    }

    /// By hand: 2 × 3 numbers, whose squares are 1, 4, 9 and 16, 25, 36; the window at a corner has four of its nine places, the
    /// rest are zeros that count.
    #[test]
    fn normalisation_within_a_channel_counts_zeros_beyond_the_border() {
        let x = Tensor::from_slice(&[1f32, 2.0, 3.0, 4.0, 5.0, 6.0]).reshape([1, 1, 2, 3]);
        let y = lrn_within(&x, 3, 0.9, 0.5, 1.0).unwrap();
        let sums: [f64; 6] = [46.0, 91.0, 74.0, 46.0, 91.0, 74.0];
        for (place, sum) in sums.iter().enumerate() {
            let wanted = (place as f64 + 1.0) / (1.0 + 0.1 * sum).sqrt();
            let found = y.double_value(&[0, 0, place as i64 / 3, place as i64 % 3]);
            assert!((found - wanted).abs() < 1e-6, "{place}: {found}, not {wanted}");
        }
    }
}
