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

use crate::error::Result;
use crate::weights::Parameters;
use step::Step;

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
    /// As the job's settings say. Fused operators are oneDNN's, which reads channels last: they are used only there.
    #[must_use]
    pub fn of(settings: &Settings) -> How {
        let cpu = settings.device == Device::Cpu;
        let channels_last = settings.memory_format == MemoryFormat::ChannelsLast;
        How {
            device: if cpu { tch::Device::Cpu } else { tch::Device::Cuda(0) },
            kind: if settings.precision == Precision::Bf16 { Kind::BFloat16 } else { Kind::Float },
            channels_last,
            fold: settings.fold_batch_norm,
            fuse: settings.fuse && cpu && channels_last,
            batch: settings.batch,
        }
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
    /// Which of them is the answer.
    output: usize,
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
        let mut values: Vec<Option<Tensor>> = std::iter::repeat_with(|| None).take(self.values).collect();
        for step in &self.steps {
            let value = step.run(x, &mut values)?;
            watch(step.output, &value);
            values[step.output] = Some(value);
        }
        let answer = values[self.output].take().unwrap_or_default();
        Ok(answer.f_to_kind(Kind::Float)?)
    }
}
