//! Scoring a full ImageNet validation run: five answers to each of 50,000 examples, from the packed file to the verdicts.

#![expect(clippy::unwrap_used, reason = "a bench that cannot be set up has nothing to measure")]

#[expect(dead_code, reason = "the tests use the rest")]
#[path = "../tests/it/made_up.rs"]
mod made_up;

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use results::store::Runs;
use results::tasks::from_run;
use results::{rescore, stats};
use spec::metric::Metric;

const IMAGES: u32 = 50_000;

fn benches(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let runs = Runs::at(folder.path());
    let plan = |run| made_up::Plan { images: u64::from(IMAGES), ..made_up::Plan::new(run) };
    let run = made_up::finished(&runs, &plan("r1"), &made_up::answered(IMAGES, 38_000, 46_500));
    let other = made_up::finished(&runs, &plan("r2"), &made_up::answered(IMAGES, 37_000, 46_000));
    let read = |run: &results::Run| from_run(run, &run.outcomes[0]).unwrap();
    let (table, theirs) = (read(&run), read(&other));
    let paper = made_up::paper();
    let all = [run.clone()];

    let mut group = criterion.benchmark_group("five answers to each of 50,000");
    group.throughput(Throughput::Elements(u64::from(IMAGES)));
    group.bench_function("score", |b| b.iter(|| black_box(&table).score(Metric::TOP_5_ERROR)));
    group.bench_function("most wrong 24", |b| b.iter(|| black_box(&table).most_wrong(24)));
    group
        .bench_function("pair", |b| b.iter(|| black_box(&table).paired(theirs.as_ref(), Metric::TOP_1_ERROR).unwrap()));
    group.sample_size(10);
    group.bench_function("verify, unpack and read", |b| b.iter(|| read(black_box(&run)).len()));
    group.bench_function("the same, scored", |b| {
        b.iter(|| rescore::FileScores::of(black_box(&run), &run.outcomes[0]).unwrap());
    });
    group.bench_function("the same, compared", |b| b.iter(|| made_up::compared(&paper, black_box(&all))));
    group.finish();
    criterion.bench_function("exact interval, 3,500 of 50,000", |b| {
        b.iter(|| stats::clopper_pearson(black_box(3_500), 50_000, 0.95));
    });
}

criterion_group!(score_and_compare, benches);
criterion_main!(score_and_compare);
