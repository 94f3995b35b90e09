//! A graph and its parameters become something that runs.
//!
//! ```text
//! Graph + Parameters ──lower──► layers with their weights ──fold, fuse──► fewer layers ──compile──► steps on a device
//! ```
//! Must not know files, pictures or protocols.

mod compile;
mod fold;
mod fuse;
mod layer;
mod step;

use replications::graph::Graph;
use spec::job::{Device, MemoryFormat, Precision, Settings};
use tch::{Kind, Tensor};

use crate::error::{Error, Result};
use crate::weights::Parameters;
use step::{Given, Step};

/// How a network is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct How {
    /// The device, as libtorch names it.
    pub device: tch::Device,
    /// The type of weights and activations.
    pub kind: Kind,
    /// Whether activations lie in NHWC order.
    pub channels_last: bool,
    /// Whether batch norm is folded into the convolution before it.
    pub fold: bool,
    /// Whether oneDNN's fused operators with packed weights are used. Only on a CPU.
    pub fuse: bool,
    /// The batch that packed weights are laid out for; others work too.
    pub batch: usize,
}

impl How {
    /// As the job's settings say. Fused operators are oneDNN's, which reads channels last: they are used only there, and in bfloat16
    /// only on a processor that it has such kernels for.
    ///
    /// # Errors
    /// libtorch's refusal.
    pub fn of(settings: &Settings) -> Result<How> {
        let packs = settings.precision != Precision::Bf16 || torch_shim::packs_bf16()?;
        let cpu = settings.device == Device::Cpu;
        let channels_last = settings.memory_format == MemoryFormat::ChannelsLast;
        Ok(How {
            device: if cpu { tch::Device::Cpu } else { tch::Device::Cuda(0) },
            kind: if settings.precision == Precision::Bf16 { Kind::BFloat16 } else { Kind::Float },
            channels_last,
            fold: settings.fold_batch_norm,
            fuse: settings.fuse && cpu && channels_last && packs,
            batch: settings.batch,
        })
    }

    /// In single precision, as fast as the device allows, for batches of that size; others work too.
    #[must_use]
    pub fn fast(device: tch::Device, batch: usize) -> How {
        let fuse = device == tch::Device::Cpu;
        How { device, kind: Kind::Float, channels_last: true, fold: true, fuse, batch }
    }

    /// Every layer as tch's own operators compute it, one by one: what the other ways are checked against.
    #[must_use]
    pub fn plain() -> How {
        let (device, kind) = (tch::Device::Cpu, Kind::Float);
        How { device, kind, channels_last: false, fold: false, fuse: false, batch: 1 }
    }
}

/// A network that runs.
#[derive(Debug)]
pub struct Network {
    steps: Vec<Step>,
    /// How many values the steps write.
    values: usize,
    /// Which of them are the answers, the network's own first.
    outputs: Vec<usize>,
    how: How,
}

impl Network {
    /// Builds the network, taking the parameters apart as it goes so that they are not in memory twice.
    ///
    /// # Errors
    /// A graph that does not fit together, a parameter that is missing, memory that does not suffice.
    pub fn build(graph: &Graph, parameters: Parameters, how: How) -> Result<Network> {
        let mut layers = layer::lower(graph, parameters)?;
        if how.fold {
            fold::fold_batch_norms(&mut layers);
        }
        if how.fuse {
            fuse::fuse(&mut layers);
        }
        compile::compile(graph, layers, how)
    }

    /// How it was built.
    #[must_use]
    pub fn how(&self) -> How {
        self.how
    }

    /// Brings a batch `[N, C, H, W]` to the device, type and order in which the network reads it.
    ///
    /// # Errors
    /// libtorch's refusal.
    pub fn prepare(&self, x: &Tensor) -> Result<Tensor> {
        let x = x.f_to_device(self.how.device)?.f_to_kind(self.how.kind)?;
        Ok(torch_shim::to_memory_format(&x, self.how.channels_last)?)
    }

    /// One forward pass of a prepared batch: logits `[N, classes]` in f32, on the device.
    ///
    /// # Errors
    /// libtorch's refusal.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        self.forward_watched(x, &mut |_, _| {})
    }

    /// As [`Network::forward`]; `watch` sees each node's index and value, as far as the node still exists after folding
    /// and fusing.
    ///
    /// # Errors
    /// libtorch's refusal.
    pub fn forward_watched(&self, x: &Tensor, watch: &mut dyn FnMut(usize, &Tensor)) -> Result<Tensor> {
        let answers = self.run(Given { images: x, regions: None }, watch)?;
        Ok(answers.into_iter().next().unwrap_or_default())
    }

    /// One forward pass of a prepared batch and, where the network looks into some, regions `[R, 5]` of its images (f32, on the
    /// device: the image of the batch; left, top, right and bottom, first and last pixels): all answers in f32, the network's own
    /// first and then those beside it.
    ///
    /// # Errors
    /// Regions that are missing, or libtorch's refusal.
    pub fn forward_all(&self, x: &Tensor, regions: Option<&Tensor>) -> Result<Vec<Tensor>> {
        self.forward_all_watched(x, regions, &mut |_, _| {})
    }

    /// As [`Network::forward_all`]; `watch` as in [`Network::forward_watched`].
    ///
    /// # Errors
    /// As [`Network::forward_all`].
    pub fn forward_all_watched(
        &self,
        x: &Tensor,
        regions: Option<&Tensor>,
        watch: &mut dyn FnMut(usize, &Tensor),
    ) -> Result<Vec<Tensor>> {
        self.run(Given { images: x, regions }, watch)
    }

    fn run(&self, given: Given<'_>, watch: &mut dyn FnMut(usize, &Tensor)) -> Result<Vec<Tensor>> {
        let mut values: Vec<Option<Tensor>> = std::iter::repeat_with(|| None).take(self.values).collect();
        for step in &self.steps {
            let value = step.run(given, &mut values)?;
            watch(step.output, &value);
            values[step.output] = Some(value);
        }
        let answer = |output: &usize| {
            let value = values.get(*output).and_then(Option::as_ref);
            let value = value.ok_or_else(|| Error::Other(format!("the answer {output} was not computed")))?;
            Ok(value.f_to_kind(Kind::Float)?)
        };
        self.outputs.iter().map(answer).collect()
    }
}
