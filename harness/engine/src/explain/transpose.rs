//! Each layer backwards: from what is given at its output to what is given at its inputs.
//!
//! Linear layers are transposed; they are the same for every method. Where methods differ is said at each operator. Must
//! not add biases: a projection has none.

use replications::graph::{Conv, Op, Pool};
use tch::{Kind, Tensor};

use super::project::Method;
use super::trace::Trace;
use crate::error::{Error, Result};
use crate::ops::{self, int};
use crate::train::Model;

/// One tensor for each of the layer's inputs, in their shapes. `given` has the shape of the layer's value.
pub(super) fn backwards(
    model: &Model,
    trace: &Trace,
    index: usize,
    given: &Tensor,
    method: Method,
) -> Result<Vec<Tensor>> {
    let node = &model.graph().nodes[index];
    let input = |number: usize| trace.value(node.inputs[number].0);
    let own = |part: &str| model.parameter(&format!("{}.{part}", node.name));
    let one = |tensor: Tensor| Ok(vec![tensor]);
    match &node.op {
        Op::Conv(conv) => one(convolution(given, conv, own("weight")?, &input(0)?.size())?),
        Op::Linear { .. } => one(given.f_matmul(own("weight")?)?),
        Op::BatchNorm { epsilon, .. } => {
            let deviation = own("running_var")?.f_add_scalar(*epsilon)?.f_sqrt()?;
            one(given.f_mul(&own("weight")?.f_div(&deviation)?.f_view([1, -1, 1, 1])?)?)
        }
        Op::Relu => one(rectifier(given, trace.value(index)?, method)?),
        Op::MaxPool(_) => one(unpool(given, trace.switches(index)?, &input(0)?.size())?),
        Op::AvgPool(pool) => one(average(given, pool, input(0)?)?),
        Op::GlobalAvgPool => {
            let size = input(0)?.size();
            let places = size[2] * size[3];
            one(given.f_div_scalar(places)?.f_expand(&size, false)?.f_contiguous()?)
        }
        // The paper's filters see the normalised map, and its projection does not undo the normalisation.
        Op::Lrn { .. } | Op::LrnWithin { .. } if method == Method::Deconvnet => one(given.shallow_clone()),
        Op::Lrn { size, alpha, beta, k } => one(normalisation(given, input(0)?, int(*size), [*alpha, *beta, *k])?),
        Op::Flatten => one(given.f_reshape(input(0)?.size())?),
        Op::Dropout { .. } => one(given.shallow_clone()),
        // Both sides of a sum made the value, so both are given all of it.
        Op::Add => Ok(vec![given.shallow_clone(), given.shallow_clone()]),
        Op::Concat => {
            let mut start = 0;
            let part = |id: &replications::graph::NodeId| {
                let channels = trace.value(id.0)?.size()[1];
                start += channels;
                Ok(given.f_narrow(1, start - channels, channels)?)
            };
            node.inputs.iter().map(part).collect()
        }
        Op::PadShortcut { stride, pad } => one(shortcut(given, int(*stride), int(*pad), &input(0)?.size())?),
        other => Err(Error::Input(format!(
            "layer {} of {} cannot be projected through: the deconvnet is defined for convolution, pooling, ReLU and what is \
             linear, not for {other:?}; choose a layer below it",
            node.name,
            model.graph().name
        ))),
    }
}

/// The transposed filters, to an input of that size: `[N, C', H', W']` to `[N, C, H, W]`.
fn convolution(given: &Tensor, conv: &Conv, weight: &Tensor, size: &[i64]) -> Result<Tensor> {
    let (kernel, stride, padding) = (int(conv.kernel), int(conv.stride), int(conv.padding));
    let out = given.size();
    // Rows and columns at the end that the stride steps over are in no window.
    let left_over = [2, 3].map(|axis: usize| size[axis] - ((out[axis] - 1) * stride - 2 * padding + kernel));
    let none: Option<&Tensor> = None;
    let groups = int(conv.groups);
    Ok(given.f_conv_transpose2d(weight, none, [stride; 2], [padding; 2], left_over, groups, [1, 1])?)
}

/// The three methods' one difference at a ReLU (Springenberg et al. 2015, Figure 1): the deconvnet keeps what is given
/// where that is positive, the gradient where the value was, guided backpropagation where both are.
fn rectifier(given: &Tensor, value: &Tensor, method: Method) -> Result<Tensor> {
    let open = || Ok::<_, Error>(value.f_gt(0.0)?.f_to_kind(Kind::Float)?);
    Ok(match method {
        Method::Deconvnet => given.f_relu()?,
        Method::Gradient => given.f_mul(&open()?)?,
        Method::Guided => given.f_relu()?.f_mul(&open()?)?,
    })
}

/// Puts each number where its window's maximum stood. Windows overlap, so that one place may be the maximum of several: it
/// gets their sum.
fn unpool(given: &Tensor, switches: &Tensor, size: &[i64]) -> Result<Tensor> {
    let flat = Tensor::f_zeros([size[0], size[1], size[2] * size[3]], (given.kind(), given.device()))?;
    Ok(flat.f_scatter_add(2, &switches.f_flatten(2, -1)?, &given.f_flatten(2, -1)?)?.f_view(size)?)
}

fn average(given: &Tensor, pool: &Pool, input: &Tensor) -> Result<Tensor> {
    let [kernel, stride, padding] = ops::window(pool);
    Ok(input.f_avg_pool2d_backward(&given.f_contiguous()?, kernel, stride, padding, pool.ceil, true, None)?)
}

/// The derivative of x·s^-β with s = k + α/n Σ x² over neighbouring channels.
fn normalisation(given: &Tensor, x: &Tensor, size: i64, [alpha, beta, k]: [f64; 3]) -> Result<Tensor> {
    let half = size / 2;
    let (before, after) = (half, size - 1 - half);
    let share = alpha / size as f64;
    let s = ops::neighbours(&x.f_square()?, before, after)?.f_mul_scalar(share)?.f_add_scalar(k)?;
    let own = given.f_mul(&s.f_pow_tensor_scalar(-beta)?)?;
    let others = given.f_mul(x)?.f_mul(&s.f_pow_tensor_scalar(-beta - 1.0)?)?;
    // Channel i counts j among its neighbours where j is among those that i has on the other side.
    let others = ops::neighbours(&others, after, before)?.f_mul(x)?;
    Ok(own.f_sub(&others.f_mul_scalar(2.0 * share * beta)?)?)
}

fn shortcut(given: &Tensor, stride: i64, pad: i64, size: &[i64]) -> Result<Tensor> {
    let whole = Tensor::f_zeros(size, (given.kind(), given.device()))?;
    let mut places = whole.f_slice(2, None, None, stride)?.f_slice(3, None, None, stride)?;
    places.f_copy_(&given.f_narrow(1, pad / 2, size[1])?)?;
    Ok(whole)
}
