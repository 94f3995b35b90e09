//! How a run computes: what was asked for, or what suits the model on this machine.
//!
//! Must not look at data.

use anyhow::{Result, bail};
use spec::job::{Device, MemoryFormat, Precision, Settings};
use spec::paper::Paper;

use crate::cli::{ModelSource, Replicate};
use crate::hardware::Hardware;
use crate::plan::{Evaluation, Training};

/// On a processor a batch is at most this many multiply-adds: a second or so on two cores, so that 30 of them are no
/// long wait, and more images a batch gain nothing there.
const CPU_BATCH_WORK: u64 = 160_000_000_000;

/// More threads a core than these only stand in each other's way.
const MOST_THREADS_A_CORE: usize = 4;
/// So many threads any machine may have.
const LEAST_MOST_THREADS: usize = 64;

/// The settings of one evaluation.
pub(crate) fn of_plan(paper: &Paper, plan: &Evaluation, asked: &Replicate, hardware: &Hardware) -> Result<Settings> {
    match plan.training() {
        Some(training) => of_training(paper, training, asked, hardware),
        // Nothing is computed, so that no arithmetic can be out of reach.
        None if plan.source() == ModelSource::Imported => {
            settings(&Replicate { precision: None, ..asked.clone() }, hardware)
        }
        None => {
            let mut settings = settings(asked, hardware)?;
            settings.batch = batch(&plan.subject, &settings, asked, hardware)?;
            Ok(settings)
        }
    }
}

/// Plain single precision unless something else was asked for, and networks as they are written: gradients need every layer.
fn of_training(paper: &Paper, training: &Training, asked: &Replicate, hardware: &Hardware) -> Result<Settings> {
    // A recipe that names no batch leaves it to the paper's code.
    let recipe = training.size.recipe(&paper.training);
    let batch = recipe.get("batch").and_then(serde_json::Value::as_u64).unwrap_or(1);
    Ok(Settings {
        precision: asked.precision.unwrap_or(Precision::Fp32),
        memory_format: MemoryFormat::Contiguous,
        batch: usize::try_from(batch.max(1)).unwrap_or(1),
        fold_batch_norm: false,
        fuse: false,
        ..settings(asked, hardware)?
    })
}

/// The batch that was asked for, or the one that suits the network on this machine.
fn batch(network: &str, settings: &Settings, asked: &Replicate, hardware: &Hardware) -> Result<usize> {
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
    let most = (MOST_THREADS_A_CORE * cores).max(LEAST_MOST_THREADS);
    for (option, threads) in [("--threads", asked.threads), ("--loader-threads", asked.loader_threads)] {
        if let Some(threads) = threads.filter(|threads| *threads as usize > most) {
            bail!(
                "{option} {threads} is far more than this machine's {cores} cores can carry: {cores} is best, {most} the most"
            );
        }
    }
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
