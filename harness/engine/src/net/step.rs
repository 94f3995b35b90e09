//! Steps: one operator each, on the device, reading and writing numbered values.
//!
//! Must not decide anything at run time that could be decided when the network is built.

use replications::graph::{Conv, Pool};
use tch::Tensor;
use torch_shim::{PackedConv, PackedLinear};

use crate::error::{Error, Result};
use crate::ops;
use crate::roi::roi_pool;

/// What a network reads.
#[derive(Debug, Clone, Copy)]
pub(super) struct Given<'a> {
    /// A prepared batch.
    pub(super) images: &'a Tensor,
    /// Regions of its images, where the network looks into some.
    pub(super) regions: Option<&'a Tensor>,
}

/// One operator.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) action: Action,
    /// The values it reads, and whether it is the last to read them.
    pub(super) inputs: Vec<(usize, bool)>,
    /// The value it writes: the node's index.
    pub(super) output: usize,
    /// Whether its first input (of a fused sum: its second) may be written over.
    pub(super) in_place: bool,
}

/// What a step does.
#[derive(Debug)]
pub(super) enum Action {
    Input,
    Regions,
    RoiPool { bins: i64, scale: f64 },
    Conv { geometry: Conv, weight: Tensor, bias: Option<Tensor> },
    PackedConv { conv: PackedConv, add: bool, relu: bool },
    Linear { weight: Tensor, bias: Option<Tensor> },
    PackedLinear { linear: PackedLinear, relu: bool },
    BatchNorm { weight: Tensor, bias: Tensor, mean: Tensor, variance: Tensor, epsilon: f64 },
    Relu,
    MaxPool(Pool),
    AvgPool(Pool),
    GlobalAvgPool,
    Lrn { size: i64, alpha: f64, beta: f64, k: f64 },
    LrnWithin { size: i64, alpha: f64, beta: f64, k: f64 },
    Flatten,
    Add,
    Concat,
    PadShortcut { stride: i64, pad: i64 },
}

impl Action {
    /// Whether the value is memory of its own, that nothing else looks into.
    pub(super) fn writes_new_memory(&self) -> bool {
        !matches!(self, Action::Input | Action::Regions | Action::Flatten | Action::PadShortcut { .. })
    }
}

impl Step {
    /// Runs the operator. Values that nobody reads any more are dropped.
    pub(super) fn run(&self, given: Given<'_>, values: &mut [Option<Tensor>]) -> Result<Tensor> {
        let mut inputs = Vec::with_capacity(self.inputs.len());
        for (index, last) in &self.inputs {
            let value = if *last { values[*index].take() } else { values[*index].as_ref().map(Tensor::shallow_clone) };
            inputs.push(value.ok_or_else(|| Error::Other(format!("value {index} is read before it is written")))?);
        }
        if matches!(self.action, Action::Concat) {
            return Ok(Tensor::f_cat(&inputs, 1)?);
        }
        let mut inputs = inputs.into_iter();
        match (inputs.next(), inputs.next()) {
            (None, _) if matches!(self.action, Action::Regions) => {
                let missing = || Error::Other("the network looks into regions, and none are given".to_owned());
                Ok(given.regions.ok_or_else(missing)?.shallow_clone())
            }
            (None, _) => Ok(given.images.shallow_clone()),
            (Some(x), second) => self.apply(x, second),
        }
    }

    fn apply(&self, mut x: Tensor, second: Option<Tensor>) -> Result<Tensor> {
        Ok(match (&self.action, second) {
            (Action::Conv { geometry, weight, bias }, _) => ops::conv(&x, geometry, weight, bias.as_ref())?,
            (Action::PackedConv { conv, add: true, relu }, Some(other)) if self.in_place => {
                conv.forward_add_into(&x, other, *relu)?
            }
            (Action::PackedConv { conv, add: true, relu }, Some(other)) => conv.forward_add(&x, &other, *relu)?,
            (Action::PackedConv { conv, relu, .. }, _) => conv.forward(&x, *relu)?,
            (Action::Linear { weight, bias }, _) => x.f_linear(weight, bias.as_ref())?,
            (Action::PackedLinear { linear, relu }, _) => linear.forward(&x, *relu)?,
            (Action::BatchNorm { weight, bias, mean, variance, epsilon }, _) => {
                ops::batch_norm(&x, [weight, bias], [mean, variance], *epsilon)?
            }
            (Action::RoiPool { bins, scale }, Some(regions)) => torch_shim::to_memory_format(
                &roi_pool(&x, &regions, *scale, *bins)?,
                torch_shim::is_channels_last(&x)?,
            )?,
            (Action::Relu, _) if self.in_place => x.f_relu_()?,
            (Action::Relu, _) => x.f_relu()?,
            (Action::MaxPool(pool), _) => ops::max_pool(&x, pool)?,
            (Action::AvgPool(pool), _) => ops::avg_pool(&x, pool)?,
            (Action::GlobalAvgPool, _) => ops::global_avg_pool(&x)?,
            (Action::Lrn { size, alpha, beta, k }, _) => ops::lrn(&x, *size, *alpha, *beta, *k)?,
            (Action::LrnWithin { size, alpha, beta, k }, _) => ops::lrn_within(&x, *size, *alpha, *beta, *k)?,
            (Action::Flatten, _) => x.f_flatten(1, -1)?,
            (Action::Add, Some(other)) if self.in_place => x.f_add_(&other)?,
            (Action::Add, Some(other)) => x.f_add(&other)?,
            (Action::PadShortcut { stride, pad }, _) => ops::pad_shortcut(&x, *stride, *pad)?,
            (Action::Input | Action::Regions | Action::RoiPool { .. } | Action::Add | Action::Concat, _) => x,
        })
    }
}
