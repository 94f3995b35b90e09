//! A graph that can be differentiated: by its parameters for training, by its input for adversarial examples.
//!
//! Must compute every layer as `replications::graph::Op` defines it. Speed at inference is `crate::net`'s business; the
//! crate's root says why there are two.

use std::collections::BTreeMap;

use replications::count::Parameter;
use replications::graph::{Graph, Node, Op};
use tch::{Device, Kind, Tensor};

use super::fusion::{Fused, Fusion};
use super::masks::Mode;
use crate::error::{Error, Result};
use crate::ops;
use crate::warp::Warp;
use crate::weights::{Parameters, RawTensor};

/// A network with parameters that gradients flow to.
#[derive(Debug)]
pub struct Model {
    graph: Graph,
    /// In the graph's order.
    parameters: Vec<(String, Tensor)>,
    /// Each parameter's index, by name.
    indices: BTreeMap<String, usize>,
    /// What a spatial transformer keeps, by node.
    warps: BTreeMap<usize, Warp>,
    /// Batch norms that are computed with what follows them, in training.
    fusion: Fusion,
    device: Device,
    /// What convolutions and fully connected layers compute in.
    compute: Kind,
}

impl Model {
    /// A network whose parameters begin as `begin` says: as many numbers as the parameter has, the last dimension
    /// fastest.
    ///
    /// # Errors
    /// A graph that does not fit together, or the wrong count of numbers.
    pub fn new(graph: Graph, device: Device, mut begin: impl FnMut(&Parameter) -> Vec<f32>) -> Result<Model> {
        let wanted = graph.parameters();
        let tensors = wanted.iter().map(|parameter| {
            let tensor = tensor(&begin(parameter), &parameter.shape, device)?;
            Ok((parameter.name.clone(), tensor.f_set_requires_grad(parameter.learned)?))
        });
        let tensors = tensors.collect::<Result<Vec<_>>>()?;
        Model::assemble(graph, device, tensors)
    }

    /// A network with loaded weights that are not to be learned.
    ///
    /// # Errors
    /// A graph that does not fit together, or a parameter that is missing.
    pub fn loaded(mut graph: Graph, device: Device, mut parameters: Parameters) -> Result<Model> {
        let mut tensors = Vec::new();
        for node in &mut graph.nodes {
            if let (Op::BatchNorm { epsilon, .. }, Some(own)) = (&mut node.op, parameters.epsilons.get(&node.name)) {
                *epsilon = *own;
            }
        }
        for parameter in graph.parameters() {
            let name = parameter.name;
            let raw = parameters
                .tensors
                .remove(&name)
                .ok_or_else(|| Error::Input(format!("the parameter `{name}` is not set; check the table of names")))?;
            tensors.push((name, tensor(&raw.data, &raw.shape, device)?));
        }
        Model::assemble(graph, device, tensors)
    }

    fn assemble(graph: Graph, device: Device, parameters: Vec<(String, Tensor)>) -> Result<Model> {
        graph.shapes()?;
        let indices = parameters.iter().enumerate().map(|(index, (name, _))| (name.clone(), index)).collect();
        let mut warps = BTreeMap::new();
        for (index, node) in graph.nodes.iter().enumerate() {
            if let Op::Transform(transform) = &node.op {
                warps.insert(index, Warp::new(transform, device)?);
            }
        }
        let fusion = Fusion::of(&graph);
        Ok(Model { graph, parameters, indices, warps, fusion, device, compute: Kind::Float })
    }

    /// The same numbers in the form that answers at each place ([`Graph::over_places`]): a larger map `[N, C, H, W]` gives
    /// `[N, answers, H', W']`.
    ///
    /// # Errors
    /// A layer that has no such form.
    pub fn over_places(&self) -> Result<Model> {
        let graph = self.graph.over_places()?;
        let shapes = graph.parameters().into_iter().map(|parameter| (parameter.name, parameter.shape));
        let tensors = shapes.map(|(name, shape)| {
            let shape: Vec<i64> = shape.iter().map(|side| ops::int(*side)).collect();
            let tensor = self.parameter(&name)?.detach().f_reshape(shape)?;
            Ok((name, tensor))
        });
        let tensors = tensors.collect::<Result<Vec<_>>>()?;
        Ok(Model::assemble(graph, self.device, tensors)?.computing_in(self.compute))
    }

    /// The same network, of whose parameters those are learned that `learned` says by name; running statistics never are.
    ///
    /// # Errors
    /// libtorch's refusal.
    pub fn learning(mut self, learned: impl Fn(&str) -> bool) -> Result<Model> {
        let may = self.graph.parameters().into_iter().map(|parameter| parameter.learned);
        for ((name, tensor), may) in self.parameters.iter_mut().zip(may) {
            *tensor = tensor.f_set_requires_grad(may && learned(name))?;
        }
        Ok(self)
    }

