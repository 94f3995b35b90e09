//! NVIDIA GPUs, as `nvidia-smi` tells them.
//!
//! Must not load NVML or CUDA: a program that hangs can be stopped, a library cannot.

use std::path::Path;
use std::time::Duration;

use super::Gpu;
use crate::program;

const QUESTION: [&str; 2] =
    ["--query-gpu=uuid,name,memory.total,driver_version,compute_cap", "--format=csv,noheader,nounits"];

/// Every GPU that may be used, in CUDA's order; none where the program is missing, fails or hangs. `visible` is the value
/// of `CUDA_VISIBLE_DEVICES`, where it is set.
pub(super) fn ask(nvidia_smi: &Path, visible: Option<&str>) -> Vec<Gpu> {
    let text = program::answer(nvidia_smi, &QUESTION, Duration::from_secs(20)).unwrap_or_default();
    let all: Vec<&str> = text.lines().filter(|line| parse(line).is_some()).collect();
    let lines = match visible {
        None => all,
        // As CUDA reads it: numbers or starts of unique names, up to the first that fits nothing.
        Some(list) => list.split(',').map_while(|item| pick(&all, item.trim())).collect(),
    };
    lines.into_iter().filter_map(parse).collect()
}

fn pick<'a>(lines: &[&'a str], item: &str) -> Option<&'a str> {
    match item.parse::<usize>() {
        Ok(index) => lines.get(index).copied(),
        Err(_) => lines.iter().copied().find(|line| !item.is_empty() && line.starts_with(item)),
    }
}

/// `GPU-1a2b…, NVIDIA H200, 143771, 580.95.05, 9.0`; memory in MiB.
fn parse(line: &str) -> Option<Gpu> {
    let mut fields = line.split(',').map(str::trim).skip(1);
    let name = fields.next().filter(|name| !name.is_empty())?.to_owned();
    let mebibytes: u64 = fields.next()?.parse().ok()?;
    let driver = fields.next()?.to_owned();
    let capability = fields.next().filter(|text| text.contains('.')).map(str::to_owned);
    Some(Gpu { name, memory: mebibytes << 20, driver, capability })
}

/// The version in `/proc/driver/nvidia/version`.
pub(super) fn driver_version(text: &str) -> Option<String> {
    let line = text.lines().find(|line| line.starts_with("NVRM version"))?;
    let is_version = |word: &&str| word.contains('.') && word.split('.').all(|part| part.parse::<u32>().is_ok());
    line.split_whitespace().find(is_version).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_answers_are_no_gpu() {
        assert_eq!(parse("No devices were found"), None);
        assert_eq!(parse(""), None);
        assert_eq!(parse("GPU-1, NVIDIA GB10, [N/A], 580.1, 12.1"), None);
        let gpu = parse("GPU-2, NVIDIA A100-SXM4-80GB, 81920, 550.54.15, [N/A]").unwrap();
        assert_eq!((gpu.memory, gpu.capability), (80 << 30, None));
    }

    #[test]
    fn visible_devices_are_read_as_cuda_does() {
        let lines = ["GPU-aa, A", "GPU-ab, B", "GPU-c, C"];
        let seen = |list: &str| list.split(',').map_while(|item| pick(&lines, item.trim())).collect::<Vec<_>>();
        assert_eq!(seen("2,0"), [lines[2], lines[0]]);
        assert_eq!(seen("GPU-ab"), [lines[1]]);
        assert_eq!(seen("1,7,0"), [lines[1]]);
        assert!(seen("").is_empty() && seen("-1").is_empty());
    }

    #[test]
    fn the_drivers_version() {
        let old = "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.183.01  Sun May 12 19:39:15 UTC 2024\nGCC version:  gcc version 12.3.0\n";
        assert_eq!(driver_version(old).unwrap(), "535.183.01");
        assert_eq!(driver_version("GCC version: 12.3.0"), None);
    }

    proptest::proptest! {
        #[test]
        fn no_answer_is_a_panic(line in ".*") {
            let _ = (parse(&line), driver_version(&line));
        }
    }
}
