//! The hardware profiles of `harness/profiles/`: read, looked up, and the one that fits this machine chosen.
//!
//! Must not hold numbers: they are in the files, so that a new machine is a new file.

use std::path::Path;

use fs_err as fs;
use spec::job::Device;
use spec::profile::HardwareProfile;

use crate::Machine;
use crate::error::{At, Error};
use crate::layout::names;

/// All profiles, sorted by id.
#[derive(Debug, Clone, PartialEq)]
pub struct Profiles {
    list: Vec<HardwareProfile>,
}

/// Reads every `*.yaml` of the folder.
///
/// # Errors
/// A file does not parse (with file, line, column), or is not called by its id; the folder cannot be read.
pub fn load_all(dir: &Path) -> Result<Profiles, Error> {
    fs::metadata(dir).at(dir)?;
    let mut list = Vec::new();
    for name in names(dir) {
        let Some(stem) = name.strip_suffix(".yaml") else { continue };
        let path = dir.join(&name);
        let text = fs::read_to_string(&path).at(&path)?;
        let profile = spec::load::profile(&text, &path.to_string_lossy())?;
        if profile.id != stem {
            return Err(Error::ProfileName { path, id: profile.id });
        }
        list.push(profile);
    }
    list.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(Profiles { list })
}

/// The profile of a machine that none describes: two generic ones.
const CPU: &str = "cpu";
const CUDA: &str = "cuda";

/// The id of the profile that fits the machine best.
///
/// A GPU's profile is called by the start of the GPU's name, `nvidia-a100` for `NVIDIA A100-SXM4-80GB`, and the longest
/// such id is taken; else `cuda`. A processor's is `cpu-<cores>-core`; else `cpu`.
#[must_use]
pub fn detect(machine: &Machine, profiles: &Profiles) -> String {
    let Some(gpu) = &machine.gpu else {
        let cores = format!("cpu-{}-core", machine.cores);
        return if profiles.get(&cores).is_ok() { cores } else { CPU.to_owned() };
    };
    let name = slug(&gpu.name);
    let fits = |id: &str| name.strip_prefix(id).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
    let ids = profiles.list.iter().filter(|profile| profile.device == Device::Cuda).map(|profile| profile.id.as_str());
    ids.filter(|id| fits(id)).max_by_key(|id| id.len()).unwrap_or(CUDA).to_owned()
}

impl Profiles {
    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[HardwareProfile] {
        &self.list
    }

    /// The profile of that id.
    ///
    /// # Errors
    /// [`Error::NoProfile`], with the nearest id.
    pub fn get(&self, id: &str) -> Result<&HardwareProfile, Error> {
        self.list.iter().find(|profile| profile.id == id).ok_or_else(|| {
            let known: Vec<String> = self.list.iter().map(|profile| profile.id.clone()).collect();
            let near = |name: &&String| strsim::normalized_damerau_levenshtein(&id.to_lowercase(), name);
            let nearest =
                known.iter().max_by(|a, b| near(a).total_cmp(&near(b))).filter(|name| near(name) >= 0.5).cloned();
            Error::NoProfile { id: id.to_owned(), nearest, known }
        })
    }

    /// The profile `id`, or the one that fits the machine where none is named, with the machine's own cores and memory
    /// where it is this machine's.
    ///
    /// # Errors
    /// [`Error::NoProfile`].
    pub fn choose(&self, id: Option<&str>, machine: &Machine) -> Result<HardwareProfile, Error> {
        let mut profile = match id {
            Some(id) => self.get(id)?.clone(),
            None => self.get(&detect(machine, self))?.clone(),
        };
        let memory = match profile.device {
            Device::Cpu => machine.memory,
            Device::Cuda => machine.gpu.as_ref().map_or(0, |gpu| gpu.memory),
        };
        profile.cores = profile.cores.or_else(|| u32::try_from(machine.cores).ok());
        profile.memory = profile.memory.or(Some(memory).filter(|memory| *memory > 0));
        Ok(profile)
    }
}

