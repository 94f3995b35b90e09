//! Peak rates that were measured on this machine, kept from run to run.
//!
//! Must not measure: the runner does. A changed processor, GPU, number of cores or libtorch has a file of its own.

use std::io::ErrorKind;
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

/// As they are kept: with a checksum, so that what was damaged or changed is not taken for a peak.
#[derive(Serialize, Deserialize)]
struct Kept {
    #[serde(flatten)]
    measured: Measured,
    /// SHA-256 of the others as one line of JSON.
    #[serde(default)]
    sha256: String,
}

impl Kept {
    fn checksum(measured: &Measured) -> Result<String, serde_json::Error> {
        Ok(base::hash::sha256(&serde_json::to_vec(measured)?))
    }
}

/// Kept rates that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {problem}, so this machine's peaks are not known until they are measured again, which the next run does", .path.display())]
pub struct Damaged {
    path: PathBuf,
    problem: String,
}

/// The kept rates. None: never measured.
///
/// # Errors
/// The file cannot be read, or is not as it was written: the rates must be measured again.
pub fn load(home: &Home, fingerprint: &str) -> Result<Option<Measured>, Damaged> {
    let path = path(home, fingerprint);
    let damaged = |problem: String| Damaged { path: path.clone(), problem };
    let bytes = match fs::read(&path) {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
        Err(error) => return Err(damaged(format!("it cannot be read ({})", error.kind()))),
        Ok(bytes) => bytes,
    };
    let Kept { measured, sha256 } =
        serde_json::from_slice(&bytes).map_err(|error| damaged(format!("it is damaged ({error})")))?;
    if sha256.is_empty() {
        return Err(damaged("it has no checksum (an older version wrote it)".to_owned()));
    }
    if !Kept::checksum(&measured).is_ok_and(|found| found == sha256) {
        return Err(damaged("it was changed or damaged (its checksum is another one)".to_owned()));
    }
    Ok(Some(measured))
}

/// Keeps measured rates, each the larger of this measurement's and the one kept before: a peak is the best that was
/// seen, and a busy machine can only have lowered it.
///
/// # Errors
/// The home cannot be written.
pub fn save(home: &Home, fingerprint: &str, mut measured: Measured) -> Result<(), Error> {
    if let Ok(Some(before)) = load(home, fingerprint) {
        let (new, old) = (&mut measured.peaks, before.peaks);
        let larger = |a: Option<f64>, b: Option<f64>| a.into_iter().chain(b).reduce(f64::max);
        new.fp32 = larger(new.fp32, old.fp32);
        new.tf32 = larger(new.tf32, old.tf32);
        new.bf16 = larger(new.bf16, old.bf16);
        new.copy = larger(new.copy, old.copy);
    }
    let text = Kept::checksum(&measured)
        .and_then(|sha256| serde_json::to_string_pretty(&Kept { measured, sha256 }))
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
        assert_eq!(load(&home, &fingerprint), Ok(None));
        let mut measured = Measured {
            machine: machine().summary(),
            libtorch: "2.11.0+cu130".to_owned(),
            time: 1,
            peaks: Peaks { fp32: Some(2.5e11), copy: Some(2.1e10), ..Peaks::default() },
        };
        let kept = || load(&home, &fingerprint).unwrap().unwrap();
        save(&home, &fingerprint, measured.clone()).unwrap();
        assert_eq!(kept(), measured);
        measured.peaks = Peaks { fp32: Some(2.6e11), bf16: Some(1e12), ..Peaks::default() };
        save(&home, &fingerprint, measured).unwrap();
        let peaks = kept().peaks;
        assert_eq!((peaks.fp32, peaks.bf16, peaks.copy), (Some(2.6e11), Some(1e12), Some(2.1e10)));
        let busy = Peaks { fp32: Some(1e11), ..Peaks::default() };
        save(&home, &fingerprint, Measured { peaks: busy, ..kept() }).unwrap();
        assert_eq!(kept().peaks.fp32, Some(2.6e11));
    }

    #[test]
    fn a_file_that_is_not_as_it_was_written_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::at(dir.path());
        let peaks = Peaks { fp32: Some(2.5e11), copy: Some(2.1e10), ..Peaks::default() };
        let measured = Measured { machine: "m".to_owned(), libtorch: "2.11.0".to_owned(), time: 1, peaks };
        save(&home, "here", measured.clone()).unwrap();
        let file = path(&home, "here");
        let whole = fs::read_to_string(&file).unwrap();
        let told = |text: &str| {
            fs::write(&file, text).unwrap();
            let message = load(&home, "here").unwrap_err().to_string();
            assert!(message.starts_with(file.to_str().unwrap()), "{message}");
            message
        };
        assert!(told(&whole.replace("250000000000.0", "950000000000.0")).contains("its checksum is another one"));
        assert!(told(&whole[..whole.len() / 2]).contains("damaged"));
        assert!(told("").contains("damaged"));
        let without = "{\"machine\":\"m\",\"libtorch\":\"2.11.0\",\"time\":1,\"peaks\":{\"fp32\":1e11}}";
        assert!(told(without).contains("no checksum"));
        // What is measured then takes its place, whatever the damaged one said.
        fs::write(&file, whole.replace("250000000000.0", "950000000000.0")).unwrap();
        save(&home, "here", measured.clone()).unwrap();
        assert_eq!(load(&home, "here"), Ok(Some(measured)));
    }
}
