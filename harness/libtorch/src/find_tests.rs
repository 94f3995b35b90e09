//! Finding and fetching with a made-up Python, whose pip hands out small made-up wheels.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use store::Home;
use store::package::Clients;
use store::progress::Progress;

use crate::pins::{Part, Pin};
use crate::testing::{fake_torch, script, write};
use crate::{Error, Located, Options, Origin, UseCuda, find, find_or_fetch, layout};

/// A machine in a folder: a registry of wheels, a Python, a home.
struct World {
    dir: tempfile::TempDir,
    options: Options,
}

impl World {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let registry = dir.path().join("registry");
        std::fs::create_dir(&registry).unwrap();
        let wheels = vec![
            wheel(
                &registry,
                Part::Base,
                "nvidia-cuda-runtime",
                "13.0.96",
                &["nvidia/cu13/lib/libcudart.so.13", "nvidia/cu13/include/x.h"],
            ),
            wheel(&registry, Part::Base, "nvidia-cuda-cupti", "13.0.85", &["nvidia/cu13/lib/libcupti.so.13"]),
            wheel(
                &registry,
                Part::Base,
                "torch",
                "2.11.0",
                &[
                    "torch/include/ATen/ATen.h",
                    "torch/lib/libtorch.so",
                    "torch/lib/libtorch_cpu.so",
                    "torch/lib/libc10.so",
                    "torch/lib/libgomp.so.1",
                    "torch/lib/libtorch_cuda.so",
                    "torch/lib/libc10_cuda.so",
                    "torch/lib/libtorch_python.so",
                    "torch/nn/functional.py",
                ],
            ),
            wheel(&registry, Part::Cuda, "nvidia-cublas", "13.1.0.3", &["nvidia/cu13/lib/libcublas.so.13"]),
        ];
        let python = dir.path().join("python3");
        script(&python, &fake_pip(dir.path()));
        let options = Options {
            home: Home::at(dir.path().join("home")),
            offline: false,
            cuda: UseCuda::Never,
            given: None,
            pythons: Vec::new(),
            clients: Clients { npm: "no-npm".into(), python },
            wheels,
            keep_wheels: false,
        };
        Self { dir, options }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn fetch(&self) -> Result<crate::Libtorch, Error> {
        find_or_fetch(self.dir.path(), &self.options, &Progress::hidden())
    }

