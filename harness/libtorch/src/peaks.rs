//! Peak rates that were measured on this machine, kept from run to run.
//!
//! Must not measure: the runner does. A changed processor, GPU, number of cores or libtorch has a file of its own.

use std::path::PathBuf;

use fs_err as fs;
use serde::{Deserialize, Serialize};
use spec::job::Device;
use spec::profile::Peaks;
use store::Home;

use crate::Machine;
use crate::error::Error;
use crate::profiles::slug;

/// What is in a file of `<home>/peaks/`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// For people: processor or GPU, cores.
    pub machine: String,
    /// libtorch's version.
    pub libtorch: String,
    /// Seconds since 1970.
    pub time: u64,
    /// The rates.
    pub peaks: Peaks,
}

/// What the rates depend on: the device's model, the cores that may be used, and libtorch.
/// `nvidia-h200-libtorch-2.11.0-cu130`, `some-cpu-2-cores-libtorch-2.11.0-cu130`.
#[must_use]
pub fn fingerprint(machine: &Machine, device: Device, libtorch: &str) -> String {
    let what = match (device, &machine.gpu) {
        (Device::Cuda, Some(gpu)) => slug(&gpu.name),
        (Device::Cuda, None) => "no-gpu".to_owned(),
        (Device::Cpu, _) => format!("{}-{}-cores", slug(&machine.cpu), machine.cores),
    };
    format!("{what}-libtorch-{}", libtorch.replace('+', "-"))
}

fn path(home: &Home, fingerprint: &str) -> PathBuf {
    home.path().join("peaks").join(format!("{fingerprint}.json"))
}

/// The kept rates. None: never measured, or the file is unreadable and they must be measured again.
#[must_use]
pub fn load(home: &Home, fingerprint: &str) -> Option<Measured> {
    serde_json::from_str(&fs::read_to_string(path(home, fingerprint)).ok()?).ok()
}

/// Keeps measured rates, each the larger of this measurement's and the one kept before: a peak is the best that was
/// seen, and a busy machine can only have lowered it.
///
/// # Errors
/// The home cannot be written.
pub fn save(home: &Home, fingerprint: &str, mut measured: Measured) -> Result<(), Error> {
    if let Some(before) = load(home, fingerprint) {
        let (new, old) = (&mut measured.peaks, before.peaks);
        let larger = |a: Option<f64>, b: Option<f64>| a.into_iter().chain(b).reduce(f64::max);
        new.fp32 = larger(new.fp32, old.fp32);
        new.tf32 = larger(new.tf32, old.tf32);
        new.bf16 = larger(new.bf16, old.bf16);
        new.copy = larger(new.copy, old.copy);
    }
    let text = serde_json::to_string_pretty(&measured)
        .map_err(|error| Error::Io { path: path(home, fingerprint), source: std::io::Error::other(error) })?;
    Ok(store::fs::write_atomic(&path(home, fingerprint), format!("{text}\n").as_bytes())?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::machine;

    #[test]
    fn rates_are_kept_by_what_they_depend_on() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::at(dir.path());
        let fingerprint = fingerprint(&machine(), Device::Cpu, "2.11.0+cu130");
        assert_eq!(fingerprint, "example-cpu-9000-2-cores-libtorch-2.11.0-cu130");
        assert_eq!(load(&home, &fingerprint), None);
        let mut measured = Measured {
            machine: machine().summary(),
            libtorch: "2.11.0+cu130".to_owned(),
            time: 1,
            peaks: Peaks { fp32: Some(2.5e11), copy: Some(2.1e10), ..Peaks::default() },
        };
        save(&home, &fingerprint, measured.clone()).unwrap();
        assert_eq!(load(&home, &fingerprint).unwrap(), measured);
        measured.peaks = Peaks { fp32: Some(2.6e11), bf16: Some(1e12), ..Peaks::default() };
        save(&home, &fingerprint, measured).unwrap();
        let kept = load(&home, &fingerprint).unwrap().peaks;
        assert_eq!((kept.fp32, kept.bf16, kept.copy), (Some(2.6e11), Some(1e12), Some(2.1e10)));
        let busy = Peaks { fp32: Some(1e11), ..Peaks::default() };
        save(&home, &fingerprint, Measured { peaks: busy, ..load(&home, &fingerprint).unwrap() }).unwrap();
        assert_eq!(load(&home, &fingerprint).unwrap().peaks.fp32, Some(2.6e11));
        fs::write(path(&home, &fingerprint), "{").unwrap();
        assert_eq!(load(&home, &fingerprint), None);
    }
}
