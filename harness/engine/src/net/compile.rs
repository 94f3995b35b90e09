//! Layers become steps: tensors on the device, packed weights, and who is the last to read what.
//!
//! Must not change what the layers say.

use replications::graph::{Conv, Graph};
use tch::Tensor;
use torch_shim::{Convolution, PackedConv, PackedLinear};

use super::layer::{BatchNorm, Layers, Work};
use super::step::{Action, Step};
use super::{How, Network};
use crate::error::{Error, Result};
use crate::ops::int;
use crate::weights::RawTensor;

pub(super) fn compile(graph: &Graph, net: Layers, how: How) -> Result<Network> {
    let shapes = graph.shapes()?;
    let Layers { layers, outputs } = net;
    let values = layers.len();
    let mut steps: Vec<Step> = Vec::new();
    for (index, layer) in layers.into_iter().enumerate() {
        let Some(work) = layer.work else { continue };
        let shape = layer.inputs.first().map(|input| shapes[*input].as_slice());
        let action = action(work, shape, how)?;
        let inputs = layer.inputs.into_iter().map(|input| (input, false)).collect();
        steps.push(Step { action, inputs, output: index, in_place: false });
    }
    mark_last_reads(&mut steps, &outputs);
    mark_in_place(&mut steps, values);
    Ok(Network { steps, values, outputs, how })
}

/// From the end, the first step seen that reads a value is the last to read it.
fn mark_last_reads(steps: &mut [Step], outputs: &[usize]) {
    let mut read: std::collections::HashSet<usize> = outputs.iter().copied().collect();
    for step in steps.iter_mut().rev() {
        for (input, last) in step.inputs.iter_mut().rev() {
            *last = read.insert(*input);
        }
    }
}

/// A step may write over a value that it is the last to read, if that value's memory is nobody else's.
fn mark_in_place(steps: &mut [Step], values: usize) {
    let mut own = vec![false; values];
    // A view looks into its input's memory, which is then not that input's alone.
    for step in steps.iter() {
        own[step.output] = step.action.writes_new_memory();
    }
    for step in steps.iter() {
        if matches!(step.action, Action::Flatten | Action::PadShortcut { .. }) {
            step.inputs.iter().for_each(|(input, _)| own[*input] = false);
        }
    }
    for step in steps {
        let target = match step.action {
            Action::Relu | Action::Add => step.inputs.first(),
            Action::PackedConv { add: true, .. } => step.inputs.get(1),
            _ => None,
        };
        let read_once = |input: &usize| step.inputs.iter().filter(|(other, _)| other == input).count() == 1;
        step.in_place = target.is_some_and(|(input, last)| *last && own[*input] && read_once(input));
    }
}

fn action(work: Work, shape: Option<&[usize]>, how: How) -> Result<Action> {
    Ok(match work {
        Work::Input => Action::Input,
        Work::Regions => Action::Regions,
        Work::RoiPool { bins, stride } => Action::RoiPool { bins: int(bins), scale: 1.0 / stride as f64 },
        Work::Conv { geometry, weight, bias, add, relu } if how.fuse => {
            let conv = packed_conv(geometry, weight, bias, shape, how)?;
            Action::PackedConv { conv, add, relu }
        }
        Work::Conv { geometry, weight, bias, .. } => {
            let weight = torch_shim::to_memory_format(&tensor(weight, how)?, how.channels_last)?;
            Action::Conv { geometry, weight, bias: vector(bias, how)? }
        }
        Work::Linear { weight, bias, relu } if how.fuse => {
            let bias = vector(bias, how)?;
            Action::PackedLinear { linear: PackedLinear::new(&tensor(weight, how)?, bias, int(how.batch))?, relu }
        }
        Work::Linear { weight, bias, .. } => Action::Linear { weight: tensor(weight, how)?, bias: vector(bias, how)? },
        Work::BatchNorm(norm) => batch_norm(norm, how)?,
        Work::Relu => Action::Relu,
        Work::MaxPool(pool) => Action::MaxPool(pool),
        Work::AvgPool(pool) => Action::AvgPool(pool),
        Work::GlobalAvgPool => Action::GlobalAvgPool,
        Work::Lrn { size, alpha, beta, k } => Action::Lrn { size: int(size), alpha, beta, k },
        Work::LrnWithin { size, alpha, beta, k } => Action::LrnWithin { size: int(size), alpha, beta, k },
        Work::Flatten => Action::Flatten,
        Work::Add => Action::Add,
        Work::Concat => Action::Concat,
        Work::PadShortcut { stride, pad } => Action::PadShortcut { stride: int(stride), pad: int(pad) },
    })
}

fn packed_conv(
    geometry: Conv,
    weight: RawTensor,
    bias: Option<Vec<f32>>,
    shape: Option<&[usize]>,
    how: How,
) -> Result<PackedConv> {
    let Some(&[channels, height, width]) = shape else {
        return Err(Error::Other("a convolution's input has no height and width".to_owned()));
    };
    let convolution =
        Convolution { padding: int(geometry.padding), stride: int(geometry.stride), groups: int(geometry.groups) };
    let input = [how.batch, channels, height, width].map(int);
    Ok(PackedConv::new(&tensor(weight, how)?, vector(bias, how)?, convolution, input)?)
}

/// Batch norm's own numbers stay f32: libtorch mixes them with bfloat16 activations.
fn batch_norm(norm: BatchNorm, how: How) -> Result<Action> {
    let on_device =
        |numbers: Vec<f32>| -> Result<Tensor> { Ok(Tensor::f_from_slice(&numbers)?.f_to_device(how.device)?) };
    Ok(Action::BatchNorm {
        weight: on_device(norm.weight)?,
        bias: on_device(norm.bias)?,
        mean: on_device(norm.mean)?,
        variance: on_device(norm.variance)?,
        epsilon: norm.epsilon,
    })
}

fn tensor(raw: RawTensor, how: How) -> Result<Tensor> {
    let shape: Vec<i64> = raw.shape.iter().map(|side| int(*side)).collect();
    let tensor = Tensor::f_from_slice(&raw.data)?.f_reshape(shape)?;
    // The file's copy goes before the device's comes.
    drop(raw);
    Ok(tensor.f_to_kind(how.kind)?.f_to_device(how.device)?)
}

fn vector(numbers: Option<Vec<f32>>, how: How) -> Result<Option<Tensor>> {
    numbers.map(|data| tensor(RawTensor { shape: vec![data.len()], data }, how)).transpose()
}
