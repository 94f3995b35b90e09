//! Made-up files for this crate's tests.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// Writes a file, with the folders above it.
pub(crate) fn write(path: &Path, text: impl AsRef<[u8]>) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// Writes an executable script.
pub(crate) fn script(path: &Path, text: &str) {
    write(path, text);
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// A `site-packages` with a torch of that version and its NVIDIA packages.
pub(crate) fn fake_torch(site: &Path, version: &str) {
    write(&site.join("torch/__init__.py"), "raise RuntimeError('torch must not be imported')\n");
    write(&site.join("torch/version.py"), format!("__version__ = '{version}'\n"));
    write(&site.join("torch/include/ATen/ATen.h"), "// a header");
    for name in
        ["libtorch.so", "libtorch_cpu.so", "libc10.so", "libgomp.so.1", "libtorch_python.so", "libtorch_global_deps.so"]
    {
        write(&site.join("torch/lib").join(name), name);
    }
    if version.contains("+cu") {
        for name in ["libtorch_cuda.so", "libtorch_cuda_linalg.so", "libc10_cuda.so"] {
            write(&site.join("torch/lib").join(name), name);
        }
        for name in ["libcudart.so.13", "libcupti.so.13", "libcublas.so.13"] {
            write(&site.join("nvidia/cu13/lib").join(name), name);
        }
        write(&site.join("nvidia/cudnn/lib/libcudnn.so.9"), "cudnn");
    }
}

/// A made-up machine: 2 cores of 8, 8 GB of 16 GB, no GPU.
pub(crate) fn machine() -> crate::Machine {
    crate::Machine {
        cpu: "Example CPU 9000".to_owned(),
        cores: 2,
        logical_cores: 8,
        memory: 8 << 30,
        machine_memory: 16 << 30,
        os: "Example Linux 1, Linux 6.1.0".to_owned(),
        governor: Some("performance".to_owned()),
        driver: None,
        gpu: None,
        gpus: 0,
    }
}
