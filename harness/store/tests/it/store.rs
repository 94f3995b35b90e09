//! The store: sources in order, changed bytes caught, archives unpacked, entries verified.

use spec::lock::{Access, ArchiveFormat, Entry, File, HashCheck, Source};
use store::manifest::Listing;
use store::{Error, Origin, Problem, Status, Store};

use crate::fixture::{Place, all_files, bytes, entry, gz, mirror, pinned, tar, unpacked};
use crate::server::{Answer, Server};

/// An entry as `imagenet-val-650` is: labels beside a tar of images.
fn images(manifest: bool) -> (Entry, Vec<u8>, Vec<u8>) {
    let (one, two) = (bytes(5000, 1), bytes(6000, 2));
    let data = tar(&[("b.JPEG", &two), ("a.JPEG", &one)]);
    let labels = b"file,wnid,class\na.JPEG,n1,0\nb.JPEG,n2,1\n".to_vec();
    let mut listing = Listing::default();
    for (name, data) in [("a.JPEG", &one), ("b.JPEG", &two)] {
        let line = store::manifest::Line { size: data.len() as u64, sha256: store::hash::sha256(data) };
        listing.files.insert(name.to_owned(), line);
    }
    let archive = pinned("images.tar", &data, vec![mirror("set/images.tar")]);
    let archive = unpacked(archive, ArchiveFormat::Tar, ".", manifest.then(|| listing.pinned()));
    let entry = entry("set", vec![archive, pinned("labels.csv", &labels, vec![mirror("set/labels.csv")])]);
    (entry, data, labels)
}

#[test]
fn a_packed_mirror_is_unpacked_and_proven() {
    for manifest in [true, false] {
        let place = Place::new();
        let (entry, data, labels) = images(manifest);
        place.write("mirror/set/images.tar", &data);
        place.write("mirror/set/labels.csv", &labels);
        let store = place.with_mirror();
        assert!(matches!(
            store.status(&entry).unwrap(),
            Status::Missing { files: 2, nearby: 2, fetch: 0, unknown: 0, .. }
        ));
        let first = store.ensure(&entry).unwrap();
        assert_eq!(all_files(&first.dir), ["a.JPEG", "b.JPEG", "labels.csv"], "the archive is not kept");
        assert!(matches!(&first.files[0].from, Origin::Mirror(path) if path.ends_with("set/images.tar")));
        assert_eq!(first.bytes(), 11_000 + labels.len() as u64);
        assert!(matches!(store.status(&entry).unwrap(), Status::Present { bytes } if bytes == first.bytes()));
        // Without the mirror it stands on its own, with the same root.
        let again = place.store().ensure(&entry).unwrap();
        assert_eq!(again.root, first.root);
        assert!(again.files.iter().all(|file| file.from == Origin::Store));
        assert!(place.store().verify(&entry).unwrap().problems.is_empty());
        assert!(!place.path("home/downloads/set").exists());
    }
}

#[test]
fn an_unpacked_mirror_serves_as_well() {
    let place = Place::new();
    let (entry, _, labels) = images(true);
    place.write("mirror/set/a.JPEG", &bytes(5000, 1));
    place.write("mirror/set/b.JPEG", &bytes(6000, 2));
    place.write("mirror/set/labels.csv", &labels);
    let fetched = place.with_mirror().ensure(&entry).unwrap();
    assert_eq!(all_files(&fetched.dir), ["a.JPEG", "b.JPEG", "labels.csv"]);
    // One byte off in one image: refused, with both roots.
    let place = Place::new();
    let mut bad = bytes(5000, 1);
    bad[17] ^= 1;
    place.write("mirror/set/a.JPEG", &bad);
    place.write("mirror/set/b.JPEG", &bytes(6000, 2));
    place.write("mirror/set/labels.csv", &labels);
    let error = place.with_mirror().ensure(&entry).unwrap_err();
    assert!(matches!(error, Error::Contents(_)), "{error}");
    assert!(!place.stored("set", "a.JPEG").exists());
}

