//! The network's speed on one batch that stays on the device, and the memory that takes.
//!
//! Must not read pictures.

use std::time::Instant;

use spec::job::{Job, TIMED_BATCHES};
use spec::metric::Unit;
use tch::{Device, Tensor};

use super::{Loaded, timed};
use crate::emit::Emitter;
use crate::error::{Error, Result};
use crate::memory;
use crate::streams::Stream;

/// Times the network.
///
/// # Errors
/// Memory that does not suffice.
pub fn run(
    loaded: &Loaded,
    batches: usize,
    warm_up_seconds: f64,
    warm_up_batches: usize,
    job: &Job,
    emitter: &Emitter<'_>,
) -> Result<()> {
    emitter.stage("throughput")?;
    let batches = batches.max(TIMED_BATCHES);
    let network = loaded.network()?;
    let device = network.how().device;
    let x = network.prepare(&random_batch(job.settings.batch, loaded.input, job.settings.seed)?)?;
    reset_peaks(device, emitter)?;
    let start = Instant::now();
    let mut warm = 0;
    while warm < warm_up_batches || start.elapsed().as_secs_f64() < warm_up_seconds {
        let _ = timed(device, || network.forward(&x))?;
        warm += 1;
        // Whoever listens must hear that the runner is alive.
        emitter.progress(0, batches, "batches")?;
    }
    let mut samples = Vec::with_capacity(batches);
    for done in 1..=batches {
        let (_, seconds) = timed(device, || network.forward(&x))?;
        samples.push(job.settings.batch as f64 / seconds);
        emitter.progress(done, batches, "batches")?;
    }
    report(samples, device, emitter)
}

/// Starts the peaks of memory anew, so that they are this stage's own.
pub(super) fn reset_peaks(device: Device, emitter: &Emitter<'_>) -> Result<()> {
    if !memory::reset_peak() {
        emitter.note("the kernel does not let the peak of memory be reset; it is that of the whole run so far")?;
    }
    if device != Device::Cpu {
        torch_shim::reset_peaks()?;
    }
    Ok(())
}

/// Tells the samples, in images/s, and the peaks of memory since [`reset_peaks`].
pub(super) fn report(samples: Vec<f64>, device: Device, emitter: &Emitter<'_>) -> Result<()> {
    emitter.samples("throughput.network", samples, Some(Unit::ImagesPerSecond))?;
    if let Some(bytes) = memory::peak() {
        emitter.value("memory.process.peak", bytes as f64, Some(Unit::Bytes))?;
    }
    if device != Device::Cpu {
        let memory = torch_shim::device_memory()?;
        emitter.value("memory.allocator.peak", memory.allocated_peak as f64, Some(Unit::Bytes))?;
        // What the whole device holds while the allocator still keeps its peak: context, libraries and neighbours too.
        let held = memory.total.saturating_sub(memory.free);
        emitter.value("memory.device.peak", held as f64, Some(Unit::Bytes))?;
    }
    Ok(())
}

/// Numbers in the range of normalised pixels.
fn random_batch(batch: usize, [channels, height, width]: [usize; 3], seed: u64) -> Result<Tensor> {
    let count = batch * channels * height * width;
    let mut numbers = Vec::new();
    // A batch that is too large must be an error, not the end of the process.
    numbers.try_reserve_exact(count).map_err(|_| Error::from_words("out of memory for the batch itself"))?;
    numbers.resize(count, 0.0f32);
    Stream::new(seed, "input", 0).fill(&mut numbers, 2.0);
    let shape = [batch, channels, height, width].map(|side| side as i64);
    Ok(Tensor::f_from_slice(&numbers)?.f_reshape(shape)?)
}
