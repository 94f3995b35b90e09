//! The machine as Linux tells it: system, processor, cores, memory.
//!
//! Must not fail: what is not told is the next best thing, or 0.

use std::path::{Path, PathBuf};

/// Operating system and kernel: `Debian GNU/Linux 12 (bookworm), Linux 6.1.0`.
#[must_use]
pub fn os() -> String {
    os_below(Path::new("/"))
}

/// The processor's name.
#[must_use]
pub fn cpu() -> String {
    cpu_below(Path::new("/"))
}

/// Cores that this process may use: affinity and control groups' quotas are taken into account by the standard library.
#[must_use]
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Memory of the machine, or of the control group if that is less, in bytes.
#[must_use]
pub fn memory() -> u64 {
    memory_below(Path::new("/")).usable
}

/// [`os`] of the system whose root folder that is.
#[must_use]
pub fn os_below(root: &Path) -> String {
    let release = read(root, "etc/os-release");
    let pretty = release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="));
    let kernel = read(root, "proc/sys/kernel/osrelease");
    let kernel = Some(kernel.trim()).filter(|version| !version.is_empty()).map(|version| format!("Linux {version}"));
    let parts: Vec<String> = pretty.map(|name| name.trim_matches('"').to_owned()).into_iter().chain(kernel).collect();
    if parts.is_empty() { std::env::consts::OS.to_owned() } else { parts.join(", ") }
}

/// [`cpu`] of the system whose root folder that is.
#[must_use]
pub fn cpu_below(root: &Path) -> String {
    let info = read(root, "proc/cpuinfo");
    let name = info.lines().find(|line| line.starts_with("model name")).and_then(|line| line.split_once(':'));
    let words = name.map(|(_, name)| name.split_whitespace().collect::<Vec<_>>().join(" "));
    words.unwrap_or_else(|| std::env::consts::ARCH.to_owned())
}

/// Memory in bytes; 0 where it is not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memory {
    /// Of the machine.
    pub machine: u64,
    /// Of it, what this process's control group may have.
    pub usable: u64,
}

/// [`memory`] of the system whose root folder that is.
#[must_use]
pub fn memory_below(root: &Path) -> Memory {
    let machine = total(&read(root, "proc/meminfo"));
    Memory { machine, usable: group_limit(root).map_or(machine, |limit| limit.min(machine)) }
}

/// `MemTotal` of `/proc/meminfo`.
fn total(meminfo: &str) -> u64 {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"));
    let kibibytes: Option<u64> = line.and_then(|rest| rest.split_whitespace().next()?.parse().ok());
    kibibytes.map_or(0, |kibibytes| kibibytes << 10)
}

/// The smallest limit of this process's control group and of those above it, in bytes. None: no limit.
fn group_limit(root: &Path) -> Option<u64> {
    let groups = fs_err::read_to_string(root.join("proc/self/cgroup")).ok()?;
    let mut limits = Vec::new();
    for line in groups.lines() {
        let mut fields = line.splitn(3, ':').skip(1);
        let (Some(controllers), Some(path)) = (fields.next(), fields.next()) else { continue };
        let path = Path::new(path.trim_start_matches('/'));
        if controllers.is_empty() {
            limits.extend(walk(&root.join("sys/fs/cgroup"), path, "memory.max"));
        } else if controllers.split(',').any(|controller| controller == "memory") {
            limits.extend(walk(&root.join("sys/fs/cgroup/memory"), path, "memory.limit_in_bytes"));
        }
    }
    limits.into_iter().min()
}

/// The limits in `file` of every folder from `base/path` up to `base`. In a container the path may be the host's, which
/// is not seen here: then `base` itself is the container's group.
fn walk(base: &Path, path: &Path, file: &str) -> Vec<u64> {
    let mut folders: Vec<PathBuf> = path.ancestors().map(|part| base.join(part)).collect();
    folders.push(base.to_path_buf());
    // Without a limit, version 2 says `max` and version 1 a number near 2⁶³.
    let limit = |folder: PathBuf| fs_err::read_to_string(folder.join(file)).ok()?.trim().parse::<u64>().ok();
    folders.into_iter().filter_map(limit).filter(|limit| *limit < 1 << 60).collect()
}

fn read(root: &Path, path: &str) -> String {
    fs_err::read_to_string(root.join(path)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(path: &Path, text: &str) {
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    }

    #[test]
    fn this_machine_says_something() {
        assert!(cores() >= 1 && memory() > 1 << 28);
        assert!(os().contains("Linux ") && !cpu().is_empty());
        assert_eq!(total("MemTotal:       24 kB\n"), 24 * 1024);
    }

    #[test]
    fn both_versions_of_control_groups() {
        let root = tempfile::tempdir().unwrap();
        assert_eq!(group_limit(root.path()), None);
        write(&root.path().join("proc/self/cgroup"), "12:cpu,cpuacct:/a\n5:memory:/docker/abc\n0::/x\n");
        write(&root.path().join("sys/fs/cgroup/memory/memory.limit_in_bytes"), "9223372036854771712\n");
        assert_eq!(group_limit(root.path()), None);
        write(&root.path().join("sys/fs/cgroup/memory/docker/memory.limit_in_bytes"), "2000000000\n");
        assert_eq!(group_limit(root.path()), Some(2_000_000_000));
        write(&root.path().join("sys/fs/cgroup/memory.max"), "1000000000\n");
        assert_eq!(group_limit(root.path()), Some(1_000_000_000));
    }
}
