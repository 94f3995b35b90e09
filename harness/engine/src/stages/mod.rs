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

use spec::protocol::Protocol;
use tch::{Device, Kind, Tensor};

use crate::error::{Error, Result};
use crate::input::batch::Normalisation;
use crate::net::Network;

/// What every stage with a network reads.
#[derive(Debug)]
pub struct Loaded {
    /// The network.
    pub network: Network,
    /// None with random weights, whose answers mean nothing.
    pub normalisation: Option<Normalisation>,
    /// One image's shape, `[C, H, W]`.
    pub input: [usize; 3],
}

impl Loaded {
    /// The normalisation, if the protocol fits the network.
    ///
    /// # Errors
    /// It does not, or there are no weights.
    pub fn ready_for(&self, protocol: &Protocol) -> Result<&Normalisation> {
        let [_, height, width] = self.input;
        let size = protocol.views.size as usize;
        if !protocol.views.kind.is_implemented() {
            return Err(Error::Input(format!(
                "protocol `{}` asks for {} views, which are not run yet; use centre or ten-crop",
                protocol.id, protocol.views.kind
            )));
        }
        if (size, size) != (height, width) {
            return Err(Error::Input(format!(
                "protocol `{}` cuts {size}×{size}, but the network reads {height}×{width}",
                protocol.id
            )));
        }
        self.normalisation
            .as_ref()
            .ok_or_else(|| Error::Input("the job wants predictions but names no weights; give it some".to_owned()))
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