    /// The same network with convolutions and fully connected layers computed in that type, f32 or bf16. Parameters, their
    /// gradients and the statistics of batch norm stay f32, and so does the answer.
    #[must_use]
    pub fn computing_in(mut self, kind: Kind) -> Model {
        self.compute = kind;
        self
    }

    /// The graph.
    #[must_use]
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// Where it computes.
    #[must_use]
    pub fn device(&self) -> Device {
        self.device
    }

    /// Names and tensors, in the graph's order.
    pub fn parameters(&self) -> &[(String, Tensor)] {
        &self.parameters
    }

    /// The same by names that begin with `prefix`, for a checkpoint.
    pub fn tensors(&self, prefix: &str) -> Vec<(String, Tensor)> {
        let named = self.parameters.iter();
        named.map(|(name, tensor)| (format!("{prefix}{name}"), tensor.shallow_clone())).collect()
    }

    /// The tensors that are learned, in the graph's order.
    pub fn learned(&self) -> Vec<&Tensor> {
        self.parameters.iter().map(|(_, tensor)| tensor).filter(|tensor| tensor.requires_grad()).collect()
    }

    /// The parameter of that name (`fc1.weight`).
    ///
    /// # Errors
    /// There is none.
    pub fn parameter(&self, name: &str) -> Result<&Tensor> {
        let index = self.indices.get(name);
        index
            .map(|index| &self.parameters[*index].1)
            .ok_or_else(|| Error::Other(format!("network {} has no parameter `{name}`", self.graph.name)))
    }

    /// The numbers of all parameters, as they are now.
    ///
    /// # Errors
    /// libtorch's refusal.
    pub fn numbers(&self) -> Result<Parameters> {
        let tensors = self.parameters.iter().map(|(name, tensor)| Ok((name.clone(), raw(tensor)?)));
        Ok(Parameters { tensors: tensors.collect::<Result<_>>()?, epsilons: BTreeMap::new() })
    }

    /// One forward pass of a batch `[N, C, H, W]` of f32: the answer, `[N, …]`.
    ///
    /// # Errors
    /// libtorch's refusal.
    pub fn forward(&self, x: &Tensor, mode: Mode<'_>) -> Result<Tensor> {
        Ok(self.values(x, mode)?.swap_remove(self.graph.output.0).f_to_kind(Kind::Float)?)
    }

    /// Each node's value; nothing where it is computed with another's.
    fn values(&self, x: &Tensor, mode: Mode<'_>) -> Result<Vec<Tensor>> {
        let mut values: Vec<Tensor> = Vec::with_capacity(self.graph.nodes.len());
        let fuses = mode.is_training();
        for (index, node) in self.graph.nodes.iter().enumerate() {
            values.push(match self.fusion.at(index).filter(|_| fuses) {
                Some(Fused { norm, other }) => {
                    let then = (other.map(|other| &values[other.0]), true);
                    self.batch_norm(&self.graph.nodes[norm.0], &values, then)?
                }
                None if fuses && self.fusion.skips(index) => Tensor::new(),
                None => self.value(index, node, x, &values, mode)?,
            });
        }
        Ok(values)
    }

    /// As [`Model::forward`]: all answers, the network's own first and then those beside it.
    ///
    /// # Errors
    /// As [`Model::forward`].
    pub fn forward_all(&self, x: &Tensor, mode: Mode<'_>) -> Result<Vec<Tensor>> {
        let values = self.values(x, mode)?;
        let outputs = [self.graph.output].into_iter().chain(self.graph.also.iter().copied());
        outputs.map(|id| Ok(values[id.0].f_to_kind(Kind::Float)?)).collect()
    }

    /// As [`Model::forward`], and `watch` sees each node and its value.
    ///
    /// # Errors
    /// As [`Model::forward`].
    pub fn forward_watched(&self, x: &Tensor, mode: Mode<'_>, watch: &mut dyn FnMut(&Node, &Tensor)) -> Result<Tensor> {
        let mut values: Vec<Tensor> = Vec::with_capacity(self.graph.nodes.len());
        for (index, node) in self.graph.nodes.iter().enumerate() {
            let value = self.value(index, node, x, &values, mode)?;
            watch(node, &value);
            values.push(value);
        }
        Ok(values.swap_remove(self.graph.output.0).f_to_kind(Kind::Float)?)
    }

    /// A batch norm by the batch's statistics, with what is added to it and whether a ReLU follows.
    fn batch_norm(&self, node: &Node, values: &[Tensor], then: (Option<&Tensor>, bool)) -> Result<Tensor> {
        let own = |part: &str| self.parameter(&format!("{}.{part}", node.name));
        let Op::BatchNorm { epsilon, .. } = node.op else {
            return Err(Error::Other(format!("layer {} is no batch norm", node.name)));
        };
        let running = [own("running_mean")?, own("running_var")?];
        let x = &values[node.inputs[0].0];
        ops::batch_norm_training(x, [own("weight")?, own("bias")?], running, epsilon, then)
    }

