//! The doctor's text for a made-up machine.

use super::*;
use crate::machine::Gpu;
use crate::testing;

fn tool(name: &str, version: Option<&str>) -> Tool {
    Tool {
        name: name.to_owned(),
        version: version.map(str::to_owned),
        needed_for: "fetching what is published as an npm package".to_owned(),
        how: "`apt-get install npm`".to_owned(),
    }
}

fn entry(id: &str, state: &str, bytes: Option<u64>) -> EntryState {
    EntryState { id: id.to_owned(), state: state.to_owned(), bytes }
}

fn doctor() -> Doctor {
    let mut doctor = Doctor {
        machine: testing::machine(),
        profile: "cpu-2-core".to_owned(),
        tools: vec![tool("cargo", Some("cargo 1.95.0")), tool("npm", None)],
        libtorch: LibtorchFound::ToFetch { bytes: 543_563_777 },
        runner: None,
        home: "/home/me/.cache/replications".into(),
        free: Some(3_000_000_000),
        mirrors: vec![
            Mirror { path: "/mirror".into(), names: Some(vec!["cifar".to_owned(), "imagenet-val-650".to_owned()]) },
            Mirror { path: "/gone".into(), names: None },
        ],
        entries: vec![entry("canary", "in the store", Some(1_200_000)), entry("imagenet-val", "by hand", None)],
        missing: Vec::new(),
    };
    doctor.missing = missing(&doctor);
    doctor
}

#[test]
fn a_bare_machine() {
    insta::assert_snapshot!(doctor(), @r"
    Machine
      system     Example Linux 1, Linux 6.1.0
      processor  Example CPU 9000
      cores      2 of 8 may be used
      governor   performance
      memory     8.0 GiB (limit; the machine has 16.0 GiB)
      GPU        none (no NVIDIA driver)
      profile    cpu-2-core

    Programs
      cargo  cargo 1.95.0
      npm    not found

    libtorch
      version  not here; 543.6 MB to fetch
      runner   not built

    Data
      store         /home/me/.cache/replications (3.0 GB free)
      mirror        /mirror: cifar imagenet-val-650
      mirror        /gone is not there
      canary        in the store, 1.2 MB
      imagenet-val  by hand

    Missing
      npm (for fetching what is published as an npm package): `apt-get install npm`
      libtorch 2.11.0 is not here: `cargo run -p harness -- setup` fetches it (543.6 MB)
      less than 5 GB of disk are free: free some, or name another folder in REPLICATIONS_HOME
      the mirror /gone is not there: correct REPLICATIONS_MIRROR or --mirror
    ");
}

#[test]
fn a_machine_with_everything() {
    let mut doctor = doctor();
    doctor.machine.memory = doctor.machine.machine_memory;
    doctor.machine.gpu = Some(Gpu {
        name: "NVIDIA H200".to_owned(),
        memory: 143_771 << 20,
        driver: "580.95.05".to_owned(),
        capability: Some("9.0".to_owned()),
    });
    (doctor.machine.gpus, doctor.machine.driver, doctor.machine.governor) = (8, Some("580.95.05".to_owned()), None);
    doctor.tools = vec![tool("npm", Some("10.9.2"))];
    doctor.libtorch = LibtorchFound::Here {
        version: "2.11.0+cu130".to_owned(),
        dir: "/home/me/.cache/replications/libtorch/2.11.0".into(),
        origin: "fetched, in the cache".to_owned(),
        cuda: Some("/home/me/.cache/replications/libtorch/2.11.0-cuda/torch/lib".into()),
        notes: Vec::new(),
    };
    doctor.runner = Some("/checkout/target/debug/runner".into());
    (doctor.free, doctor.mirrors) = (Some(900_000_000_000), Vec::new());
    doctor.missing = missing(&doctor);
    insta::assert_snapshot!(doctor, @r"
    Machine
      system     Example Linux 1, Linux 6.1.0
      processor  Example CPU 9000
      cores      2 of 8 may be used
      memory     16.0 GiB
      GPU        8 × NVIDIA H200, 140.4 GiB, driver 580.95.05
      profile    cpu-2-core

    Programs
      npm  10.9.2

    libtorch
      version  2.11.0+cu130 (fetched, in the cache)
      folder   /home/me/.cache/replications/libtorch/2.11.0
      CUDA     /home/me/.cache/replications/libtorch/2.11.0-cuda/torch/lib
      runner   /checkout/target/debug/runner

    Data
      store         /home/me/.cache/replications (900.0 GB free)
      mirror        none named (REPLICATIONS_MIRROR)
      canary        in the store, 1.2 MB
      imagenet-val  by hand

    Nothing is missing.
    ");
}

#[test]
fn the_facts_survive_json() {
    let doctor = doctor();
    let text = serde_json::to_string(&doctor).unwrap();
    assert_eq!(serde_json::from_str::<Doctor>(&text).unwrap(), doctor);
    assert!(text.contains(r#""libtorch":{"state":"to-fetch","bytes":543563777}"#));
}

#[test]
fn this_machine_is_looked_at_without_changing_it() {
    let root = tempfile::tempdir().unwrap();
    let home = store::Home::at(root.path().join("home"));
    let mut options = Options::from_environment(root.path(), home);
    (options.given, options.pythons) = (None, Vec::new());
    let profiles = profiles::load_all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../profiles")).unwrap();
    let mirrors = [root.path().to_path_buf()];
    let look = Look {
        root: root.path(),
        options: &options,
        profiles: &profiles,
        mirrors: &mirrors,
        entries: Vec::new(),
        runner: None,
    };
    let doctor = report(look);
    let names: Vec<&str> = doctor.tools.iter().map(|tool| tool.name.as_str()).collect();
    assert_eq!(names, ["cargo", "rustc", "C++ compiler", "python3", "pip", "npm"]);
    assert!(doctor.tools[0].version.as_deref().unwrap().starts_with("cargo "));
    assert!(matches!(doctor.libtorch, LibtorchFound::ToFetch { bytes } if bytes > 500_000_000));
    assert!(layout::names(root.path()).is_empty());
    eprintln!("{doctor}");
}