/// Lower case, with one hyphen for everything that is no letter or digit.
pub(crate) fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::Gpu;
    use crate::testing::machine;

    fn shipped() -> Profiles {
        load_all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../profiles")).unwrap()
    }

    #[test]
    fn every_shipped_profile_is_sound() {
        let profiles = shipped();
        for profile in profiles.all() {
            assert!(!profile.source.is_empty() && profile.devices >= 1, "{}", profile.id);
            assert!(profile.batches.is_sorted_by(|a, b| a > b), "{}: the first batch is the largest", profile.id);
            // A machine that things are run on has a ladder and measured peaks; a paper's machine has neither.
            assert_eq!(profile.batches.is_empty(), profile.peaks.is_some(), "{}", profile.id);
        }
        for needed in [CPU, CUDA, "gtx-580", "gtx-580-x2", "titan-black", "titan-black-x4", "k40", "titan-x"] {
            assert!(profiles.get(needed).is_ok(), "{needed}");
        }
    }

    #[test]
    fn the_machine_finds_its_profile() {
        let profiles = shipped();
        let with = |gpu: Option<&str>, cores| {
            let mut machine = machine();
            machine.cores = cores;
            machine.gpu = gpu.map(|name| Gpu {
                name: name.to_owned(),
                memory: 1 << 35,
                driver: "1.2".to_owned(),
                capability: None,
            });
            detect(&machine, &profiles)
        };
        assert_eq!(with(Some("NVIDIA H200"), 16), "nvidia-h200");
        assert_eq!(with(Some("NVIDIA H200 NVL"), 16), "nvidia-h200");
        assert_eq!(with(Some("NVIDIA A100-SXM4-80GB"), 16), "nvidia-a100");
        assert_eq!(with(Some("NVIDIA A1000"), 16), "cuda");
        assert_eq!(with(None, 2), "cpu-2-core");
        assert_eq!(with(None, 64), "cpu");
    }

    #[test]
    fn a_wrong_name_is_told_the_nearest() {
        let error = shipped().get("titan-blak").unwrap_err().to_string();
        assert!(
            error.starts_with(
                "there is no hardware profile `titan-blak` (did you mean `titan-black`?); there are cpu, "
            ),
            "{error}"
        );
        assert!(!shipped().get("qqqqqqqqqqqq").unwrap_err().to_string().contains("did you mean"));
    }

    #[test]
    fn a_file_must_be_called_by_its_id() {
        let dir = tempfile::tempdir().unwrap();
        let text = "id: a\ntitle: A\ndevice: cpu\ndefault_precision: fp32\nsource: memory\n";
        std::fs::write(dir.path().join("b.yaml"), text).unwrap();
        assert!(matches!(load_all(dir.path()), Err(Error::ProfileName { .. })));
        std::fs::write(dir.path().join("b.yaml"), "id: b\nspeed: 3\n").unwrap();
        assert!(load_all(dir.path()).unwrap_err().to_string().contains("b.yaml:2:1"));
    }

    #[test]
    fn this_machines_own_cores_and_memory_fill_the_gaps() {
        let profile = shipped().choose(None, &machine()).unwrap();
        assert_eq!(
            (profile.id.as_str(), profile.cores, profile.memory),
            ("cpu-2-core", Some(2), Some(machine().memory))
        );
        assert_eq!(shipped().choose(Some("k40"), &machine()).unwrap().memory, Some(12_000_000_000));
    }

    proptest::proptest! {
        #[test]
        fn a_slug_is_a_file_name_and_stays_as_it_is(name in ".*") {
            let slug = slug(&name);
            proptest::prop_assert!(slug.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'));
            proptest::prop_assert!(!slug.starts_with('-') && !slug.ends_with('-') && !slug.contains("--"));
            proptest::prop_assert_eq!(&super::slug(&slug), &slug);
        }
    }
}
