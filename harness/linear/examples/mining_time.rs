//! How long mining takes and what it holds, with and without a warm start: made-up features as after a rectifier, of which
//! each image's have something in common.
//!
//! ```text
//! cargo run -p linear --example mining_time -- warm|cold [IMAGES ROWS COLUMNS CLASSES]
//! ```
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a measurement for people, which may stop where it is"
)]

use std::time::Instant;

use linear::Rows;
use linear::mining::{Candidates, Mined, Settings, mine};
use linear::svm;

/// Numbers as after a rectifier, half of them 0, with a norm near 20; `kind` says what they have in common.
fn features(seed: u64, kind: u64, rows: usize, columns: usize) -> Vec<f32> {
    let draw = |state: &mut u64| {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*state >> 40) as f32 / 8_388_608.0 - 1.0
    };
    let (mut numbers, mut common) = (seed, kind);
    let shared: Vec<f32> = (0..columns).map(|_| 0.3 * draw(&mut common)).collect();
    let scale = 20.0 / (columns as f32 / 6.0).sqrt();
    (0..rows * columns).map(|at| scale * (draw(&mut numbers) + shared[at % columns]).max(0.0)).collect()
}

fn main() {
    let mut words = std::env::args().skip(1);
    let warm = words.next().expect("the first argument is warm or cold") == "warm";
    let sizes: Vec<usize> = words.map(|word| word.parse().expect("sizes are numbers")).collect();
    let [images, rows, columns, classes] = sizes.try_into().unwrap_or([60, 500, 1024, 4]);
    let settings = Settings {
        svm: svm::Settings { c: 1e-3, positive_weight: 2.0, bias: 10.0, tolerance: 0.1, max_epochs: 1000, seed: 0 },
        hard: -1.0001,
        retrain: 2000,
        evict: -1.2,
        epochs: 1,
        warm,
    };
    let positives: Vec<Vec<f32>> = (0..classes as u64).map(|class| features(class, 7 + class, 200, columns)).collect();
    let positives: Vec<Rows<'_>> =
        positives.iter().map(|values| Rows::new("positives", values, columns).unwrap()).collect();
    let start = Instant::now();
    let given = |image: usize| {
        let features = features(1000 + image as u64, 100 + image as u64, rows, columns);
        Ok(Candidates { features, negatives: vec![(0..rows).collect(); classes] })
    };
    let mined: Vec<Mined> = mine(&positives, images, given, &settings, |_| {}).unwrap();
    let seconds = start.elapsed().as_secs_f64();
    let rounds = || mined.iter().flat_map(|mined| &mined.rounds);
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("VmHWM: unknown");
    println!(
        "{seconds:.2} s, {} trainings of {} passes, most negatives {}, objectives {:.6}, {peak}; all features would be {} MB",
        rounds().count(),
        rounds().map(|round| round.passes).sum::<usize>(),
        rounds().map(|round| round.negatives).max().unwrap_or(0),
        mined.iter().filter_map(|mined| mined.rounds.last()).map(|round| round.primal).sum::<f64>(),
        images * rows * columns * 4 / 1_000_000
    );
}
