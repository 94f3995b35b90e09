//! A Python that has torch already.
//!
//! Must not import torch (seconds, and it may fail where files are whole): Python only says where it would import it from.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::layout;

/// A Python's torch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Torch {
    /// `site-packages/torch`.
    pub(crate) folder: PathBuf,
    /// With its build: `2.11.0+cu130`.
    pub(crate) version: String,
}

impl Torch {
    /// `site-packages/nvidia`, if it is there.
    pub(crate) fn nvidia(&self) -> Option<PathBuf> {
        self.folder.parent().map(|site| site.join("nvidia")).filter(|folder| folder.is_dir())
    }

    /// The folder of `libtorch_cuda.so`, where this torch has it and the libraries that it loads.
    pub(crate) fn cuda_libs(&self) -> Option<PathBuf> {
        let lib = self.folder.join("lib");
        (lib.join(layout::CUDA).exists()
            && self.nvidia().is_some_and(|nvidia| !layout::nvidia_libs(&nvidia).is_empty()))
        .then_some(lib)
    }
}

const SCRIPT: &str = "import importlib.util as u; s = u.find_spec('torch'); print(s.origin if s and s.origin else '')";

/// The torch of that Python, whatever its version. None: no such Python, or no torch in it.
pub(crate) fn torch_of(python: &Path) -> Option<Torch> {
    let mut command = Command::new(python);
    // Not in a folder that may itself be called torch.
    command.args(["-c", SCRIPT]).current_dir("/").stdin(Stdio::null());
    let output = command.output().ok().filter(|output| output.status.success())?;
    let origin = String::from_utf8(output.stdout).ok()?;
    let folder = Path::new(origin.trim()).parent().filter(|folder| folder.is_absolute())?.to_path_buf();
    let version = layout::version(&folder)?;
    Some(Torch { folder, version })
}
