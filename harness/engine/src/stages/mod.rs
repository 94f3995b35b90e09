//! What a job can ask for, a file each.
//!
//! Must not compute scores: predictions and measurements only.

pub mod canary;
pub mod input_pipeline;
pub mod load;
pub mod peaks;
pub mod predict;
pub mod throughput;

use std::time::Instant;

use images::Crop;
use replications::graph::Graph;
use spec::job::Stage;
use spec::protocol::Protocol;
use tch::{Device, Kind, Tensor};

use crate::error::{Error, Result};
use crate::input::batch::Normalisation;
use crate::net::Network;

/// In which form a network is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// As its graph has it, for images of its own size.
    Own,
    /// Fully convolutional, for whole images of any size.
    Convolutional,
}

impl Form {
    /// The form that a stage needs; None: it needs no network.
    #[must_use]
    pub fn of(stage: &Stage) -> Option<Form> {
        match stage {
            Stage::Canary { protocol, .. } | Stage::Predict { protocol, .. } => Some(Form::by(protocol)),
            Stage::Throughput { .. } => Some(Form::Own),
            Stage::InputPipeline { .. } | Stage::Experiment(_) | Stage::Peaks { .. } => None,
        }
    }

    fn by(protocol: &Protocol) -> Form {
        if protocol.views.kind.is_dense() { Form::Convolutional } else { Form::Own }
    }
}

/// What every stage with a network reads.
#[derive(Debug)]
pub struct Loaded {
    /// The network; of an ensemble all of them.
    pub members: Vec<Member>,
    /// The form in which they are built.
    pub form: Form,
    /// One image's shape, `[C, H, W]`.
    pub input: [usize; 3],
}

/// A network with what its weights want of pixels.
#[derive(Debug)]
pub struct Member {
    /// The network.
    pub network: Network,
    /// What it was built from.
    pub graph: Graph,
    /// None with random weights, whose answers mean nothing.
    pub normalisation: Option<Normalisation>,
}

/// A network that can look at pictures.
#[derive(Debug, Clone, Copy)]
pub struct Ready<'a> {
    network: &'a Network,
    normalisation: &'a Normalisation,
}

impl Ready<'_> {
    /// The logits of crops of one size, a row each, and the seconds of the forward pass.
    ///
    /// # Errors
    /// Memory that does not suffice.
    pub fn logits(&self, crops: &[Crop]) -> Result<(Vec<Vec<f32>>, f64)> {
        let device = self.network.how().device;
        let x = self.network.prepare(&self.normalisation.batch_on(crops, device)?)?;
        let (logits, seconds) = timed(device, || self.network.forward(&x))?;
        Ok((rows(&logits)?, seconds))
    }
}

impl Loaded {
    /// The network, of an ensemble the first.
    ///
    /// # Errors
    /// There is none.
    pub fn network(&self) -> Result<&Network> {
        let first = self.members.first().map(|member| &member.network);
        first.ok_or_else(|| Error::Other("a stage needs a network that was not loaded".to_owned()))
    }

    /// The networks with their normalisation, if the protocol fits them.
    ///
    /// # Errors
    /// It does not, or there are no weights.
    pub fn ready_for(&self, protocol: &Protocol) -> Result<Vec<Ready<'_>>> {
        let [_, height, width] = self.input;
        let size = protocol.views.size as usize;
        if (size, size) != (height, width) {
            return Err(Error::Input(format!(
                "protocol `{}` cuts {size}×{size}, but the network reads {height}×{width}",
                protocol.id
            )));
        }
        if self.form != Form::by(protocol) {
            return Err(Error::Other(format!("the network was not built for protocol `{}`", protocol.id)));
        }
        self.members.iter().map(|member| member.ready_for(protocol)).collect()
    }
}

impl Member {
    fn ready_for(&self, protocol: &Protocol) -> Result<Ready<'_>> {
        let sides = protocol.resize.iter().flat_map(|resize| &resize.short_side);
        for side in sides.filter(|_| Form::by(protocol) == Form::Convolutional) {
            let mut graph = self.graph.clone();
            graph.input[1..].fill(*side as usize);
            graph.shapes().map_err(|error| {
                Error::Input(format!("protocol `{}` shows images with a short side of {side}: {error}", protocol.id))
            })?;
        }
        let normalisation = self
            .normalisation
            .as_ref()
            .ok_or_else(|| Error::Input("the job wants predictions but names no weights; give it some".to_owned()))?;
        Ok(Ready { network: &self.network, normalisation })
    }
}

/// Waits until the device has done what it was given; nothing to wait for on a CPU.
///
/// # Errors
/// Something that the device was given failed.
pub fn synchronize(device: Device) -> Result<()> {
    if device != Device::Cpu {
        torch_shim::synchronize()?;
    }
    Ok(())
}

/// Runs something on a device and says how many seconds it took, the device's work included.
///
/// # Errors
/// What the work says.
pub fn timed<T>(device: Device, work: impl FnOnce() -> Result<T>) -> Result<(T, f64)> {
    synchronize(device)?;
    let start = Instant::now();
    let value = work()?;
    synchronize(device)?;
    Ok((value, start.elapsed().as_secs_f64()))
}

/// A tensor's numbers, row by row.
///
/// # Errors
/// It is no matrix.
pub fn rows(tensor: &Tensor) -> Result<Vec<Vec<f32>>> {
    let (count, width) = tensor.size2()?;
    let tensor = tensor.f_to_kind(Kind::Float)?.f_to_device(Device::Cpu)?.f_contiguous()?;
    let (count, width) = (usize::try_from(count).unwrap_or(0), usize::try_from(width).unwrap_or(0));
    let mut numbers = vec![0.0f32; count * width];
    let total = numbers.len();
    tensor.f_copy_data(&mut numbers, total)?;
    Ok(numbers.chunks(width.max(1)).map(<[f32]>::to_vec).collect())
}