/// `lines.xz` is Python's `lzma.compress(b"a packed line\\n" * 50)`.
#[test]
fn a_file_that_a_mirror_packs_by_xz_is_unpacked_and_proven() {
    let packed = include_bytes!("../golden/lines.xz");
    let data = "a packed line\n".repeat(50).into_bytes();
    let entry = entry("set", vec![pinned("lines.txt", &data, vec![mirror("set/lines.txt")])]);
    let place = Place::new();
    place.write("mirror/set/lines.txt.xz", packed);
    let store = place.with_mirror();
    assert!(matches!(store.status(&entry).unwrap(), Status::Missing { files: 1, nearby: 1, .. }));
    let fetched = store.ensure(&entry).unwrap();
    assert!(matches!(&fetched.files[0].from, Origin::Mirror(path) if path.ends_with("set/lines.txt.xz")));
    assert_eq!(fs_err::read(place.stored("set", "lines.txt")).unwrap(), data);
    // Damaged, cut off, or another file: none of it gets in, and the message says so.
    for wrong in [&packed[..packed.len() / 2], b"lines", &[&packed[..40], &packed[41..]].concat()] {
        let place = Place::new();
        place.write("mirror/set/lines.txt.xz", wrong);
        let error = place.with_mirror().ensure(&entry).unwrap_err();
        assert!(matches!(error, Error::Mismatch(_)), "{error}");
        assert!(!place.stored("set", "lines.txt").exists());
    }
}

#[test]
fn one_changed_byte_is_caught_and_mended() {
    let place = Place::new();
    let (entry, data, labels) = images(true);
    place.write("mirror/set/images.tar", &data);
    place.write("mirror/set/labels.csv", &labels);
    let root = place.with_mirror().ensure(&entry).unwrap().root;
    for (file, size) in [("a.JPEG", 5000), ("labels.csv", labels.len())] {
        for at in [0, size / 2, size - 1] {
            let path = place.stored("set", file);
            let mut changed = fs_err::read(&path).unwrap();
            changed[at] ^= 0x10;
            fs_err::write(&path, &changed).unwrap();
            let report = place.store().verify(&entry).unwrap();
            assert!(matches!(&report.problems[..], [Problem::Changed { path, .. }] if path == file), "{report:?}");
            let error = place.with_mirror().ensure(&entry).unwrap_err();
            let Error::Mismatch(mismatch) = &error else { panic!("{error}") };
            assert_eq!(mismatch.file, format!("set/{file}"));
            assert_eq!(mismatch.found, store::hash::sha256(&changed));
            assert!(mismatch.moved_to.as_ref().unwrap().ends_with(format!("bad/set/{file}.bad")));
            assert!(!path.exists(), "the bad file is out of the way");
            // The next run fetches it anew.
            assert_eq!(place.with_mirror().ensure(&entry).unwrap().root, root);
        }
    }
}

#[test]
fn missing_and_extra_files_are_told() {
    let place = Place::new();
    let (entry, data, labels) = images(true);
    place.write("mirror/set/images.tar", &data);
    place.write("mirror/set/labels.csv", &labels);
    place.with_mirror().ensure(&entry).unwrap();
    fs_err::remove_file(place.stored("set", "b.JPEG")).unwrap();
    fs_err::write(place.stored("set", "c.JPEG"), b"new").unwrap();
    let report = place.store().verify(&entry).unwrap();
    let lines: Vec<String> = report.problems.iter().map(ToString::to_string).collect();
    assert_eq!(lines, ["missing  b.JPEG", "extra    c.JPEG (not pinned)"]);
    assert!(matches!(place.store().status(&entry).unwrap(), Status::ByHand { .. }));
    place.with_mirror().ensure(&entry).unwrap();
    assert!(place.stored("set", "b.JPEG").exists());
}

#[test]
fn a_wrong_pin_in_the_lock_loses_nothing() {
    let place = Place::new();
    let data = bytes(1000, 4);
    let right = entry("w", vec![pinned("f", &data, vec![mirror("f")])]);
    place.write("mirror/f", &data);
    place.with_mirror().ensure(&right).unwrap();
    let mut wrong = right.clone();
    wrong.files[0].sha256 = Some(format!("{}0", &store::hash::sha256(&data)[..63]));
    if wrong == right {
        wrong.files[0].sha256 = Some(format!("{}1", &store::hash::sha256(&data)[..63]));
    }
    let error = place.with_mirror().ensure(&wrong).unwrap_err();
    assert!(matches!(error, Error::Mismatch(_)), "{error}");
    let error = place.with_mirror().ensure(&wrong).unwrap_err();
    assert!(matches!(error, Error::Mismatch(_)), "{error}");
    // With the right lock, off line and without a mirror, the file comes back.
    let mut options = place.options();
    options.offline = true;
    assert_eq!(fs_err::read(Store::new(options).ensure(&right).unwrap().path("f").unwrap()).unwrap(), data);
}

#[test]
fn the_first_source_whose_bytes_match_wins() {
    let place = Place::new();
    let data = bytes(100_000, 5);
    let wrong = Server::start(bytes(100_000, 6), vec![]);
    let gone = Server::start(data.clone(), vec![Answer::Status(404)]);
    let good = Server::start(data.clone(), vec![]);
    let url = |server: &Server| Source::Url(server.url.clone());
    let entry = entry("w", vec![pinned("sub/f", &data, vec![mirror("f"), url(&wrong), url(&gone), url(&good)])]);
    place.write("mirror/f", &bytes(99_999, 5));
    let fetched = place.with_mirror().ensure(&entry).unwrap();
    assert_eq!(fetched.files[0].from, Origin::Url(good.url.clone()));
    assert_eq!(fetched.warnings.len(), 3, "{:?}", fetched.warnings);
    assert_eq!(fs_err::read(fetched.path("sub/f").unwrap()).unwrap(), data);
}

