//! Finds libtorch, and has it fetched where it is nowhere.
//!
//! Must not build anything and must not touch the checkout: `link` does.

use std::path::{Path, PathBuf};

use serde::Serialize;
use store::progress::{Progress, human};

use crate::error::{At, Error};
use crate::fetch::{self, Cache};
use crate::found::{Libtorch, Origin};
use crate::layout::{self, Source};
use crate::options::{Options, UseCuda};
use crate::pins::{Part, WHEEL_VERSION};
use crate::python::{self, Torch};
use crate::{VERSION, cuda};

/// Finds libtorch 2.11.0, or fetches it (544 MB, with CUDA's libraries 2.5 GB; sizes are told before).
///
/// In this order: the folder that `REPLICATIONS_LIBTORCH` or `LIBTORCH` names; the cache; a Python that has torch 2.11.0;
/// pip. Where there is a GPU, a place that has no CUDA libraries does not count, except the user's own.
///
/// # Errors
/// The user's folder has another version or lacks something; nothing is here and fetching is forbidden or fails.
pub fn find_or_fetch(root: &Path, options: &Options, progress: &Progress) -> Result<Libtorch, Error> {
    let mut search = Search::new(root, options);
    if let Some(found) = search.find()? {
        if found.cuda_libs.is_some() || !search.cuda {
            return Ok(found);
        }
        return search.fetch_cuda_for(found, progress);
    }
    let parts: &[Part] = if search.cuda { &[Part::Base, Part::Cuda] } else { &[Part::Base] };
    if options.offline {
        return search.offline(parts);
    }
    fetch::fetch(options, parts, progress)?;
    Ok(search.cached())
}

/// What [`find`] says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Located {
    /// It is here.
    Here(Libtorch),
    /// It would be fetched.
    ToFetch {
        /// What would be downloaded, in bytes.
        bytes: u64,
    },
}

/// As [`find_or_fetch`], but nothing is fetched.
///
/// # Errors
/// The user's folder has another version or lacks something.
pub fn find(root: &Path, options: &Options) -> Result<Located, Error> {
    let mut search = Search::new(root, options);
    if let Some(found) = search.find()? {
        return Ok(Located::Here(found));
    }
    let parts: &[Part] = if search.cuda { &[Part::Base, Part::Cuda] } else { &[Part::Base] };
    Ok(Located::ToFetch { bytes: fetch::download_bytes(options, &missing(&search.cache, parts)) })
}

fn missing(cache: &Cache, parts: &[Part]) -> Vec<Part> {
    parts.iter().copied().filter(|part| !cache.has(*part)).collect()
}

struct Search<'a> {
    root: &'a Path,
    options: &'a Options,
    cache: Cache,
    /// Whether CUDA is wanted.
    cuda: bool,
    notes: Vec<String>,
}

impl<'a> Search<'a> {
    fn new(root: &'a Path, options: &'a Options) -> Self {
        let cuda = match options.cuda {
            UseCuda::Auto => cuda::is_usable(),
            UseCuda::Always => true,
            UseCuda::Never => false,
        };
        Self { root, options, cache: Cache::of(options), cuda, notes: Vec::new() }
    }

    fn find(&mut self) -> Result<Option<Libtorch>, Error> {
        if let Some((variable, path)) = &self.options.given {
            return self.given(variable, path).map(Some);
        }
        if self.cache.has(Part::Base) && (!self.cuda || self.cache.has(Part::Cuda)) {
            return Ok(Some(self.cached()));
        }
        self.python()
    }

    fn result(&mut self, dir: PathBuf, version: String, origin: Origin, cuda_libs: Option<PathBuf>) -> Libtorch {
        let cuda_libs = cuda_libs.filter(|_| self.cuda);
        Libtorch { dir, version, origin, cuda_libs, notes: std::mem::take(&mut self.notes) }
    }

    fn cached(&mut self) -> Libtorch {
        let dir = self.cache.base();
        let version = layout::version(&dir).unwrap_or_else(|| WHEEL_VERSION.to_owned());
        let libs = self.cache.has(Part::Cuda).then(|| self.cache.cuda_libs());
        self.result(dir, version, Origin::Cache, libs)
    }

