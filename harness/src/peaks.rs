//! This machine's peaks, measured by a run of their own.
//!
//! Must not decide when: the command does.

use std::collections::BTreeMap;

use anyhow::Result;
use libtorch::peaks::Measured;
use results::store::{Run, Status};
use spec::job::{Precision, Settings, Stage};
use spec::profile::{HardwareProfile, Peaks};

use crate::execute::{self, Shared};
use crate::hardware::{self, Hardware};
use crate::work::Work;

/// Seconds that each peak is measured for.
const PEAK_SECONDS: f64 = 1.0;

/// Measures this machine's peaks where they are not kept yet, or where a network reached more FLOP/s than the kept
/// one (the machine was busy when it was measured), and fills them into its profile.
pub(crate) fn measure(
    hardware: &Hardware,
    shared: &Shared<'_>,
    settings: &Settings,
    reached: f64,
    profiles: &mut BTreeMap<String, HardwareProfile>,
) -> Result<()> {
    let kept = hardware::kept(&hardware.homes, &hardware.machine, settings.device).map(|kept| kept.peaks);
    let enough =
        |peaks: &Peaks| peaks.of(settings.precision).is_some_and(|peak| peak >= reached) && peaks.copy.is_some();
    if kept.as_ref().is_some_and(enough) {
        return Ok(());
    }
    let work = Work {
        subject: None,
        settings: settings.clone(),
        weights: None,
        members: Vec::new(),
        data: Vec::new(),
        training: None,
        stages: vec![Stage::Peaks { seconds: PEAK_SECONDS }],
    };
    let runs = execute::execute(shared, None, &work)?;
    let Some(run) = runs.last().filter(|run| run.status == Status::Finished) else {
        shared.progress.warn("this machine's peaks could not be measured: no fractions of peak");
        return Ok(());
    };
    let measured = Measured {
        machine: hardware.machine.summary(),
        libtorch: libtorch::VERSION.to_owned(),
        time: u64::try_from(jiff::Timestamp::now().as_second()).unwrap_or(0),
        peaks: peaks_of(run),
    };
    let fingerprint = libtorch::peaks::fingerprint(&hardware.machine, settings.device, libtorch::VERSION);
    let [home, other] = &hardware.homes;
    // A home that many share may only be read.
    libtorch::peaks::save(home, &fingerprint, measured.clone())
        .or_else(|_| libtorch::peaks::save(other, &fingerprint, measured))?;
    if let Some(own) = profiles.get_mut(&hardware.profile.id) {
        own.peaks =
            hardware::kept(&hardware.homes, &hardware.machine, settings.device).map(|kept| kept.peaks).or(own.peaks);
    }
    Ok(())
}

fn peaks_of(run: &Run) -> Peaks {
    // A peak is the best that was seen: whatever else the machine was doing can only have slowed the others.
    let best = |name: &str| {
        let measurement = run.measurement(name)?;
        Some(measurement.samples.iter().copied().fold(measurement.value, f64::max))
    };
    let product = |precision: Precision| best(&format!("peak.matmul.{precision}"));
    Peaks {
        fp32: product(Precision::Fp32),
        tf32: product(Precision::Tf32),
        bf16: product(Precision::Bf16),
        copy: best("peak.copy"),
    }
}
