//! Layers with their weights: what is folded and fused before any tensor is made.
//!
//! Must not touch libtorch.

use replications::graph::{Conv, Graph, Op, Pool};

use crate::error::{Error, Result};
use crate::weights::{Parameters, RawTensor};

/// A layer; its place in the list is its node's index in the graph.
#[derive(Debug)]
pub(super) struct Layer {
    /// What it does; None: nothing, since another layer does it too.
    pub(super) work: Option<Work>,
    /// What it does it to.
    pub(super) inputs: Vec<usize>,
}

/// What a layer does.
#[derive(Debug)]
pub(super) enum Work {
    Input,
    Regions,
    RoiPool {
        bins: usize,
        stride: usize,
    },
    /// With `add`, the second input is summed to the convolution's result before the ReLU.
    Conv {
        geometry: Conv,
        weight: RawTensor,
        bias: Option<Vec<f32>>,
        add: bool,
        relu: bool,
    },
    Linear {
        weight: RawTensor,
        bias: Option<Vec<f32>>,
        relu: bool,
    },
    BatchNorm(BatchNorm),
    Relu,
    MaxPool(Pool),
    AvgPool(Pool),
    GlobalAvgPool,
    Lrn {
        size: usize,
        alpha: f64,
        beta: f64,
        k: f64,
    },
    LrnWithin {
        size: usize,
        alpha: f64,
        beta: f64,
        k: f64,
    },
    Flatten,
    Add,
    Concat,
    PadShortcut {
        stride: usize,
        pad: usize,
    },
}

/// A batch norm's numbers, one a channel.
#[derive(Debug)]
pub(super) struct BatchNorm {
    pub(super) weight: Vec<f32>,
    pub(super) bias: Vec<f32>,
    pub(super) mean: Vec<f32>,
    pub(super) variance: Vec<f32>,
    pub(super) epsilon: f64,
}

/// The network's layers.
#[derive(Debug)]
pub(super) struct Layers {
    pub(super) layers: Vec<Layer>,
    /// The answers, the network's own first.
    pub(super) outputs: Vec<usize>,
}

impl Layers {
    /// How many layers read each layer's value; an answer is read once more.
    pub(super) fn uses(&self) -> Vec<usize> {
        let mut uses = vec![0; self.layers.len()];
        self.outputs.iter().for_each(|output| uses[*output] += 1);
        for layer in self.layers.iter().filter(|layer| layer.work.is_some()) {
            for input in &layer.inputs {
                uses[*input] += 1;
            }
        }
        uses
    }

    /// Takes a layer's work and inputs away, so that another layer can do it.
    pub(super) fn absorb(&mut self, index: usize) -> Option<(Work, Vec<usize>)> {
        let layer = &mut self.layers[index];
        Some((layer.work.take()?, std::mem::take(&mut layer.inputs)))
    }
}

/// Joins each node with its parameters. Dropout does nothing at test time: who reads it reads what it reads.
pub(super) fn lower(graph: &Graph, mut parameters: Parameters) -> Result<Layers> {
    graph.shapes()?;
    let mut source: Vec<usize> = Vec::with_capacity(graph.nodes.len());
    let mut layers = Vec::with_capacity(graph.nodes.len());
    for (index, node) in graph.nodes.iter().enumerate() {
        let inputs: Vec<usize> = node.inputs.iter().map(|id| source[id.0]).collect();
        let skipped = matches!(node.op, Op::Dropout { .. });
        source.push(if skipped { inputs[0] } else { index });
        let work = if skipped { None } else { Some(work(&node.op, &node.name, &mut parameters)?) };
        layers.push(Layer { inputs: if skipped { Vec::new() } else { inputs }, work });
    }
    let outputs = [graph.output].iter().chain(&graph.also).map(|id| source[id.0]).collect();
    Ok(Layers { layers, outputs })
}

fn work(op: &Op, name: &str, parameters: &mut Parameters) -> Result<Work> {
    let epsilons = &parameters.epsilons;
    let tensors = &mut parameters.tensors;
    let mut take = |part: &str| {
        let full = format!("{name}.{part}");
        let tensor = tensors.remove(&full);
        tensor.ok_or_else(|| Error::Input(format!("the parameter `{full}` is not set; check the table of names")))
    };
    Ok(match *op {
        Op::Input | Op::Dropout { .. } => Work::Input,
        Op::Regions => Work::Regions,
        Op::RoiPool { bins, stride } => Work::RoiPool { bins, stride },
        Op::Conv(geometry) => {
            let bias = if geometry.bias { Some(take("bias")?.data) } else { None };
            Work::Conv { geometry, weight: take("weight")?, bias, add: false, relu: false }
        }
        Op::Linear { bias, .. } => {
            let bias = if bias { Some(take("bias")?.data) } else { None };
            Work::Linear { weight: take("weight")?, bias, relu: false }
        }
        Op::BatchNorm { epsilon, .. } => Work::BatchNorm(BatchNorm {
            epsilon: epsilons.get(name).copied().unwrap_or(epsilon),
            weight: take("weight")?.data,
            bias: take("bias")?.data,
            mean: take("running_mean")?.data,
            variance: take("running_var")?.data,
        }),
        Op::Relu => Work::Relu,
        Op::MaxPool(pool) => Work::MaxPool(pool),
        Op::AvgPool(pool) => Work::AvgPool(pool),
        Op::GlobalAvgPool => Work::GlobalAvgPool,
        Op::Lrn { size, alpha, beta, k } => Work::Lrn { size, alpha, beta, k },
        Op::LrnWithin { size, alpha, beta, k } => Work::LrnWithin { size, alpha, beta, k },
        Op::Flatten => Work::Flatten,
        Op::Add => Work::Add,
        Op::Concat => Work::Concat,
        Op::PadShortcut { stride, pad } => Work::PadShortcut { stride, pad },
        Op::Sigmoid | Op::Maxout { .. } | Op::Rbf { .. } | Op::Transform(_) | Op::Sequence(_) => {
            let message = format!("layer {name}: networks with such layers are trained here, not loaded");
            return Err(Error::Input(message));
        }
    })
}
