//! Scoring a full ImageNet validation run: 50,000 predictions from the file to the verdicts.

#![expect(clippy::unwrap_used, reason = "a bench that cannot be set up has nothing to measure")]

#[expect(dead_code, reason = "the tests use the rest")]
#[path = "../tests/it/made_up.rs"]
mod made_up;

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use results::store::Runs;
use results::{compare, predictions, score, stats};

const IMAGES: u32 = 50_000;

fn benches(criterion: &mut Criterion) {
    let some = made_up::predictions(IMAGES, 38_000, 46_500);
    let text = made_up::json_lines(&some);
    let folder = tempfile::tempdir().unwrap();
    let plan = made_up::Plan { images: u64::from(IMAGES), ..made_up::Plan::new("r1") };
    let run = [made_up::finished(&Runs::at(folder.path()), &plan, &some)];
    let (paper, facts, profiles) = (made_up::paper(), made_up::facts(), made_up::profiles());

    let mut group = criterion.benchmark_group("50,000 predictions");
    group.throughput(Throughput::Elements(u64::from(IMAGES)));
    group.bench_function("parse", |b| {
        b.iter(|| predictions::parse(Path::new("p"), black_box(text.as_bytes())).unwrap())
    });
    group.bench_function("score", |b| b.iter(|| score::score(black_box(&some))));
    group.bench_function("worst 24", |b| b.iter(|| score::worst(black_box(&some), 24)));
    group.sample_size(10);
    group.bench_function("read, verify, score and compare", |b| {
        b.iter(|| compare(&paper, &facts, black_box(&run), &profiles, &|_| None).unwrap());
    });
    group.finish();
    criterion.bench_function("exact interval, 3,500 of 50,000", |b| {
        b.iter(|| stats::clopper_pearson(black_box(3_500), 50_000, 0.95));
    });
}

criterion_group!(score_and_compare, benches);
criterion_main!(score_and_compare);
