//! Whether CUDA can be used here, and how the runner is told where its libraries are.
//!
//! Must not load any library.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::{Libtorch, layout};

/// The environment variable that tells the runner the folder of `libtorch_cuda.so`.
pub const VARIABLE: &str = "REPLICATIONS_CUDA_LIBS";

/// Whether this machine has an NVIDIA driver and lets this process see a GPU.
///
/// In a container the driver's version is seen even where no GPU is let in, and in some sandboxes it is not seen though
/// one is, so the devices decide.
#[must_use]
pub fn is_usable() -> bool {
    let hidden = visible().is_some_and(|list| list.trim().is_empty() || list.trim().starts_with("-1"));
    !hidden && is_usable_below(Path::new("/"))
}

/// `CUDA_VISIBLE_DEVICES`, where it is set; an empty one hides every GPU.
pub(crate) fn visible() -> Option<String> {
    std::env::var("CUDA_VISIBLE_DEVICES").ok()
}

pub(crate) fn is_usable_below(root: &Path) -> bool {
    let devices = layout::names(&root.join("dev"));
    let numbered = |name: &String| name.strip_prefix("nvidia").is_some_and(|rest| rest.parse::<u32>().is_ok());
    let control = || devices.iter().any(|name| name == "nvidiactl") || root.join("proc/driver/nvidia/version").exists();
    // The Windows subsystem for Linux has one device for all GPUs and its driver in a folder of its own.
    let windows = || root.join("dev/dxg").exists() && root.join("usr/lib/wsl/lib/libcuda.so.1").exists();
    devices.iter().any(numbered) && control() || windows()
}

/// What the runner's environment must hold to use that libtorch: `LD_LIBRARY_PATH` (before what it holds already), and
/// with CUDA [`VARIABLE`].
///
/// A runner that was built here finds libtorch without; one that was carried from another machine does not. And libtorch
/// loads some of its CUDA libraries by bare name, from `libtorch_cpu.so`, whose own search path does not lead there.
#[must_use]
pub fn environment(libtorch: &Libtorch) -> Vec<(String, OsString)> {
    let mut folders = vec![libtorch.dir.join("lib")];
    let mut variables = Vec::new();
    if let Some(folder) = &libtorch.cuda_libs {
        variables.push((VARIABLE.to_owned(), folder.clone().into_os_string()));
        folders.push(folder.clone());
        folders.extend(nvidia_of(folder).iter().flat_map(|nvidia| layout::nvidia_libs(nvidia)));
    }
    let before = std::env::var_os("LD_LIBRARY_PATH").filter(|value| !value.is_empty());
    folders.extend(before.iter().flat_map(std::env::split_paths));
    // A folder with a colon in its name cannot be in the list; a runner that was built here does without the list.
    if let Ok(path) = std::env::join_paths(folders) {
        variables.push(("LD_LIBRARY_PATH".to_owned(), path));
    }
    variables
}

/// `…/nvidia` for `…/torch/lib`.
fn nvidia_of(libs: &Path) -> Option<PathBuf> {
    libs.parent()?.parent().map(|site| site.join("nvidia")).filter(|folder| folder.is_dir())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::write;

    #[test]
    fn a_driver_without_a_device_is_no_gpu() {
        let root = tempfile::tempdir().unwrap();
        assert!(!is_usable_below(root.path()));
        write(&root.path().join("proc/driver/nvidia/version"), "NVRM version: 580.95.05");
        write(&root.path().join("dev/nvidiactl"), "");
        assert!(!is_usable_below(root.path()));
        write(&root.path().join("dev/nvidia3"), "");
        assert!(is_usable_below(root.path()));
        std::fs::remove_dir_all(root.path().join("proc")).unwrap();
        assert!(is_usable_below(root.path()));
    }
}