    /// In the type of products; the same tensor where it is of that type.
    fn cast(&self, tensor: &Tensor) -> Result<Tensor> {
        Ok(tensor.f_to_kind(self.compute)?)
    }

    fn value(&self, index: usize, node: &Node, image: &Tensor, values: &[Tensor], mode: Mode<'_>) -> Result<Tensor> {
        let input = |number: usize| &values[node.inputs[number].0];
        let own = |part: &str| self.parameter(&format!("{}.{part}", node.name));
        let bias_if = |wanted: bool| if wanted { own("bias").map(Some) } else { Ok(None) };
        Ok(match &node.op {
            Op::Input => image.shallow_clone(),
            Op::Conv(conv) if self.compute == Kind::Float && ops::is_plane(conv, input(0)) => {
                torch_shim::conv_plane(input(0), own("weight")?, own("bias")?)?
            }
            Op::Conv(conv) if self.compute == Kind::Float && ops::is_conv3x3(conv, input(0)) => {
                torch_shim::conv3x3(input(0), own("weight")?)?
            }
            Op::Conv(conv) => {
                let bias = bias_if(conv.bias)?.map(|bias| self.cast(bias)).transpose()?;
                ops::conv(&self.cast(input(0))?, conv, &self.cast(own("weight")?)?, bias.as_ref())?
            }
            Op::Linear { bias, .. } => {
                let bias = bias_if(*bias)?.map(|bias| self.cast(bias)).transpose()?;
                self.cast(input(0))?.f_linear(&self.cast(own("weight")?)?, bias.as_ref())?
            }
            Op::BatchNorm { .. } if mode.is_training() => self.batch_norm(node, values, (None, false))?,
            Op::BatchNorm { epsilon, .. } => {
                let statistics = [own("running_mean")?, own("running_var")?];
                ops::batch_norm(input(0), [own("weight")?, own("bias")?], statistics, *epsilon)?
            }
            Op::Relu => input(0).f_relu()?,
            Op::Sigmoid => input(0).f_sigmoid()?,
            Op::Maxout { pieces } => ops::maxout(input(0), ops::int(*pieces))?,
            Op::Rbf { .. } => ops::rbf(input(0), own("weight")?, own("scale")?)?,
            Op::MaxPool(pool) => ops::max_pool(input(0), pool)?,
            Op::AvgPool(pool) => ops::avg_pool(input(0), pool)?,
            Op::GlobalAvgPool => ops::global_avg_pool(input(0))?,
            Op::Lrn { size, alpha, beta, k } => ops::composed_lrn(input(0), ops::int(*size), *alpha, *beta, *k)?,
            Op::LrnWithin { size, alpha, beta, k } => ops::lrn_within(input(0), ops::int(*size), *alpha, *beta, *k)?,
            Op::Flatten => input(0).f_flatten(1, -1)?,
            Op::Dropout { p } => match mode {
                Mode::Test => input(0).shallow_clone(),
                Mode::Train(masks) => input(0).f_mul(&masks.mask(&node.name, *p, input(0))?)?,
            },
            Op::Add => input(0).f_add(input(1))?,
            Op::Concat => Tensor::f_cat(&node.inputs.iter().map(|id| &values[id.0]).collect::<Vec<_>>(), 1)?,
            Op::PadShortcut { stride, pad } => ops::pad_shortcut(input(0), ops::int(*stride), ops::int(*pad))?,
            Op::Regions | Op::RoiPool { .. } => {
                let message = format!("layer {}: what looks into regions is trained from its pooled map on", node.name);
                return Err(Error::Other(message));
            }
            Op::Sequence(_) => {
                let message = format!("layer {}: a network over words needs a sentence too", node.name);
                return Err(Error::Other(message));
            }
            Op::Transform(_) => {
                let warp = self.warps.get(&index);
                let warp = warp.ok_or_else(|| Error::Other(format!("layer {} was not set up", node.name)))?;
                warp.apply(input(0), input(1))?
            }
        })
    }
}

/// A tensor's shape and numbers, f32, wherever it lies.
pub(crate) fn raw(tensor: &Tensor) -> Result<RawTensor> {
    let shape = tensor.size().into_iter().map(|side| usize::try_from(side).unwrap_or(0)).collect();
    let tensor = tensor.detach().f_to_device(Device::Cpu)?.f_contiguous()?;
    Ok(RawTensor { shape, data: Vec::<f32>::try_from(tensor.f_view([-1])?)? })
}

/// Numbers on the device in that shape.
fn tensor(numbers: &[f32], shape: &[usize], device: Device) -> Result<Tensor> {
    let shape: Vec<i64> = shape.iter().map(|side| ops::int(*side)).collect();
    Ok(Tensor::f_from_slice(numbers)?.f_reshape(shape)?.f_to_device(device)?)
}
