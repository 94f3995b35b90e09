//! This machine: its profile, its measured peaks, what it can take.
//!
//! Must not measure: see `peaks`.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use libtorch::Machine;
use libtorch::peaks::Measured;
use libtorch::profiles::Profiles;
use spec::job::Device;
use spec::profile::HardwareProfile;
use store::{Home, Progress};

use crate::cli::Replicate;
use crate::project::Project;

/// This machine and the profiles it is compared with.
pub(crate) struct Hardware {
    pub(crate) machine: Machine,
    pub(crate) profile: HardwareProfile,
    /// All profiles by id, this machine's with its measured peaks where they are kept.
    pub(crate) profiles: BTreeMap<String, HardwareProfile>,
    /// Where measured peaks are looked for and kept: the second where the first may only be read.
    pub(crate) homes: [Home; 2],
}

impl Hardware {
    /// Looks at the machine and takes the profile that was asked for, or the one that fits.
    pub(crate) fn find(project: &Project, homes: [Home; 2], asked: &Replicate, progress: &Progress) -> Result<Self> {
        let machine = libtorch::machine::detect();
        let known = load(project)?;
        let profile = match (asked.profile.as_deref(), asked.device) {
            // On a GPU machine that is told to use its processor, the GPU's ladder would be wrong.
            (None, Some(Device::Cpu)) if machine.gpu.is_some() => {
                let without_gpu = Machine { gpu: None, gpus: 0, ..machine.clone() };
                known.choose(None, &without_gpu)?
            }
            (id, _) => known.choose(id, &machine)?,
        };
        if profile.batches.is_empty() {
            bail!("the profile `{}` is of a paper's machine: nothing is run under it here", profile.id);
        }
        let profiles = by_id(&known, &profile, &homes, &machine, progress);
        Ok(Self { machine, profile, profiles, homes })
    }

    /// Cores that this process may use.
    pub(crate) fn cores(&self) -> usize {
        self.machine.cores.max(1)
    }

    /// Whether a GPU may be used.
    pub(crate) fn has_gpu(&self) -> bool {
        self.machine.gpu.is_some()
    }

    /// Multiply-adds a second that a network may be expected to reach, for budgets: half of the measured peak, or a
    /// cautious guess where it was never measured.
    pub(crate) fn expected_rate(&self, asked: &Replicate) -> f64 {
        let precision = asked.precision.unwrap_or(self.profile.default_precision);
        let peak = self.profiles.get(&self.profile.id).and_then(|own| own.peaks.as_ref()?.of(precision));
        let guess = if self.profile.device == Device::Cuda { 1e13 } else { 4e10 * self.cores() as f64 };
        // Two operations a multiply-add, and half of what is possible.
        peak.unwrap_or(guess) / 4.0
    }

    /// Batch sizes, the one to start with first.
    pub(crate) fn batches(&self) -> Vec<usize> {
        self.profile.batches.iter().map(|&batch| batch as usize).collect()
    }
}

/// Every profile by id, this machine's with its kept peaks.
pub(crate) fn profiles(
    project: &Project,
    homes: &[Home; 2],
    progress: &Progress,
) -> Result<BTreeMap<String, HardwareProfile>> {
    let machine = libtorch::machine::detect();
    let known = load(project)?;
    Ok(by_id(&known, &known.choose(None, &machine)?, homes, &machine, progress))
}

/// The profiles of the checkout.
pub(crate) fn load(project: &Project) -> Result<Profiles> {
    Ok(libtorch::profiles::load_all(&project.root.join("harness/profiles"))?)
}

/// Every known profile by id, with this machine's own, `own`, and its kept peaks in its place. Kept peaks that cannot be used
/// are told.
fn by_id(
    known: &Profiles,
    own: &HardwareProfile,
    homes: &[Home; 2],
    machine: &Machine,
    progress: &Progress,
) -> BTreeMap<String, HardwareProfile> {
    let mut profiles: BTreeMap<_, _> =
        known.all().iter().map(|profile| (profile.id.clone(), profile.clone())).collect();
    let fingerprint = libtorch::peaks::fingerprint(machine, own.device, libtorch::VERSION);
    let mut kept = None;
    for home in homes {
        match libtorch::peaks::load(home, &fingerprint) {
            Ok(found) => kept = kept.or(found),
            Err(damaged) => progress.warn(&damaged.to_string()),
        }
    }
    let peaks = kept.map(|measured| measured.peaks).or(own.peaks);
    profiles.insert(own.id.clone(), HardwareProfile { peaks, ..own.clone() });
    profiles
}

/// The peaks that were measured on this machine and kept.
pub(crate) fn kept(homes: &[Home; 2], machine: &Machine, device: Device) -> Option<Measured> {
    let fingerprint = libtorch::peaks::fingerprint(machine, device, libtorch::VERSION);
    homes.iter().find_map(|home| libtorch::peaks::load(home, &fingerprint).ok().flatten())
}