    /// The packages that pip was asked for, in order.
    fn asked(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.path("asked")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    fn wheels_kept(&self) -> usize {
        let names = layout::names(&self.options.home.downloads().join("libtorch"));
        names.iter().filter(|name| name.ends_with(".whl")).count()
    }
}

fn wheel(registry: &Path, part: Part, name: &str, version: &str, members: &[&str]) -> Pin {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for member in members {
        zip.start_file(*member, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(member.as_bytes()).unwrap();
    }
    let bytes = zip.finish().unwrap().into_inner();
    let file = format!("{}-{version}-py3-none-any.whl", name.replace('-', "_"));
    std::fs::write(registry.join(&file), &bytes).unwrap();
    Pin {
        part,
        name: name.to_owned(),
        version: version.to_owned(),
        bytes: bytes.len() as u64,
        unpacked: 1,
        sha256: base::hash::sha256(&bytes),
    }
}

/// A `python3` that knows `-m pip download … --dest DIR … NAME==VERSION` and fails as long as the file `broken` names
/// that package.
fn fake_pip(dir: &Path) -> String {
    format!(
        r#"#!/bin/sh
if [ "$3" != download ]; then exit 0; fi
while [ $# -gt 1 ]; do if [ "$1" = --dest ]; then dest=$2; fi; shift; done
echo "$1" >> {dir}/asked
if grep -qx "$1" {dir}/broken 2>/dev/null; then echo "ERROR: connection reset" >&2; exit 1; fi
name=$(echo "${{1%%==*}}" | tr - _)-${{1##*==}}
sleep 0.2
cp {dir}/registry/$name-*.whl "$dest/"
"#,
        dir = dir.display()
    )
}

#[test]
fn the_base_is_fetched_once_and_nothing_of_cuda() {
    let world = World::new();
    assert!(matches!(find(world.dir.path(), &world.options).unwrap(), Located::ToFetch { bytes } if bytes > 0));
    let found = world.fetch().unwrap();
    assert_eq!((found.origin, found.version.as_str(), found.cuda_libs), (Origin::Cache, "2.11.0+cu130", None));
    assert_eq!(found.dir, world.path("home/libtorch/2.11.0"));
    let lib = layout::names(&found.dir.join("lib"));
    assert_eq!(
        lib,
        ["libc10.so", "libcudart.so.13", "libcupti.so.13", "libgomp.so.1", "libtorch.so", "libtorch_cpu.so"]
    );
    assert_eq!(world.asked(), ["nvidia-cuda-runtime==13.0.96", "nvidia-cuda-cupti==13.0.85", "torch==2.11.0"]);
    assert_eq!(world.wheels_kept(), 0);
    assert_eq!(layout::names(&world.path("home/libtorch")), [".lock", "2.11.0"]);

    world.fetch().unwrap();
    assert_eq!(world.asked().len(), 3);
    assert!(matches!(find(world.dir.path(), &world.options).unwrap(), Located::Here(_)));
}

#[test]
fn after_a_broken_download_finished_wheels_are_not_fetched_again() {
    let world = World::new();
    write(&world.path("broken"), "torch==2.11.0\n");
    let error = world.fetch().unwrap_err().to_string();
    assert!(error.contains("torch==2.11.0") && error.contains("connection reset"), "{error}");
    assert_eq!(world.wheels_kept(), 2);
    assert!(!world.path("home/libtorch/2.11.0").exists());
    std::fs::remove_file(world.path("broken")).unwrap();
    world.fetch().unwrap();
    assert_eq!(world.asked()[3..], ["torch==2.11.0"]);
}

#[test]
fn what_a_killed_process_left_is_removed() {
    let world = World::new();
    write(&world.path("home/libtorch/.unpack-x/lib/libtorch_cpu.so"), "half");
    write(&world.path("home/downloads/libtorch/.wheel-x/tmp/half"), "half");
    world.fetch().unwrap();
    assert_eq!(layout::names(&world.path("home/libtorch")), [".lock", "2.11.0"]);
    assert!(!world.path("home/downloads/libtorch/.wheel-x").exists());
}

#[test]
fn a_disk_that_is_too_small_is_told_before_anything_is_fetched() {
    let mut world = World::new();
    world.options.wheels[2].unpacked = u64::MAX / 4;
    let error = world.fetch().unwrap_err();
    assert!(matches!(&error, Error::DiskSpace { .. }) && error.to_string().contains("REPLICATIONS_HOME"), "{error}");
    assert_eq!(world.asked().len(), 0);
}

#[test]
fn other_bytes_than_the_pinned_ones_are_refused() {
    let mut world = World::new();
    world.options.wheels[1].sha256 = "0".repeat(64);
    let error = world.fetch().unwrap_err().to_string();
    assert!(
        error.contains("nvidia_cuda_cupti") && error.contains("sha256") && error.contains(&"0".repeat(64)),
        "{error}"
    );
    assert!(!world.path("home/libtorch/2.11.0").exists());
}

#[test]
fn a_wheel_without_what_is_needed_is_refused() {
    let mut world = World::new();
    let registry = world.path("registry");
    world.options.wheels[2] =
        wheel(&registry, Part::Base, "torch", "2.11.0", &["torch/include/ATen/ATen.h", "torch/lib/libc10.so"]);
    let error = world.fetch().unwrap_err().to_string();
    assert!(error.contains("torch-2.11.0") && error.contains("lib/libtorch.so is missing"), "{error}");
    assert_eq!(layout::names(&world.path("home/libtorch")), [".lock"]);
}

#[test]
fn no_python_and_no_network_say_what_to_do() {
    let mut world = World::new();
    world.options.clients.python = "no-such-python".into();
    let error = world.fetch().unwrap_err().to_string();
    assert!(error.contains("python3-pip"), "{error}");
    world.options.offline = true;
    let error = world.fetch().unwrap_err().to_string();
    assert!(error.contains("--offline") && error.contains("REPLICATIONS_LIBTORCH"), "{error}");
}

#[test]
fn of_two_at_once_one_fetches() {
    let world = World::new();
    std::thread::scope(|scope| {
        let both = [scope.spawn(|| world.fetch()), scope.spawn(|| world.fetch())];
        for fetched in both {
            assert_eq!(fetched.join().unwrap().unwrap().dir, world.path("home/libtorch/2.11.0"));
        }
    });
    assert_eq!(world.asked().len(), 3);
}

#[test]
fn a_gpu_gets_cudas_libraries_beside() {
    let mut world = World::new();
    world.fetch().unwrap();
    world.options.cuda = UseCuda::Always;
    let found = world.fetch().unwrap();
    let libs = found.cuda_libs.clone().unwrap();
    assert!(libs.join("libtorch_cuda.so").is_file() && !found.dir.join("lib/libtorch_cuda.so").exists());
    // As in site-packages, so that the libraries' search paths lead to each other.
    assert!(libs.join("../../nvidia/cu13/lib/libcublas.so.13").is_file());
    assert_eq!(
        libs.join("libtorch_cpu.so").canonicalize().unwrap(),
        found.dir.join("lib/libtorch_cpu.so").canonicalize().unwrap()
    );
    assert_eq!(world.asked()[3..], ["torch==2.11.0", "nvidia-cublas==13.1.0.3"]);
    let environment = crate::cuda::environment(&found);
    assert_eq!(environment[0], ("REPLICATIONS_CUDA_LIBS".to_owned(), libs.into_os_string()));
    let path = environment[1].1.to_str().unwrap();
    assert!(
        environment[1].0 == "LD_LIBRARY_PATH"
            && path.starts_with(&world.path("home/libtorch/2.11.0/lib:").display().to_string()),
        "{path}"
    );
    assert!(path.contains("2.11.0-cuda/nvidia/cu13/lib"), "{path}");
}

#[test]
fn a_python_with_torch_is_used_and_a_wrong_one_passed_over() {
    let mut world = World::new();
    let folder = world.dir.path().to_path_buf();
    let python = |name: &str, version: &str| {
        let site = folder.join(name).join("site-packages");
        fake_torch(&site, version);
        let program = folder.join(name).join("python3");
        script(&program, &format!("#!/bin/sh\necho {}/torch/__init__.py\n", site.display()));
        program
    };
    world.options.pythons = vec![world.path("none"), python("old", "2.4.1+cu121"), python("new", "2.11.0+cu130")];
    let found = world.fetch().unwrap();
    assert_eq!(found.origin, Origin::Python(world.path("new/python3")));
    assert_eq!(layout::problem(&found.dir), None);
    assert!(!found.dir.join("lib/libtorch_cuda.so").exists());
    assert_eq!((world.asked().len(), found.cuda_libs, found.notes.len()), (0, None, 1));

    world.options.cuda = UseCuda::Always;
    assert_eq!(world.fetch().unwrap().cuda_libs.unwrap(), world.path("new/site-packages/torch/lib"));
    world.options.pythons = vec![python("cpu", "2.11.0+cpu")];
    assert_eq!(world.fetch().unwrap().origin, Origin::Cache);
}

#[test]
fn the_users_own_folder_comes_first_and_must_fit() {
    let mut world = World::new();
    let given = |world: &mut World, name: &str| world.options.given = Some(("REPLICATIONS_LIBTORCH", world.path(name)));
    given(&mut world, "gone");
    assert!(matches!(world.fetch(), Err(Error::NotLibtorch { .. })));
    fake_torch(&world.path("old"), "2.4.1+cpu");
    given(&mut world, "old/torch");
    let error = world.fetch().unwrap_err().to_string();
    assert!(error.contains("holds libtorch 2.4.1+cpu, but 2.11.0 is needed"), "{error}");

    // Without CUDA it is used as it lies; with CUDA's library in lib/, through links that leave it out.
    fake_torch(&world.path("cpu"), "2.11.0+cpu");
    given(&mut world, "cpu/torch");
    assert_eq!(world.fetch().unwrap().dir, world.path("cpu/torch").canonicalize().unwrap());
    fake_torch(&world.path("gpu"), "2.11.0+cu130");
    given(&mut world, "gpu/torch");
    let found = world.fetch().unwrap();
    assert!(found.dir.starts_with(world.path("home/libtorch")) && layout::problem(&found.dir).is_none());
    world.options.cuda = UseCuda::Always;
    let libs = world.fetch().unwrap().cuda_libs.unwrap();
    assert_eq!(libs, world.path("gpu/torch/lib").canonicalize().unwrap());
    assert_eq!(world.asked().len(), 0);

    given(&mut world, "cpu/torch");
    let found = world.fetch().unwrap();
    assert!(found.cuda_libs.is_none() && found.notes[0].contains("there is a GPU"), "{:?}", found.notes);
}

#[test]
#[ignore = "downloads 544 MB into REPLICATIONS_HOME (2.5 GB with REPLICATIONS_CUDA=1)"]
fn the_real_wheels() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    let options = Options::from_environment(root, Home::locate().unwrap());
    let started = std::time::Instant::now();
    let found = find_or_fetch(root, &options, &Progress::stderr()).unwrap();
    eprintln!("{found:?} in {:.1} s", started.elapsed().as_secs_f64());
    assert_eq!(layout::problem(&found.dir), None);
}
