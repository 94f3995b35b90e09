//! Hashing one large file (bytes a second) and verifying an entry of many small ones (files a second).

#![expect(clippy::expect_used, reason = "a bench that cannot set itself up may stop")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use spec::lock::{Access, Entry, File, HashCheck, Kind, Licence, Source};
use store::hash::{Weak, measure};
use store::{Home, Options, Progress, Store};

/// Bytes that do not compress, cheaply made.
fn noise(count: usize, seed: u64) -> Vec<u8> {
    let mut state = seed | 1;
    let words = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state.to_le_bytes()
    });
    words.take(count.div_ceil(8)).flatten().take(count).collect()
}

fn hashing(criterion: &mut Criterion) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = dir.path().join("weights");
    let size = 64 << 20;
    std::fs::write(&path, noise(size, 1)).expect("64 MiB of space");
    let mut group = criterion.benchmark_group("hash");
    group.throughput(Throughput::Bytes(size as u64)).sample_size(10);
    group.bench_function("sha256, one file of 64 MiB", |bench| {
        bench.iter(|| black_box(measure(&path, Weak::default())));
    });
    group.bench_function("sha256 and md5, one file of 64 MiB", |bench| {
        bench.iter(|| black_box(measure(&path, Weak { md5: true, sha1: false })));
    });
    group.finish();
}

/// 2000 files of 30 kB: the size of a folder of photographs.
fn many(mirror: &std::path::Path) -> Entry {
    let files = (0..2000).map(|index| {
        let bytes = noise(30_000, index);
        let path = format!("{index:04}.JPEG");
        std::fs::write(mirror.join(&path), &bytes).expect("60 MB of space");
        File {
            size: Some(bytes.len() as u64),
            sha256: Some(store::hash::sha256(&bytes)),
            sha256_prefix: None,
            md5: None,
            sha1: None,
            hash: HashCheck::Recomputed,
            sources: vec![Source::Mirror(path.clone())],
            unpack: None,
            path,
        }
    });
    Entry {
        id: "many".to_owned(),
        title: "many".to_owned(),
        kind: Kind::Dataset,
        licence: Licence { name: "none".to_owned(), redistributable: false, read_in: "here".to_owned() },
        access: Access::Open,
        by_hand: None,
        images: None,
        annotated: None,
        captioned: None,
        annotations: None,
        labels_of: None,
        files: files.collect(),
        note: None,
    }
}

fn verifying(criterion: &mut Criterion) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let mirror = dir.path().join("mirror");
    std::fs::create_dir(&mirror).expect("a folder");
    let entry = many(&mirror);
    let mut options = Options::new(Home::at(dir.path().join("home")));
    options.progress = Progress::hidden();
    options.mirrors.push(mirror);
    let store = Store::new(options);
    store.ensure(&entry).expect("the mirror has every file");
    let mut group = criterion.benchmark_group("verify");
    group.throughput(Throughput::Elements(2000)).sample_size(10);
    group.bench_function("2000 files of 30 kB", |bench| bench.iter(|| black_box(store.verify(&entry))));
    group.bench_function("ensure the same", |bench| bench.iter(|| black_box(store.ensure(&entry))));
    group.finish();
}

criterion_group!(benches, hashing, verifying);
criterion_main!(benches);