    /// The user's own folder: an error where it cannot be used, since the user wants this one.
    fn given(&mut self, variable: &'static str, path: &Path) -> Result<Libtorch, Error> {
        let path = std::path::absolute(self.root.join(path)).at(path)?;
        let no = |problem: String| Error::NotLibtorch { variable, path: path.clone(), problem };
        let real = path.canonicalize().map_err(|error| no(format!("it cannot be opened ({error})")))?;
        let Some(version) = layout::version(&real) else {
            return Err(no("no build-version file and no headers that say its version".to_owned()));
        };
        if !layout::is_wanted(&version) {
            return Err(Error::WrongVersion { variable, path, found: version });
        }
        let libs = Some(real.join("lib")).filter(|lib| lib.join(layout::CUDA).exists());
        let nvidia = real.parent().map(|site| site.join("nvidia")).filter(|folder| folder.is_dir());
        // With CUDA's library in its lib/, or without the two small libraries there, it is used through links.
        let dir = match layout::problem(&real) {
            None if libs.is_none() => real.clone(),
            _ => self.adopt("given", &Source { torch: real.clone(), nvidia, version: version.clone() })?,
        };
        if let Some(problem) = layout::problem(&dir) {
            return Err(no(problem));
        }
        Ok(self.result(dir, version, Origin::Given { variable: variable.to_owned(), path }, libs))
    }

    /// The first Python with torch 2.11.0 whose files are whole (and have CUDA, where that is wanted).
    fn python(&mut self) -> Result<Option<Libtorch>, Error> {
        for python in &self.options.pythons {
            let Some(torch) = python::torch_of(python) else { continue };
            let shown = format!("torch {} of {}", torch.version, python.display());
            if !layout::is_wanted(&torch.version) {
                self.notes.push(format!("{shown}: not {VERSION}"));
                continue;
            }
            let libs = torch.cuda_libs();
            if self.cuda && libs.is_none() {
                self.notes.push(format!("{shown}: without CUDA"));
                continue;
            }
            let dir = self.adopt("python", &source(&torch))?;
            if let Some(problem) = layout::problem(&dir) {
                self.notes.push(format!("{shown}: {problem}"));
                continue;
            }
            return Ok(Some(self.result(dir, torch.version, Origin::Python(python.clone()), libs)));
        }
        Ok(None)
    }

    fn adopt(&self, kind: &str, source: &Source) -> Result<PathBuf, Error> {
        use std::os::unix::ffi::OsStrExt as _;
        let name = base::hash::sha256(source.torch.as_os_str().as_bytes());
        let folder = self.options.folder();
        let dir = folder.join(format!("{kind}-{}", &name[..12]));
        let _held = store::mutex::hold(&folder.join(".adopt.lock"), "libtorch", &Progress::hidden())?;
        layout::adopt(&dir, source)?;
        Ok(dir)
    }

    /// The user's own libtorch has no CUDA and there is a GPU: the same build's CUDA libraries serve it too.
    fn fetch_cuda_for(&mut self, mut found: Libtorch, progress: &Progress) -> Result<Libtorch, Error> {
        if found.version != WHEEL_VERSION {
            found.notes.push(format!(
                "there is a GPU, but CUDA's libraries fit {WHEEL_VERSION} only and this is {}: CPU",
                found.version
            ));
            return Ok(found);
        }
        if !self.cache.has(Part::Cuda) {
            if self.options.offline {
                found.notes.push(
                    "there is a GPU, but CUDA's libraries are not here and --offline forbids fetching them: CPU"
                        .to_owned(),
                );
                return Ok(found);
            }
            // The libraries beside CUDA's are linked from the cache's own base.
            fetch::fetch(self.options, &[Part::Base, Part::Cuda], progress)?;
        }
        found.cuda_libs = Some(self.cache.cuda_libs());
        Ok(found)
    }

    fn offline(&mut self, parts: &[Part]) -> Result<Libtorch, Error> {
        if self.cache.has(Part::Base) {
            self.notes.push(
                "there is a GPU, but CUDA's libraries are not here and --offline forbids fetching them: CPU".to_owned(),
            );
            return Ok(self.cached());
        }
        let bytes = fetch::download_bytes(self.options, &missing(&self.cache, parts));
        Err(Error::Offline { download: human(bytes), notes: std::mem::take(&mut self.notes) })
    }
}

fn source(torch: &Torch) -> Source {
    Source { torch: torch.folder.clone(), nvidia: torch.nvidia(), version: torch.version.clone() }
}
