//! From a plan to a job's settings and stages.
//!
//! Must not decide what is compared with what.

pub(crate) mod experiment;

use anyhow::{Result, bail};
use spec::job::{Device, Precision, Settings, Stage, TIMED_BATCHES, WARM_UP_BATCHES, WARM_UP_SECONDS};

use crate::canary;
use crate::cli::{Replicate, Speed};
use crate::execute::Work;
use crate::hardware::Hardware;
use crate::plan::NetworkPlan;
use crate::prepare::Prepared;
use crate::project::PaperFolder;

/// So many images tell how fast the input pipeline is on its own.
const PIPELINE_IMAGES: usize = 256;

/// On a processor a batch is at most this many multiply-adds: a second or so on two cores, so that 30 of them are no
/// long wait, and more images a batch gain nothing there.
const CPU_BATCH_WORK: u64 = 160_000_000_000;

/// What one network's run is to do.
pub(crate) fn work(
    paper: &PaperFolder,
    network: &NetworkPlan,
    asked: &Replicate,
    hardware: &Hardware,
    prepared: &Prepared,
) -> Result<Work> {
    let mut settings = settings(asked, hardware)?;
    settings.batch = batch(&network.network.id, &settings, asked, hardware)?;
    let mut work =
        Work { network: Some(network.network.id.clone()), weights: None, data: None, stages: Vec::new(), settings };
    let weights = network.weights.as_ref().ok();
    work.weights = weights.and_then(|weights| prepared.weights(&weights.id)).cloned();
    if let Some(weights) = weights
        && work.weights.is_some()
    {
        work.stages.extend(canary::stage(&prepared.pictures, weights, work.settings.precision));
    }
    let data = network.data.as_ref().ok().and_then(|choice| prepared.data(choice));
    if let (Some(data), Some(protocol), true) = (data, &network.protocol, work.weights.is_some()) {
        work.data = Some(data.identity.clone());
        let list = data.list.clone();
        work.stages.push(Stage::Predict {
            data: data.identity.id.clone(),
            list: list.clone(),
            protocol: protocol.clone(),
        });
        if asked.speed != Speed::Never {
            work.stages.push(Stage::InputPipeline { list, protocol: protocol.clone(), limit: PIPELINE_IMAGES });
        }
    }
    if asked.speed != Speed::Never {
        work.stages.push(Stage::Throughput {
            batches: TIMED_BATCHES,
            warm_up_seconds: WARM_UP_SECONDS,
            warm_up_batches: WARM_UP_BATCHES,
            unless_timed: asked.speed == Speed::Auto,
        });
    }
    if work.stages.is_empty() {
        bail!("there is nothing to run for {}: no weights, no data, and --speed never", paper.spec.id);
    }
    Ok(work)
}

/// The batch that was asked for, or the one that suits the network on this machine.
pub(crate) fn batch(network: &str, settings: &Settings, asked: &Replicate, hardware: &Hardware) -> Result<usize> {
    match (asked.batch, settings.device) {
        (None, Device::Cpu) => fitting_batch(network, &hardware.batches()),
        _ => Ok(settings.batch),
    }
}

/// The largest batch of the ladder that is not too much work for a processor, or else its smallest.
fn fitting_batch(network: &str, ladder: &[usize]) -> Result<usize> {
    let facts = replications::facts::facts(network)?;
    let fits = |batch: usize| facts.as_ref().is_none_or(|facts| facts.multiply_adds * batch as u64 <= CPU_BATCH_WORK);
    Ok(ladder.iter().copied().find(|&batch| fits(batch)).or(ladder.last().copied()).unwrap_or(1))
}

/// The settings that were asked for, or the hardware profile's.
pub(crate) fn settings(asked: &Replicate, hardware: &Hardware) -> Result<Settings> {
    let device = asked.device.unwrap_or(hardware.profile.device);
    let precision = asked.precision.unwrap_or(hardware.profile.default_precision);
    if device == Device::Cpu && precision == Precision::Tf32 {
        bail!("tf32 is an arithmetic of CUDA devices: use --precision fp32 or bf16, or --device cuda");
    }
    if device == Device::Cuda && !hardware.has_gpu() {
        bail!("--device cuda, but no NVIDIA driver was found on this machine; `harness doctor` says more");
    }
    let cores = hardware.cores();
    let number = |asked: Option<u32>| asked.map_or(cores, |n| n as usize);
    Ok(Settings {
        seed: asked.seed,
        device,
        precision,
        memory_format: asked.memory_format,
        threads: number(asked.threads),
        loader_threads: number(asked.loader_threads),
        batch: asked.batch.map_or_else(|| hardware.batches().first().copied().unwrap_or(1), |n| n as usize),
        fold_batch_norm: !asked.plain,
        fuse: !asked.plain,
    })
}