#[test]
fn wrong_bytes_everywhere_name_both_hashes() {
    let place = Place::new();
    let data = bytes(1000, 5);
    let server = Server::start(bytes(1000, 6), vec![]);
    let entry = entry("w", vec![pinned("f", &data, vec![Source::Url(server.url.clone())])]);
    let text = place.store().ensure(&entry).unwrap_err().to_string();
    assert!(
        text.contains(&store::hash::sha256(&data)) && text.contains(&store::hash::sha256(&bytes(1000, 6))),
        "{text}"
    );
    assert!(!place.stored("w", "f").exists());
}

#[test]
fn the_users_own_path_comes_first_and_must_be_right() {
    let place = Place::new();
    let data = bytes(1000, 5);
    let server = Server::start(data.clone(), vec![]);
    let lock = entry("w", vec![pinned("sub/f", &data, vec![Source::Url(server.url.clone())])]);
    let with = |key: &str, path: &str| {
        let mut options = place.options();
        options.by_hand.push((key.to_owned(), place.path(path)));
        Store::new(options)
    };
    place.write("mine/f", &data);
    place.write("wrong/f", &bytes(1000, 6));
    let error = with("w", "wrong").ensure(&lock).unwrap_err();
    assert!(matches!(error, Error::Mismatch(_)), "{error}");
    assert!(place.path("wrong/f").exists(), "a user's file is never moved");
    let error = with("w/sub/f", "nowhere").ensure(&lock).unwrap_err();
    assert!(matches!(error, Error::UserPath { .. }), "{error}");
    let fetched = with("w", "mine").ensure(&lock).unwrap();
    assert_eq!(fetched.files[0].from, Origin::User(place.path("mine/f")));
    assert!(server.asked().is_empty());
}

#[test]
fn members_of_an_archive_are_taken_and_the_archive_is_not_kept() {
    let place = Place::new();
    let (one, two) = (bytes(3000, 1), bytes(4000, 2));
    let data = gz(&tar(&[("batches/1.bin", &one), ("batches/2.bin", &two), ("readme", b"x")]));
    let server = Server::start(data.clone(), vec![]);
    let member = |name: &str| vec![Source::Member { archive: "all.tgz".to_owned(), member: format!("batches/{name}") }];
    let lock = entry(
        "c",
        vec![
            pinned("all.tgz", &data, vec![Source::Url(server.url.clone())]),
            pinned("1.bin", &one, member("1.bin")),
            pinned("2.bin", &two, member("2.bin")),
        ],
    );
    let fetched = place.store().ensure(&lock).unwrap();
    assert_eq!(all_files(&fetched.dir), ["1.bin", "2.bin"]);
    assert_eq!(server.asked().len(), 1, "fetched once for both");
    assert_eq!(fetched.files[1].from, Origin::Url(server.url.clone()));
}

#[test]
fn off_line_and_by_hand_say_what_to_do() {
    let place = Place::new();
    let data = bytes(10, 1);
    let mut options = place.options();
    options.offline = true;
    let offline = Store::new(options);
    let lock = entry("w", vec![pinned("f", &data, vec![Source::Url("http://localhost:9/f".to_owned())])]);
    let text = offline.ensure(&lock).unwrap_err().to_string();
    assert!(text.contains("off line"), "{text}");
    let mut manual = entry("m", vec![pinned("f", &data, vec![])]);
    manual.access = Access::Manual;
    manual.by_hand = Some("make an account and download f".to_owned());
    let text = place.store().ensure(&manual).unwrap_err().to_string();
    insta::assert_snapshot!(text, @"m cannot be fetched by the harness: make an account and download f");
    assert!(matches!(place.store().status(&manual).unwrap(), Status::ByHand { .. }));
    manual.access = Access::Unobtainable;
    manual.files.clear();
    assert!(matches!(place.store().ensure(&manual), Err(Error::Unobtainable { .. })));
    assert!(matches!(place.store().status(&manual).unwrap(), Status::Unobtainable { .. }));
}

