//! The machine as Linux tells it: processor, cores, memory, kernel.
//!
//! Must not fail: what is not told is `unknown` or 0.

/// Operating system and kernel: `Debian GNU/Linux 12 (bookworm), Linux 6.1.0`.
pub(crate) fn os() -> String {
    let release = read("/etc/os-release");
    let name = release
        .lines()
        .find_map(|line| line.strip_prefix("PRETTY_NAME="))
        .unwrap_or("unknown system")
        .trim_matches('"');
    format!("{name}, Linux {}", read("/proc/sys/kernel/osrelease").trim())
}

/// The processor's name.
pub(crate) fn cpu() -> String {
    let info = read("/proc/cpuinfo");
    let name = info.lines().find(|line| line.starts_with("model name")).and_then(|line| line.split_once(": "));
    name.map_or_else(|| format!("unknown ({})", std::env::consts::ARCH), |(_, name)| name.trim().to_owned())
}

/// Cores that this process may use.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(0, usize::from)
}

/// Memory of the machine, or of the control group if that is less, in bytes.
pub(crate) fn memory() -> u64 {
    let machine = total_memory(&read("/proc/meminfo"));
    let limits = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"];
    let group = limits.iter().filter_map(|path| read(path).trim().parse::<u64>().ok());
    group.chain(std::iter::once(machine)).min().unwrap_or(machine)
}

fn total_memory(meminfo: &str) -> u64 {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"));
    let kib = line.and_then(|line| line.trim().strip_suffix("kB")).and_then(|kib| kib.trim().parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}

fn read(path: &str) -> String {
    fs_err::read_to_string(path).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_says_something() {
        assert!(cores() >= 1 && memory() > 1 << 28);
        assert!(os().contains("Linux ") && !cpu().is_empty());
        assert_eq!(total_memory("MemTotal:       24 kB\n"), 24 * 1024);
    }
}
