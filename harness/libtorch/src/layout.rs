//! What a folder must hold to be used as `LIBTORCH`, and how one is made of links to somebody else's files.
//!
//! ```text
//! include/          headers
//! lib/              libtorch.so libtorch_cpu.so libc10.so libgomp*.so*, and for a CUDA build libcudart.so.* libcupti.so.*
//! build-version     2.11.0+cu130
//! ```
//! Must not fetch. `libtorch_cuda.so` must not lie in `lib/`: the bindings would link it, and the runner would not start
//! where there is no CUDA.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use fs_err as fs;

use crate::elf;
use crate::error::{At, Error};

/// The library that makes CUDA work once it is loaded.
pub(crate) const CUDA: &str = "libtorch_cuda.so";
const VERSION_FILE: &str = "build-version";
const NEEDED: [&str; 4] = ["include/ATen/ATen.h", "lib/libtorch.so", "lib/libtorch_cpu.so", "lib/libc10.so"];
/// Two libraries that libtorch_cpu.so of a CUDA build names.
const NEEDED_BY_CUDA_BUILDS: [&str; 2] = ["libcudart.so.", "libcupti.so."];

/// The version of the libtorch in `dir`, with its build where that is known (`2.11.0+cu130`): from `build-version`, from
/// `version.py` of a Python's torch, or from the headers. None: it is nowhere said.
pub(crate) fn version(dir: &Path) -> Option<String> {
    let read = |name: &str| fs::read_to_string(dir.join(name)).ok();
    let build = read(VERSION_FILE).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let python = || quoted(&read("version.py")?, "__version__ = ", '\'');
    let headers = || quoted(&read("include/torch/headeronly/version.h")?, "#define TORCH_VERSION \\", '"');
    build.or_else(python).or_else(headers)
}

/// The text in quotes that first follows `mark`.
fn quoted(text: &str, mark: &str, quote: char) -> Option<String> {
    let rest = text.split_once(mark)?.1;
    rest.split(quote).nth(1).map(str::to_owned)
}

/// Whether that is the version asked for, whatever its build.
pub(crate) fn is_wanted(version: &str) -> bool {
    version.split('+').next() == Some(crate::VERSION)
}

/// The first thing that keeps `dir` from being used as `LIBTORCH`, CUDA's library in `lib/` apart.
pub(crate) fn problem(dir: &Path) -> Option<String> {
    if let Some(missing) = NEEDED.iter().find(|name| !dir.join(name).exists()) {
        return Some(format!("{missing} is missing"));
    }
    let lib = names(&dir.join("lib"));
    let is_library = |name: &&String| name.contains(".so");
    if let Some((name, problem)) =
        lib.iter().filter(is_library).find_map(|name| Some((name, elf::cut_short(&dir.join("lib").join(name))?)))
    {
        return Some(format!("lib/{name} {problem}"));
    }
    let missing = NEEDED_BY_CUDA_BUILDS.iter().find(|start| !lib.iter().any(|name| name.starts_with(**start)));
    // Builds from other places bundle these two under names of their own.
    let bundled = lib.iter().any(|name| name.starts_with("libcudart-"));
    let cuda_build = version(dir).is_some_and(|version| version.contains("+cu"));
    missing.filter(|_| cuda_build && !bundled).map(|name| format!("lib/{name}* is missing"))
}

/// Whose files to link to.
#[derive(Debug)]
pub(crate) struct Source {
    /// A folder with `include/` and `lib/`.
    pub(crate) torch: PathBuf,
    /// The folder of the NVIDIA packages, if there is one: `nvidia/*/lib/*.so*` lie in it.
    pub(crate) nvidia: Option<PathBuf>,
    /// Its version with its build.
    pub(crate) version: String,
}

/// Makes (or refreshes) the folder `dir`, usable as `LIBTORCH`, of links to the files of `source`.
pub(crate) fn adopt(dir: &Path, source: &Source) -> Result<(), Error> {
    let links = links(source);
    if is_adopted(dir, &links, &source.version) {
        return Ok(());
    }
    let parent = dir.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(parent).at(parent)?;
    let temporary = tempfile::Builder::new().prefix(".adopt-").tempdir_in(parent).at(parent)?;
    fs::create_dir(temporary.path().join("lib")).at(temporary.path())?;
    for (name, target) in &links {
        fs_err::os::unix::fs::symlink(target, temporary.path().join(name)).at(temporary.path())?;
    }
    fs::write(temporary.path().join(VERSION_FILE), format!("{}\n", source.version)).at(temporary.path())?;
    replace(temporary, dir)
}