#[test]
fn what_has_no_full_hash_is_pinned_at_the_first_fetch() {
    let place = Place::new();
    let data = bytes(1000, 9);
    let digest = store::hash::sha256(&data);
    let file = |size, prefix: Option<&str>| File {
        size,
        sha256: None,
        sha256_prefix: prefix.map(str::to_owned),
        hash: HashCheck::Weak,
        ..pinned("f", &data, vec![mirror("f")])
    };
    place.write("mirror/f", &data);
    let wrong = entry("w", vec![file(None, Some("00000000"))]);
    assert!(matches!(place.with_mirror().ensure(&wrong), Err(Error::Mismatch(_))));
    for lock in [entry("p", vec![file(None, Some(&digest[..8]))]), entry("q", vec![file(Some(1000), None)])] {
        place.with_mirror().ensure(&lock).unwrap();
        let mut changed = data.clone();
        changed[999] ^= 1;
        fs_err::write(place.stored(&lock.id, "f"), &changed).unwrap();
        let error = place.with_mirror().ensure(&lock).unwrap_err();
        assert!(matches!(error, Error::Mismatch(_)), "{error}");
        let text = place.with_mirror();
        text.ensure(&lock).unwrap();
        assert!(text.pin(&lock).unwrap().contains(&format!("sha256: {digest}")));
    }
}

#[test]
fn no_network_is_one_sentence() {
    let place = Place::new();
    let port = || std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (one, two) = (format!("http://{}/f", port()), format!("http://{}/f", port()));
    let sources = vec![Source::Url(one.clone()), Source::Url(two.clone())];
    let text = place.store().ensure(&entry("w", vec![pinned("f", b"x", sources)])).unwrap_err().to_string();
    assert!(text.starts_with(&format!("w/f: no network: none of {one}, {two} could be reached (")), "{text}");
    assert!(text.ends_with("; check the network and run the command again"), "{text}");
}

#[test]
fn an_interrupted_download_goes_on_in_the_next_run() {
    let place = Place::new();
    let data = bytes(500_000, 3);
    let server = Server::start(
        data.clone(),
        vec![Answer::CutAfter(200_000), Answer::Status(500), Answer::Status(500), Answer::Status(500)],
    );
    let lock = entry("w", vec![pinned("f", &data, vec![Source::Url(server.url.clone())])]);
    let error = place.store().ensure(&lock).unwrap_err();
    assert!(matches!(error, Error::Network { .. }), "{error}");
    place.store().ensure(&lock).unwrap();
    assert_eq!(server.asked().last().unwrap().range.as_deref(), Some("bytes=200000-"));
    assert!(!place.path("home/downloads/w").exists());
}

#[test]
fn paths_in_the_lock_stay_inside() {
    let place = Place::new();
    let data = bytes(10, 1);
    for (id, path) in [("w", "../f"), ("w", "/f"), ("..", "f"), ("a/b", "f"), ("w", "a//b"), (".w", "f")] {
        let error = place.with_mirror().ensure(&entry(id, vec![pinned(path, &data, vec![])])).unwrap_err();
        assert!(matches!(error, Error::LockPath { .. }), "{id} {path}: {error}");
    }
}

#[test]
fn a_store_that_cannot_be_written_says_so() {
    let place = Place::new();
    let data = bytes(10, 1);
    // A file where a folder should be fails for every user, root too.
    place.write("home/data", b"");
    place.write("mirror/f", &data);
    let error = place.with_mirror().ensure(&entry("w", vec![pinned("f", &data, vec![mirror("f")])])).unwrap_err();
    assert!(matches!(&error, Error::Io { .. }), "{error}");
    assert!(error.to_string().contains("home/data"), "{error}");
}

#[test]
fn the_projects_lock_and_mirror_are_understood() {
    let text = fs_err::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../datasets.lock")).unwrap();
    let lock = spec::load::lock(&text, "datasets.lock").unwrap();
    let place = Place::new();
    for entry in &lock.entries {
        place.store().status(entry).unwrap();
    }
    let Some(mirror_at) = std::env::var_os("REPLICATIONS_MIRROR") else {
        eprintln!("skipped: REPLICATIONS_MIRROR names no mirror folder");
        return;
    };
    let mut options = place.options();
    options.mirrors.push(mirror_at.into());
    options.offline = true;
    let store = Store::new(options);
    for id in ["imagenet-train-60", "imagenet-val-650"] {
        let entry = lock.entry(id).unwrap();
        let fetched = store.ensure(entry).unwrap();
        assert!(fetched.warnings.is_empty(), "{:?}", fetched.warnings);
        let images = entry.images.as_ref().unwrap();
        assert_eq!(store::labelled(&fetched, images).unwrap().len() as u64, images.count);
    }
    let fetched = store.ensure(lock.entry("imagenet-val-predictions-vgg16").unwrap()).unwrap();
    assert!(fetched.warnings.is_empty(), "{:?}", fetched.warnings);
}
