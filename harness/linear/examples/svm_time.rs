//! How long training a machine takes, on one thread, on the rows that `svm_time.py` beside this file makes and times liblinear
//! with.
//!
//! ```text
//! cargo run -p linear --example svm_time -- FILE [COLUMNS]
//! ```
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a measurement for people, which may stop where it is"
)]

use std::time::Instant;

use linear::Rows;
use linear::svm::{Settings, train};

fn main() {
    let mut words = std::env::args().skip(1);
    let file = words.next().expect("the first argument names the file of rows");
    let columns = words.next().map_or(1024, |columns| columns.parse().expect("the second argument is a number"));
    let bytes = std::fs::read(file).unwrap();
    let values: Vec<f32> = bytes.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
    // A fifth are positives.
    let (positives, negatives) = values.split_at(values.len() / columns / 5 * columns);
    for tolerance in [0.1, 0.001] {
        let settings = Settings { c: 1e-3, positive_weight: 2.0, bias: 10.0, tolerance, max_epochs: 1000, seed: 0 };
        let mut best = f64::INFINITY;
        let mut found = None;
        for _ in 0..7 {
            let start = Instant::now();
            let positives = Rows::new("positives", positives, columns).unwrap();
            let negatives = Rows::new("negatives", negatives, columns).unwrap();
            found = Some(train(positives, negatives, &settings, None).unwrap());
            best = best.min(start.elapsed().as_secs_f64());
        }
        let found = found.unwrap();
        println!("tolerance {tolerance}: {best:.3} s, {} passes, objective {:.6}", found.epochs, found.primal);
    }
}
