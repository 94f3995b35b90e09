//! What this machine is: processor, cores and memory that this process may use, GPU, system.
//!
//! Must not measure speed and must not need a GPU's libraries: it reads what the system says, and `nvidia-smi`.

mod gpu;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// The facts. What the system does not say is None.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// The processor's name: `AMD EPYC 9654 96-Core Processor`.
    pub cpu: String,
    /// Cores that this process may use, after affinity and control groups.
    pub cores: usize,
    /// Logical cores of the machine.
    pub logical_cores: usize,
    /// Memory that this process may use: the machine's, or its control group's limit. Bytes; 0 where it is not known.
    pub memory: u64,
    /// The machine's memory in bytes; 0 where it is not known.
    pub machine_memory: u64,
    /// Operating system and kernel: `Debian GNU/Linux 13 (trixie), Linux 6.12.48`.
    pub os: String,
    /// The processor's frequency governor: `performance`, `powersave`.
    pub governor: Option<String>,
    /// The driver of NVIDIA GPUs, where one is loaded, even if no GPU may be used: `580.95.05`.
    pub driver: Option<String>,
    /// The first GPU that may be used.
    pub gpu: Option<Gpu>,
    /// How many GPUs may be used.
    pub gpus: usize,
}

/// One GPU.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gpu {
    /// Its name: `NVIDIA H200`.
    pub name: String,
    /// Its memory in bytes.
    pub memory: u64,
    /// Its driver: `580.95.05`.
    pub driver: String,
    /// Its compute capability: `9.0`.
    pub capability: Option<String>,
}

impl Machine {
    /// In a line: processor, cores, memory, GPU.
    #[must_use]
    pub fn summary(&self) -> String {
        let gpu =
            self.gpu.as_ref().map(|gpu| format!(", {} with {}", gpu.name, gibibytes(gpu.memory))).unwrap_or_default();
        format!("{}, {} cores, {}{gpu}", self.cpu, self.cores, gibibytes(self.memory))
    }
}

/// Where to look: the system's root folder and the program that knows the GPUs.
#[derive(Debug, Clone)]
pub(crate) struct Probe {
    pub(crate) root: PathBuf,
    pub(crate) nvidia_smi: PathBuf,
    pub(crate) cores: usize,
    /// `CUDA_VISIBLE_DEVICES`, where it is set.
    pub(crate) visible: Option<String>,
}

/// Looks at this machine.
#[must_use]
pub fn detect() -> Machine {
    let cores = base::machine::cores();
    detect_with(&Probe {
        root: PathBuf::from("/"),
        nvidia_smi: PathBuf::from("nvidia-smi"),
        cores,
        visible: crate::cuda::visible(),
    })
}

pub(crate) fn detect_with(probe: &Probe) -> Machine {
    let read = |path: &str| std::fs::read_to_string(probe.root.join(path)).ok();
    let cpuinfo = read("proc/cpuinfo").unwrap_or_default();
    let memory = base::machine::memory_below(&probe.root);
    let driver = read("proc/driver/nvidia/version").and_then(|text| gpu::driver_version(&text));
    // Not asked where there is no sign of a driver: the question alone can take a second.
    let usable = crate::cuda::is_usable_below(&probe.root);
    let gpus = if usable { gpu::ask(&probe.nvidia_smi, probe.visible.as_deref()) } else { Vec::new() };
    Machine {
        cpu: base::machine::cpu_below(&probe.root),
        cores: probe.cores,
        logical_cores: cpuinfo.lines().filter(|line| line.starts_with("processor")).count().max(probe.cores),
        memory: memory.usable,
        machine_memory: memory.machine,
        os: base::machine::os_below(&probe.root),
        governor: read("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor").map(|text| text.trim().to_owned()),
        driver: gpus.first().map(|gpu| gpu.driver.clone()).or(driver),
        gpus: gpus.len(),
        gpu: gpus.into_iter().next(),
    }
}

/// `125.8 GiB`, as memory is sold and reported.
#[must_use]
pub fn gibibytes(bytes: u64) -> String {
    if bytes == 0 { "memory not known".to_owned() } else { format!("{:.1} GiB", bytes as f64 / f64::from(1 << 30)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{script, write};

    #[test]
    fn a_made_up_machine() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("root");
        write(
            &root.join("proc/cpuinfo"),
            "processor\t: 0\nmodel name\t: Some  CPU @ 2.00GHz\n\nprocessor\t: 1\nmodel name\t: Some CPU\n",
        );
        write(&root.join("proc/meminfo"), "MemTotal:       8000000 kB\nMemFree: 1 kB\n");
        write(&root.join("proc/self/cgroup"), "0::/jobs/one\n");
        write(&root.join("sys/fs/cgroup/jobs/memory.max"), "4096000000\n");
        write(&root.join("sys/fs/cgroup/jobs/one/memory.max"), "max\n");
        write(&root.join("etc/os-release"), "NAME=\"X\"\nPRETTY_NAME=\"X Linux 1\"\n");
        write(&root.join("proc/sys/kernel/osrelease"), "6.1.0\n");
        write(
            &root.join("proc/driver/nvidia/version"),
            "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.95.05  Release Build\n",
        );
        let smi = dir.path().join("nvidia-smi");
        script(
            &smi,
            "#!/bin/sh\necho 'GPU-1, NVIDIA H200, 143771, 580.95.05, 9.0'\necho 'GPU-1, NVIDIA H200, 143771, 580.95.05, 9.0'\n",
        );
        let probe = Probe { root: root.clone(), nvidia_smi: smi, cores: 2, visible: None };

        // The driver is loaded but no device is let in.
        let machine = detect_with(&probe);
        assert_eq!((machine.gpu, machine.driver.as_deref()), (None, Some("580.95.05")));

        write(&root.join("dev/nvidia0"), "");
        let machine = detect_with(&probe);
        assert_eq!(machine.summary(), "Some CPU @ 2.00GHz, 2 cores, 3.8 GiB, NVIDIA H200 with 140.4 GiB");
        assert_eq!((machine.gpus, machine.machine_memory, machine.memory), (2, 8_192_000_000, 4_096_000_000));
        assert_eq!(machine.os, "X Linux 1, Linux 6.1.0");
    }

    #[test]
    fn this_machine_says_something() {
        let machine = detect();
        assert!(
            machine.cores >= 1 && machine.logical_cores >= machine.cores && machine.memory <= machine.machine_memory
        );
    }

    #[test]
    fn an_empty_system_is_no_panic() {
        let root = tempfile::tempdir().unwrap();
        let machine = detect_with(&Probe {
            root: root.path().to_path_buf(),
            nvidia_smi: "no-such".into(),
            cores: 1,
            visible: None,
        });
        assert_eq!((machine.memory, machine.gpu, machine.governor), (0, None, None));
        assert!(!machine.cpu.is_empty() && !machine.os.is_empty());
    }
}
