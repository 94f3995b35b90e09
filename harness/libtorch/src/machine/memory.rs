//! Memory of the machine and of this process's control group.
//!
//! Must not read anything but the system's own accounts.

use std::path::{Path, PathBuf};

/// `MemTotal` of `/proc/meminfo`, in bytes; 0 where it is not said.
pub(super) fn of_machine(meminfo: &str) -> u64 {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"));
    let kibibytes: Option<u64> = line.and_then(|rest| rest.split_whitespace().next()?.parse().ok());
    kibibytes.map_or(0, |kibibytes| kibibytes << 10)
}

/// The smallest limit of this process's control group and of those above it, in bytes. None: no limit.
pub(super) fn of_group(root: &Path) -> Option<u64> {
    let groups = std::fs::read_to_string(root.join("proc/self/cgroup")).ok()?;
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
    let limit = |folder: PathBuf| std::fs::read_to_string(folder.join(file)).ok()?.trim().parse::<u64>().ok();
    folders.into_iter().filter_map(limit).filter(|limit| *limit < 1 << 60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::write;

    #[test]
    fn both_versions_of_control_groups() {
        let root = tempfile::tempdir().unwrap();
        assert_eq!(of_group(root.path()), None);
        write(&root.path().join("proc/self/cgroup"), "12:cpu,cpuacct:/a\n5:memory:/docker/abc\n0::/x\n");
        write(&root.path().join("sys/fs/cgroup/memory/memory.limit_in_bytes"), "9223372036854771712\n");
        assert_eq!(of_group(root.path()), None);
        write(&root.path().join("sys/fs/cgroup/memory/docker/memory.limit_in_bytes"), "2000000000\n");
        assert_eq!(of_group(root.path()), Some(2_000_000_000));
        write(&root.path().join("sys/fs/cgroup/memory.max"), "1000000000\n");
        assert_eq!(of_group(root.path()), Some(1_000_000_000));
    }
}