/// Gives a finished temporary folder its name, in place of what lies there.
pub(crate) fn replace(temporary: tempfile::TempDir, dir: &Path) -> Result<(), Error> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(temporary.path(), std::fs::Permissions::from_mode(0o755)).at(temporary.path())?;
    if dir.symlink_metadata().is_ok() {
        fs::remove_dir_all(dir).at(dir)?;
    }
    fs::rename(temporary.path(), dir).at(dir)?;
    // Its old name is gone; there is nothing to clean up.
    let _ = temporary.keep();
    Ok(())
}

/// Marks a folder as a whole libtorch of that version.
pub(crate) fn write_version(dir: &Path, version: &str) -> Result<(), Error> {
    let path = dir.join(VERSION_FILE);
    fs::write(&path, format!("{version}\n")).at(&path)
}

fn is_adopted(dir: &Path, links: &BTreeMap<String, PathBuf>, wanted: &str) -> bool {
    version(dir).as_deref() == Some(wanted)
        && names(&dir.join("lib")).len() == links.len() - 1
        && links.iter().all(|(name, target)| fs::read_link(dir.join(name)).is_ok_and(|to| to == *target))
}

/// Every link and what it points to.
fn links(source: &Source) -> BTreeMap<String, PathBuf> {
    let lib = source.torch.join("lib");
    let mut links = BTreeMap::from([("include".to_owned(), source.torch.join("include"))]);
    for name in names(&lib).into_iter().filter(|name| is_base(name)) {
        links.insert(format!("lib/{name}"), lib.join(name));
    }
    for folder in source.nvidia.iter().flat_map(|nvidia| nvidia_libs(nvidia)) {
        for name in names(&folder) {
            if NEEDED_BY_CUDA_BUILDS.iter().any(|start| name.starts_with(start)) {
                links.entry(format!("lib/{name}")).or_insert_with(|| folder.join(name));
            }
        }
    }
    links
}

/// Whether a library of torch's is one that machines without a GPU use too.
fn is_base(name: &str) -> bool {
    const NOT: [&str; 7] = [
        "libtorch_cuda",
        "libc10_cuda",
        "libtorch_python",
        "libcaffe2_nvrtc",
        "libtorch_nvshmem",
        "libshm",
        "libtorch_global",
    ];
    name.contains(".so") && !NOT.iter().any(|start| name.starts_with(start))
}

/// `nvidia/*/lib`, sorted.
pub(crate) fn nvidia_libs(nvidia: &Path) -> Vec<PathBuf> {
    names(nvidia).into_iter().map(|name| nvidia.join(name).join("lib")).filter(|folder| folder.is_dir()).collect()
}

/// The names in a folder, sorted; none where it cannot be read.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|item| item.file_name().into_string().ok())
        .collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fake_torch, write};

    #[test]
    fn the_version_is_found_wherever_it_is_said() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(version(dir.path()), None);
        let header = "#define TORCH_VERSION_MAJOR 2\n#define TORCH_VERSION \\\n  \"2.11.0\"\n";
        write(&dir.path().join("include/torch/headeronly/version.h"), header);
        assert_eq!(version(dir.path()).unwrap(), "2.11.0");
        write(&dir.path().join("version.py"), "__all__ = ['__version__', 'debug']\n__version__ = '2.11.0+cu130'\n");
        assert_eq!(version(dir.path()).unwrap(), "2.11.0+cu130");
        write(&dir.path().join("build-version"), "2.12.0+cpu\n");
        assert_eq!(version(dir.path()).unwrap(), "2.12.0+cpu");
        assert!(is_wanted("2.11.0+cpu") && is_wanted("2.11.0") && !is_wanted("2.11.01") && !is_wanted("2.12.0+cpu"));
    }

    #[test]
    fn an_adopted_folder_has_no_cuda_to_link_and_all_that_is_needed() {
        let dir = tempfile::tempdir().unwrap();
        let site = dir.path().join("site-packages");
        fake_torch(&site, "2.11.0+cu130");
        let source =
            Source { torch: site.join("torch"), nvidia: Some(site.join("nvidia")), version: "2.11.0+cu130".to_owned() };
        let adopted = dir.path().join("home/adopted");
        adopt(&adopted, &source).unwrap();
        assert_eq!(problem(&adopted), None);
        let names = names(&adopted.join("lib"));
        assert_eq!(
            names,
            ["libc10.so", "libcudart.so.13", "libcupti.so.13", "libgomp.so.1", "libtorch.so", "libtorch_cpu.so"]
        );

        // Nothing is touched when nothing changed; a changed Python is followed.
        let before = adopted.join("lib").metadata().unwrap().modified().unwrap();
        adopt(&adopted, &source).unwrap();
        assert_eq!(adopted.join("lib").metadata().unwrap().modified().unwrap(), before);
        std::fs::remove_file(site.join("nvidia/cu13/lib/libcupti.so.13")).unwrap();
        adopt(&adopted, &source).unwrap();
        assert_eq!(problem(&adopted).unwrap(), "lib/libcupti.so.* is missing");
    }
}
